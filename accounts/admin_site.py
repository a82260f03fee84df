"""Django's admin behind our own login page, session limits and lock against guessing."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.access import may_manage_users
from accounts.decorators import public
from accounts.http import sign_in_first
from audit.decorators import audited
from audit.vocabulary import EventType

# What the admin writes, its services record; what is left are refusals and failures.
refusals_recorded = audited(EventType.ACCESS_REFUSED, recorded_by_service=True)


class ReadingRoomAdminSite(AdminSite):
    """Open to superusers, and to staff who manage the people of a facility. It grants nothing else."""

    site_header = _("Reading Room administration")
    site_title = "Reading Room"
    index_title = _("People and facilities")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may open the admin."""
        user = request.user
        return user.is_active and user.is_staff and may_manage_users(user)

    @method_decorator(public("It only sends to the login page."))
    @method_decorator(refusals_recorded)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the login page of everybody; who has signed in and still may not is refused."""
        if request.user.is_authenticated:
            raise PermissionDenied("the admin is not open to this user")
        return sign_in_first(request)

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        """Guard a page of the admin, and record who is turned away."""
        return refusals_recorded(super().admin_view(view, cacheable))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, each with the marks that the walk along all addresses looks for.

        Django asks for the guarded page anew at each request, so the marks go on what stands in the table of addresses.
        """
        addresses: list[URLPattern | URLResolver] = list(super().get_urls())
        for view in _views(addresses):
            if not hasattr(view, "permission_mark"):
                view.permission_mark = "admin"
                view.audit_mark = EventType.ACCESS_REFUSED.value
        return addresses


def _views(addresses: list[URLPattern | URLResolver]) -> Iterator[Any]:
    for address in addresses:
        if isinstance(address, URLResolver):
            yield from _views(address.url_patterns)
        else:
            yield address.callback
