"""The archive in Django admin: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from archive.access import upload_facilities, visible_studies
from archive.models import ArrivalConflict, Blob, Instance, OwedWork, Patient, Series, Study
from audit.services import record_event
from audit.vocabulary import EventType


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows may be looked at by staff who may see their study, each look is recorded, and nobody changes them."""

    show_full_result_count = False
    list_per_page = 50
    # The path from a row to its study; None for rows that tell nothing of a patient.
    study_lookup: str | None = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.study_lookup is None:
            return rows
        return rows.filter(**{f"{self.study_lookup}__in": visible_studies(request.user).values("pk")})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self._record(request, "list")
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self._record(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def _record(self, request: HttpRequest, looked_at: str) -> None:
        if self.study_lookup is not None:
            record_event(EventType.QUERY, details={"admin": self.model._meta.label, "object": looked_at})


@admin.register(Patient)
class PatientAdmin(ReadOnlyAdmin):
    study_lookup = "studies"
    list_display = ["patient_id", "issuer_of_patient_id", "patient_birth_date", "patient_sex"]
    search_fields = ["patient_id"]


@admin.register(Study)
class StudyAdmin(ReadOnlyAdmin):
    study_lookup = "pk"
    list_display = [
        "study_instance_uid",
        "patient_id",
        "study_date",
        "modalities_in_study",
        "facility",
        "status",
    ]
    list_filter = ["facility", "status"]
    search_fields = ["study_instance_uid", "patient_id", "accession_number"]


@admin.register(Series)
class SeriesAdmin(ReadOnlyAdmin):
    study_lookup = "study"
    list_display = ["series_instance_uid", "modality", "series_number", "number_of_series_related_instances"]
    search_fields = ["series_instance_uid"]
    raw_id_fields = ["study"]


@admin.register(Instance)
class InstanceAdmin(ReadOnlyAdmin):
    study_lookup = "series__study"
    list_display = ["sop_instance_uid", "sop_class_uid", "transfer_syntax_uid", "received_at"]
    search_fields = ["sop_instance_uid"]


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    list_display = ["sha256", "size_bytes", "created_at"]
    search_fields = ["sha256"]


@admin.register(ArrivalConflict)
class ArrivalConflictAdmin(ReadOnlyAdmin):
    # A conflict may belong to a study of another facility, so it is shown to those of the facility that received it.
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(facility__in=upload_facilities(request.user))

    list_display = ["received_at", "kind", "study_instance_uid", "sop_instance_uid", "facility", "origin"]
    list_filter = ["kind", "facility"]


@admin.register(OwedWork)
class OwedWorkAdmin(ReadOnlyAdmin):
    list_display = ["task_name", "subject_uid", "owed_since", "due_at", "attempts"]
    list_filter = ["task_name"]
