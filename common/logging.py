"""Log context: each line names the request or task that it belongs to. Patient data is never logged."""

import logging
import re
import uuid
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.middleware import TwoWayMiddleware

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdFilter(logging.Filter):
    """Adds the current request id to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class RequestIdMiddleware(TwoWayMiddleware):
    """Give each request an id, or keep a well-formed one that a proxy sent, and return it as ``X-Request-Id``."""

    def in_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the id."""
        request_id.set(_id_of(request))
        return _with_id(self.answer(request))

    async def in_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the id."""
        request_id.set(_id_of(request))
        return _with_id(await self.aanswer(request))


def _with_id(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Request-Id"] = request_id.get()
    return response


def _id_of(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-Id", "")
    return sent if _ACCEPTABLE_ID.fullmatch(sent) else uuid.uuid4().hex
