from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility
from archive.models import Patient, Study
from common.models import TimestampedModel


class Priority(models.IntegerChoices):
    """How soon a study is to be read; the smaller the sooner."""

    STAT = 1, _("STAT")
    URGENT = 2, _("Urgent")
    SEMI_URGENT = 3, _("Semi-urgent")
    ROUTINE = 4, _("Routine")


class PatientClass(models.TextChoices):
    """Where the patient is treated (HL7 table 0004)."""

    UNKNOWN = "", _("Unknown")
    EMERGENCY = "E", _("Emergency")
    INPATIENT = "I", _("Inpatient")
    OUTPATIENT = "O", _("Outpatient")


class ImagingServiceRequest(TimestampedModel):
    """What somebody ordered for a patient: one accession number (PS3.3 C.4.12)."""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="imaging_service_requests")
    patient_record = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="imaging_service_requests"
    )
    accession_number = models.CharField(max_length=64)
    placer_order_number = models.CharField(max_length=64, blank=True)
    filler_order_number = models.CharField(max_length=64, blank=True)
    requesting_physician_name = models.CharField(max_length=324, blank=True)
    requesting_service = models.CharField(max_length=64, blank=True)
    patient_class = models.CharField(max_length=1, choices=PatientClass, blank=True)
    patient_location = models.CharField(max_length=64, blank=True, help_text=_("Ward, room or clinic."))
    reason = models.TextField(_("reason for the examination"), blank=True)
    patient_alerts = models.TextField(
        _("allergies and alerts"),
        blank=True,
        help_text=_("Allergies, implants, infection, renal function, pregnancy."),
    )
    requested_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "accession_number"], name="accession_once_per_facility"
            ),
            models.CheckConstraint(condition=~models.Q(accession_number=""), name="accession_not_empty"),
        ]
        indexes = [
            models.Index(fields=["placer_order_number"], name="order_by_placer_number"),
            models.Index(fields=["accession_number"], name="order_by_accession"),
        ]

    def __str__(self) -> str:
        return self.accession_number


class RequestedProcedure(TimestampedModel):
    """One examination of an order: one study (PS3.3 C.4.11)."""

    imaging_service_request = models.ForeignKey(
        ImagingServiceRequest, on_delete=models.PROTECT, related_name="requested_procedures"
    )
    requested_procedure_id = models.CharField(max_length=16)
    study_instance_uid = models.CharField(
        max_length=64,
        unique=True,
        help_text=_("Given to the modality, so that the study says what it belongs to."),
    )
    description = models.CharField(max_length=128)
    code_value = models.CharField(max_length=64, blank=True)
    coding_scheme_designator = models.CharField(max_length=16, blank=True)
    modality = models.CharField(max_length=16)
    body_part_examined = models.CharField(max_length=32, blank=True)
    laterality = models.CharField(max_length=1, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.ROUTINE)
    protocol_note = models.TextField(
        blank=True, help_text=_("How it is to be done, as a radiologist or the department has laid down.")
    )
    study = models.OneToOneField(
        Study, on_delete=models.SET_NULL, null=True, blank=True, related_name="requested_procedure"
    )
    matched_by = models.CharField(max_length=24, blank=True, help_text=_("How its study was recognised."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["imaging_service_request", "requested_procedure_id"],
                name="requested_procedure_once_per_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.requested_procedure_id} of order {self.imaging_service_request_id}"
