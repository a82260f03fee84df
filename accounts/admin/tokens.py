"""Tokens in Django's admin: to look at and to revoke."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import manageable_users, may_manage_users
from accounts.admin.base import ManagedAdmin
from accounts.models import ApiToken
from accounts.services.tokens import fault_of, revoke_tokens
from audit.context import current_actor


@admin.register(ApiToken)
class ApiTokenAdmin(ManagedAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    """Lists tokens and revokes them. They are made by ``create_token`` only, which shows the secret once."""

    list_display = [
        "public_id",
        "user",
        "purpose",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "state",
    ]
    list_filter = ["scopes", "expires_at"]
    search_fields = ["public_id", "purpose", "user__username", "user__display_name"]
    list_select_related = ["user"]
    readonly_fields = ["state"]
    fields = [
        "public_id",
        "user",
        "purpose",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "state",
    ]
    actions = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ApiToken]":
        """Return the tokens of those whose account the user may change, and the user's own."""
        theirs = Q(user__in=manageable_users(request.user).values("pk"))
        return ApiToken.objects.filter(theirs | Q(user=request.user.pk)).order_by("-created_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a page would keep the secret in the browser's history."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a token is revoked and another made."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Let those revoke who manage the people."""
        return may_manage_users(request.user)

    @admin.display(description=_("state"))
    def state(self, token: ApiToken) -> str:
        """Return whether the token is good, or why not."""
        return str(fault_of(token, now=timezone.now()) or "good")

    @admin.action(description=_("Revoke at once"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: "QuerySet[ApiToken]") -> None:
        """Revoke through the service."""
        count = revoke_tokens(queryset, actor=current_actor())
        self.message_user(request, _("Tokens revoked: %(count)d.") % {"count": count})
