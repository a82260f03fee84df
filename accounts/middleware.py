"""Ends sessions that were idle for too long, or open for too long."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.http import sign_in_first
from accounts.sessions import age_of, is_background, note_activity
from audit.context import actor_of
from audit.services import record_event
from audit.vocabulary import EventType

CLEAR_SITE_DATA = '"cache", "storage"'


class SessionLimitsMiddleware:
    """Sign out whose session is over, and note the activity of everybody else. Comes after authentication."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self.is_async = bool(iscoroutinefunction(get_response))
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._acall(request)
        return self._end_if_over(request) or self.get_response(request)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        ended = await sync_to_async(self._end_if_over)(request)
        if ended is not None:
            return ended
        response = self.get_response(request)
        assert isinstance(response, Awaitable)
        answered: HttpResponseBase = await response
        return answered

    def _end_if_over(self, request: HttpRequest) -> HttpResponseBase | None:
        if SESSION_KEY not in request.session:
            return None
        age = age_of(request.session)
        if age is None or age.is_over:
            return _ended(request)
        if not is_background(request):
            note_activity(request.session, age)
        return None


def _ended(request: HttpRequest) -> HttpResponseBase:
    record_event(EventType.SESSION_EXPIRED, actor=actor_of(request))
    request.session.flush()
    request.user = AnonymousUser()
    response = sign_in_first(request, expired=True)
    response["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response
