"""How a department works, in Django's admin: clocks, image check, goals, and who reads what."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest

from accounts.access import managed_facilities
from accounts.models import User
from audit.context import current_actor
from audit.services import record_event
from audit.vocabulary import EventType
from worklist.models import Department, Reader, ReadingGoal


class OfManagedFacility(admin.ModelAdmin):  # type: ignore[type-arg]
    """Pages of what belongs to a facility, for those who manage its people; every change is on record."""

    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """Return what belongs to the facilities that the user manages."""
        return super().get_queryset(request).filter(facility__in=managed_facilities(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return managed_facilities(request.user).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return managed_facilities(request.user).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any]":
        managed = managed_facilities(request.user)
        members = User.objects.filter(is_active=True, memberships__facility__in=managed).distinct()
        kwargs["queryset"] = managed if db_field.name == "facility" else members
        field: ModelChoiceField[Any] = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[assignment]
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Keep it, on record."""
        super().save_model(request, obj, form, change)
        _record(obj, form.cleaned_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take it away, on record."""
        _record(obj, {"deleted": True})
        super().delete_model(request, obj)


@admin.register(Department)
class DepartmentAdmin(OfManagedFacility):
    list_display = [
        "facility",
        "time_zone",
        "needs_image_check",
        "assigns_automatically",
        "stale_claim_minutes",
    ]
    list_select_related = ["facility"]


@admin.register(ReadingGoal)
class ReadingGoalAdmin(OfManagedFacility):
    list_display = ["facility", "priority", "minutes"]
    list_select_related = ["facility"]


@admin.register(Reader)
class ReaderAdmin(OfManagedFacility):
    list_display = ["user", "facility", "subspecialties", "is_on_duty", "share_percent"]
    list_select_related = ["user", "facility"]


def _record(obj: models.Model, values: dict[str, Any]) -> None:
    record_event(
        EventType.FACILITY_CHANGED,
        actor=current_actor(),
        facility_code=obj.facility.code,  # type: ignore[attr-defined]  # each of these models has one
        details={"what": obj._meta.model_name, **{name: str(value) for name, value in values.items()}},
    )
