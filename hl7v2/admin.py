"""Senders in Django's admin, for the facilities that a user manages. What they sent is kept and not shown here."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest

from accounts.access import managed_facilities
from audit.context import current_actor
from audit.services import record_event
from audit.vocabulary import EventType
from hl7v2.models import Sender


@admin.register(Sender)
class SenderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["sending_application", "sending_facility", "address", "facility", "is_active"]
    list_select_related = ["facility"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Sender]":
        """Return the senders of the facilities that the user manages."""
        return Sender.objects.filter(facility__in=managed_facilities(request.user)).order_by("pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return managed_facilities(request.user).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return managed_facilities(request.user).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any]":
        kwargs["queryset"] = managed_facilities(request.user)
        field: ModelChoiceField[Any] = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[assignment]
        return field

    def save_model(self, request: HttpRequest, obj: Sender, form: "ModelForm[Sender]", change: bool) -> None:
        """Keep a sender, on record."""
        super().save_model(request, obj, form, change)
        record_event(
            EventType.DEVICE_CHANGED,
            actor=current_actor(),
            facility_code=obj.facility.code,
            details={"sender": str(obj), "address": obj.address, "is_active": obj.is_active},
        )
