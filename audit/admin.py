"""The audit log in Django's admin: to look at, for auditors, and each look is recorded."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from audit.access import may_view_log, visible_events
from audit.models import AuditEvent
from audit.services import record_event
from audit.vocabulary import EventType


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["seq", "time", "event_type", "outcome", "actor_identifier", "facility_code"]
    list_filter = ["event_type", "outcome"]
    ordering = ["-seq"]
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[AuditEvent]":
        """Return what the auditor may see."""
        return visible_events(request.user).order_by("-seq")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the log to auditors."""
        return may_view_log(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show the log to auditors; being a superuser is not enough."""
        return may_view_log(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Record the look at the list, then show it."""
        record_event(EventType.AUDIT_LOG_USED, details={"use": "admin list"})
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Record the look at one record, then show it."""
        record_event(EventType.AUDIT_LOG_USED, details={"use": "admin record", "seq": object_id or ""})
        return super().changeform_view(request, object_id, form_url, extra_context)
