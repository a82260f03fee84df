from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility
from common.models import TimestampedModel
from worklist.models.orders import RequestedProcedure
from worklist.states import PerformedStatus, StepStatus


class ScheduledProcedureStep(TimestampedModel):
    """One stay at one modality: a line of the modality worklist (PS3.3 C.4.10)."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="scheduled_procedure_steps")
    requested_procedure = models.ForeignKey(
        RequestedProcedure, on_delete=models.PROTECT, related_name="scheduled_procedure_steps"
    )
    scheduled_procedure_step_id = models.CharField(max_length=16)
    description = models.CharField(max_length=64, blank=True)
    modality = models.CharField(max_length=16)
    station_ae_title = models.CharField(max_length=16, blank=True)
    station_name = models.CharField(max_length=16, blank=True)
    performing_physician_name = models.CharField(max_length=324, blank=True)
    scheduled_at = models.DateTimeField(help_text=_("The moment; shown in the facility's time zone."))
    status = models.CharField(max_length=16, choices=StepStatus, default=StepStatus.SCHEDULED)
    arrived_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    identity_checked_by = models.CharField(
        max_length=150, blank=True, help_text=_("Who compared two identifiers with the patient.")
    )
    discontinuation_reason = models.CharField(max_length=64, blank=True)
    expected_instances = models.PositiveIntegerField(
        default=0, help_text=_("As the modality or the technologist reported it; 0 while nobody has.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["requested_procedure", "scheduled_procedure_step_id"], name="scheduled_step_once"
            )
        ]
        indexes = [
            models.Index(fields=["facility", "scheduled_at", "id"], name="step_by_facility_time"),
            models.Index(fields=["status", "started_at"], name="step_by_status"),
            models.Index(fields=["station_ae_title", "scheduled_at"], name="step_by_station_time"),
        ]

    def __str__(self) -> str:
        return f"{self.scheduled_procedure_step_id} ({self.get_status_display()})"


class PerformedProcedureStep(TimestampedModel):
    """What was really done at a modality (PS3.3 C.4.14), reported by the modality or by hand.

    A step without an order has no scheduled step; its study is matched later like any other.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="performed_procedure_steps")
    # One run at the scanner may serve several orders.
    scheduled_procedure_steps = models.ManyToManyField(
        ScheduledProcedureStep, blank=True, related_name="performed_procedure_steps"
    )
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    performed_procedure_step_id = models.CharField(max_length=16, blank=True)
    study_instance_uid = models.CharField(max_length=64, blank=True)
    modality = models.CharField(max_length=16, blank=True)
    station_ae_title = models.CharField(max_length=16, blank=True)
    description = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, choices=PerformedStatus, default=PerformedStatus.IN_PROGRESS)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    discontinuation_code = models.CharField(max_length=64, blank=True)
    performed_series = models.JSONField(
        default=dict, blank=True, help_text=_("Number of instances by Series Instance UID.")
    )

    class Meta:
        indexes = [models.Index(fields=["study_instance_uid"], name="performed_step_by_study")]

    def __str__(self) -> str:
        return f"{self.sop_instance_uid} ({self.get_status_display()})"
