"""What our middlewares have in common: they stand before views in threads and before streams in the event loop."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class TwoWayMiddleware:
    """Base of a middleware; a subclass says what it does in each way, in ``in_thread`` and ``in_loop``."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self._get_response = get_response
        self._is_async = bool(iscoroutinefunction(get_response))
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.in_loop(request) if self._is_async else self.in_thread(request)

    def in_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, or have it answered by `answer`."""
        raise NotImplementedError

    async def in_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request, or have it answered by `aanswer`."""
        raise NotImplementedError

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """Have the request answered by what comes next."""
        response = self._get_response(request)
        assert isinstance(response, HttpResponseBase)
        return response

    async def aanswer(self, request: HttpRequest) -> HttpResponseBase:
        """Have the request answered by what comes next."""
        response = self._get_response(request)
        assert isinstance(response, Awaitable)
        answered: HttpResponseBase = await response
        return answered
