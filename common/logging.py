"""Log context: each line names the request or task that it belongs to. Patient data is never logged."""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdFilter(logging.Filter):
    """Adds the current request id to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class RequestIdMiddleware:
    """Give each request an id, or keep a well-formed one that a proxy sent, and return it as ``X-Request-Id``."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._acall(request)
        request_id.set(_id_of(request))
        response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        response["X-Request-Id"] = request_id.get()
        return response

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        request_id.set(_id_of(request))
        response = self.get_response(request)
        assert isinstance(response, Awaitable)
        answered: HttpResponseBase = await response
        answered["X-Request-Id"] = request_id.get()
        return answered


def _id_of(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-Id", "")
    return sent if _ACCEPTABLE_ID.fullmatch(sent) else uuid.uuid4().hex
