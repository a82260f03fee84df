"""Marks every view with who may call it, and turns everybody else away."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.http import is_for_script, sign_in_first
from accounts.models import User
from accounts.permissions import active_roles, roles_allow
from accounts.roles import Codename, Role
from common.http import problem
from common.marks import View, with_marks


def requires(codename: Codename | None) -> Callable[[View], View]:
    """Let in who has signed in and, where a codename is given, may do that anywhere.

    It is the first sieve only: which studies the user may do it to, the view asks of ``accounts.permissions`` or its
    app's ``access``. Others get the login page or 401, or the page of 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def sync_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return _refusal(request, codename) or view(request, *args, **kwargs)

        @wraps(view)
        async def async_view(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return await sync_to_async(_refusal)(request, codename) or await view(request, *args, **kwargs)

        wrapper: Any = async_view if iscoroutinefunction(view) else sync_view
        wrapper.permission_mark = codename.value if codename else "signed in"
        marked: View = wrapper
        return marked

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Mark a view that anybody may call, and say why in a sentence."""

    return lambda view: with_marks(view, permission_mark=f"public: {reason}")


def signed_in_user(request: HttpRequest) -> User:
    """Return the user of a request that `requires` has let in."""
    assert isinstance(request.user, User)
    return request.user


def roles_of_request(request: HttpRequest) -> frozenset[Role]:
    """Return the roles of the request's user, looked up once per request."""
    roles: frozenset[Role] | None = getattr(request, "_active_roles", None)
    if roles is None:
        roles = active_roles(request.user)
        request._active_roles = roles  # type: ignore[attr-defined]
    return roles


def _refusal(request: HttpRequest, codename: Codename | None) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return sign_in_first(request)
    if codename is None or roles_allow(roles_of_request(request), codename):
        return None
    if is_for_script(request):
        return problem(403, "Not allowed", "Your roles do not allow this.")
    raise PermissionDenied("the roles of the user do not allow this")
