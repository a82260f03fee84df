"""How a department works, in Django's admin: clocks, image check, goals, and who reads what."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import ForeignKey, ManyToManyField, QuerySet
from django.forms import (
    CheckboxSelectMultiple,
    ModelChoiceField,
    ModelForm,
    ModelMultipleChoiceField,
    TypedMultipleChoiceField,
)
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import managed_facilities
from accounts.models import Facility, User
from audit.context import current_actor
from audit.services import record_event
from audit.vocabulary import EventType
from worklist.models import Department, Reader, ReadingGoal, ReadingWeight
from worklist.services.subspecialty import SUBSPECIALTIES


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

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelMultipleChoiceField[Any] | None":
        """Offer every facility in use: others than one's own are what is to be chosen."""
        kwargs["queryset"] = Facility.objects.filter(is_active=True)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

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
        "stat_back_to_all_minutes",
        "stale_claim_minutes",
    ]
    list_select_related = ["facility"]
    filter_horizontal = ["readers_from"]
    fieldsets = [
        (None, {"fields": ["facility", "time_zone"]}),
        (_("From the examination to the reader"), {"fields": ["needs_image_check", "stale_claim_minutes"]}),
        (_("Who reads"), {"fields": ["assigns_automatically", "readers_from"]}),
        (_("What is overdue"), {"fields": ["stat_back_to_all_minutes", "duty_address"]}),
    ]


@admin.register(ReadingGoal)
class ReadingGoalAdmin(OfManagedFacility):
    list_display = ["facility", "priority", "minutes"]
    list_select_related = ["facility"]


@admin.register(ReadingWeight)
class ReadingWeightAdmin(OfManagedFacility):
    list_display = ["facility", "modality", "weight"]
    list_select_related = ["facility"]


@admin.register(Reader)
class ReaderAdmin(OfManagedFacility):
    list_display = ["user", "facility", "subspecialties", "is_on_duty", "share_percent"]
    list_select_related = ["user", "facility"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let subspecialties be chosen by their names."""
        if db_field.name == "subspecialties":
            return TypedMultipleChoiceField(
                label=_("Subspecialties"),
                choices=list(SUBSPECIALTIES.items()),
                widget=CheckboxSelectMultiple,
                required=False,
                empty_value=[],
                help_text=_("What comes to this reader first. None means everything."),
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Keep it, on record; duty that an administrator sets does not lapse."""
        if "is_on_duty" in form.changed_data:
            obj.on_duty_since = None
        super().save_model(request, obj, form, change)


def _record(obj: models.Model, values: dict[str, Any]) -> None:
    record_event(
        EventType.FACILITY_CHANGED,
        actor=current_actor(),
        facility_code=obj.facility.code,  # type: ignore[attr-defined]  # each of these models has one
        details={"what": obj._meta.model_name, **{name: _told(value) for name, value in values.items()}},
    )


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, QuerySet) else str(value)
