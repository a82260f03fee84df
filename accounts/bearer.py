"""Requests of programs: ``Authorization: Bearer rr_…`` in place of a session.

Such a request has the identity of its token and no other. Cookies that it carries are dropped before anything reads
them, and none is set in the answer; so no site can make a browser send one unasked, and no proof against that (CSRF)
is demanded. The limits of sessions do not concern it. Addresses are closed to tokens unless
``settings.PACS_TOKEN_ROUTES`` names them: above all the admin and the pages of accounts, where a leaked token would
buy its finder more than it was made for.
"""

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_noop

from accounts.exceptions import TokenFault, TokenRefusedError
from accounts.models import ApiToken, User
from accounts.scopes import Scope, scope_for
from accounts.services.tokens import authenticate
from audit.context import actor_of, client_address
from audit.models import Outcome
from audit.services import record_event
from audit.vocabulary import EventType
from common.http import problem
from common.middleware import TwoWayMiddleware

# Only who holds a true token learns more than that it is not good.
WHAT_TO_DO = {
    TokenFault.UNKNOWN: gettext_noop("Nobody has this token. Send it whole, as create_token printed it."),
    TokenFault.REVOKED: gettext_noop("This token has been revoked. Ask an administrator for a new one."),
    TokenFault.EXPIRED: gettext_noop("This token has expired. Ask an administrator for a new one."),
    TokenFault.DEACTIVATED: gettext_noop("The account of this token is deactivated. Ask an administrator."),
}


class TokenSession(SessionBase):
    """The session of a request with a token: begins empty and ends with the request.

    Its key is the token's, so that what is recorded once per session is recorded once per token.
    """

    def __init__(self, token: ApiToken) -> None:
        super().__init__(f"token-{token.public_id}")

    def load(self) -> dict[str, Any]:
        """Return nothing."""
        return {}

    def exists(self, session_key: str) -> bool:
        """Return False: none is stored."""
        return False

    def create(self) -> None:
        """Store nothing."""

    def save(self, must_create: bool = False) -> None:
        """Store nothing."""

    def delete(self, session_key: str | None = None) -> None:
        """Remove nothing."""

    @classmethod
    def clear_expired(cls) -> None:
        """Remove nothing."""


class BearerTokenMiddleware(TwoWayMiddleware):
    """Admit requests that carry a token, or answer 401 or 403. Comes before sessions and cookies are read."""

    def in_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, in the name of the token where there is one."""
        secret = _secret_of(request)
        if secret is None:
            return self.answer(request)
        return _without_cookies(_refusal_of_token(request, secret) or self.answer(request))

    async def in_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, in the name of the token where there is one."""
        secret = _secret_of(request)
        if secret is None:
            return await self.aanswer(request)
        refusal = await sync_to_async(_refusal_of_token)(request, secret)
        return _without_cookies(refusal or await self.aanswer(request))

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Take the identity of the token, after the middlewares of sessions, and refuse what it does not open."""
        token: ApiToken | None = getattr(request, "api_token", None)
        if token is None:
            return None
        _act_as(request, token)
        return _refusal_of_address(request, token, kwargs)


def opens_to_tokens(view_name: str) -> bool:
    """Return whether tokens open the address of that name, such as ``viewer:tile``."""
    return view_name in settings.PACS_TOKEN_ROUTES


def _secret_of(request: HttpRequest) -> str | None:
    """Return what stands behind ``Bearer``; None for a request of another kind.

    Read from the headers only: what stands in an address ends up in histories and logs.
    """
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None


def _refusal_of_token(request: HttpRequest, secret: str) -> HttpResponse | None:
    """Let go of all cookies and leave the token on the request; return 401 where it is not good."""
    request.COOKIES = {}
    try:
        request.api_token = authenticate(secret, address=client_address(request))  # type: ignore[attr-defined]
    except TokenRefusedError as error:
        response = problem(401, "Token not accepted", WHAT_TO_DO[error.fault])
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        response["Cache-Control"] = "no-store"
        return response
    return None


def _act_as(request: HttpRequest, token: ApiToken) -> None:
    """Make the token's user the user of the request."""

    async def user_of_token() -> User:
        return token.user

    request.user = token.user
    request.auser = user_of_token
    request.session = TokenSession(token)
    # The mark by which Django's middleware knows that another has dealt with forged requests.
    request.csrf_processing_done = True  # type: ignore[attr-defined]


def _refusal_of_address(request: HttpRequest, token: ApiToken, kwargs: dict[str, Any]) -> HttpResponse | None:
    """Return 403 where tokens do not open the address, or this one has not the scope. Records ACCESS_REFUSED."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    needed = scope_for(request.method)
    if not opens_to_tokens(name):
        detail = gettext_noop(
            "Tokens do not open this address: it is for people, who sign in with a browser."
        )
    elif not token.has_scope(needed):
        detail = f"This token has not the scope '{needed}'. Ask an administrator for one that has."
    else:
        return None
    record_event(
        EventType.ACCESS_REFUSED,
        actor=actor_of(request),
        outcome=Outcome.MINOR_FAILURE,
        study_instance_uid=str(kwargs.get("study_instance_uid", "")),
        details={"route": name, "method": request.method or "", "scopes": token.scopes},
    )
    return _insufficient_scope(detail, needed if opens_to_tokens(name) else None)


def _insufficient_scope(detail: str, scope: Scope | None) -> HttpResponse:
    """Return the refusal of RFC 6750, 3.1; with the scope that would do, where there is one."""
    response = problem(403, "Not with this token", detail)
    response["WWW-Authenticate"] = 'Bearer error="insufficient_scope"' + (
        f', scope="{scope}"' if scope else ""
    )
    response["Cache-Control"] = "no-store"
    return response


def _without_cookies(response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer without cookies, and tell caches that it was given to one token."""
    response.cookies.clear()
    patch_vary_headers(response, ["Authorization"])
    return response
