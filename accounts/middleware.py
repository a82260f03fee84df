"""Ends sessions that were idle for too long, or open for too long."""

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.http import sign_in_first
from accounts.sessions import age_of, is_background, note_activity, settled_seconds
from audit.context import actor_of
from audit.services import record_event
from audit.vocabulary import EventType
from common.middleware import TwoWayMiddleware

CLEAR_SITE_DATA = '"cache", "storage"'


class SessionLimitsMiddleware(TwoWayMiddleware):
    """Sign out whose session is over, and note the activity of everybody else. Comes after authentication."""

    def in_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or ask to sign in again."""
        return self._end_if_over(request) or self.answer(request)

    async def in_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or ask to sign in again."""
        return await sync_to_async(self._end_if_over)(request) or await self.aanswer(request)

    def _end_if_over(self, request: HttpRequest) -> HttpResponseBase | None:
        if SESSION_KEY not in request.session:
            return None
        age = age_of(request.session)
        if age is None or age.is_over:
            return _ended(request)
        if not is_background(request):
            note_activity(request.session, age)
        request.session_settled_seconds = settled_seconds(request.session)  # type: ignore[attr-defined]
        return None


def _ended(request: HttpRequest) -> HttpResponseBase:
    record_event(EventType.SESSION_EXPIRED, actor=actor_of(request))
    request.session.flush()
    request.user = AnonymousUser()
    response = sign_in_first(request, expired=True)
    response["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response
