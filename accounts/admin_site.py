"""Django's admin behind our own login page, session limits and lock against guessing."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.access import may_manage_users
from accounts.http import sign_in_first
from audit.decorators import not_audited


class ReadingRoomAdminSite(AdminSite):
    """Open to superusers, and to staff who manage the people of a facility. It grants nothing else."""

    site_header = "Reading Room administration"
    site_title = "Reading Room"
    index_title = "People and facilities"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may open the admin."""
        user = request.user
        return user.is_active and user.is_staff and may_manage_users(user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the login page of everybody; who has signed in and still may not is refused."""
        if request.user.is_authenticated:
            raise PermissionDenied("the admin is not open to this user")
        return sign_in_first(request)

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Any:
        """Guard a page of the admin, and mark it for the walk along all addresses."""
        mark = not_audited("Each write goes through a service that records it.")
        guarded: Any = mark(super().admin_view(view, cacheable))
        guarded.permission_mark = "admin"
        return guarded
