from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility
from archive.models.patient import Patient
from common.models import TimestampedModel


class ReceptionStatus(models.TextChoices):
    """How far the arrival of a study has come."""

    RECEIVING = "receiving", _("Arriving")
    COMPLETE = "complete", _("Complete")


class Study(TimestampedModel):  # type: ignore[django-manager-missing]
    """A study, with the demographics that its own images carry.

    The patient columns repeat what the instances say, because the list sorts and searches by them, and because a
    picture must be shown with the identity in its own file. Where that was wrong they hold the correction, and
    ``received_attributes`` what the files say. No column that the list sorts by is ever null.
    """

    patient_record = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="studies")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="studies")
    study_instance_uid = models.CharField(max_length=64, unique=True)

    patient_name = models.CharField(max_length=324, blank=True)
    patient_name_key = models.CharField(max_length=324, blank=True, help_text=_("Patient Name for sorting."))
    patient_id = models.CharField(max_length=64, blank=True)
    issuer_of_patient_id = models.CharField(max_length=64, blank=True)
    patient_birth_date = models.DateField(null=True, blank=True)
    patient_sex = models.CharField(max_length=16, blank=True)
    patient_age_days = models.IntegerField(
        default=-1, help_text=_("At the time of the study; -1 where it is unknown.")
    )

    study_date = models.DateField(null=True, blank=True)
    study_time = models.TimeField(null=True, blank=True)
    study_moment = models.DateTimeField(
        help_text=_(
            "Study Date and Time as on the wall clock where it was made; the time of arrival where it has none."
        )
    )
    timezone_offset_from_utc = models.CharField(max_length=16, blank=True)
    study_id = models.CharField(max_length=64, blank=True)
    accession_number = models.CharField(max_length=64, blank=True)
    study_description = models.CharField(max_length=128, blank=True)
    referring_physician_name = models.CharField(max_length=324, blank=True)
    modalities_in_study = models.CharField(
        max_length=128, blank=True, help_text=_("Sorted, joined by a backslash.")
    )
    body_parts_examined = models.CharField(
        max_length=256, blank=True, help_text=_("Sorted, joined by a backslash.")
    )
    number_of_study_related_series = models.PositiveIntegerField(default=0)
    number_of_study_related_instances = models.PositiveIntegerField(default=0)

    # By keyword, what its files say where that was corrected here; the columns hold what is right.
    received_attributes = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    is_withdrawn = models.BooleanField(
        default=False, db_default=False, help_text="All of it was rejected or moved away; kept, not shown."
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_studies",
        help_text="Where its images are now, and where those go that still come.",
    )
    revision = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Counts corrections, so that of two at once one is refused."
    )

    status = models.CharField(max_length=16, choices=ReceptionStatus, default=ReceptionStatus.RECEIVING)
    last_instance_at = models.DateTimeField(help_text=_("When the newest instance arrived."))

    class Meta:
        verbose_name_plural = _("studies")
        # What may be shared beside Django's own right to view; the codenames of `accounts.roles`.
        permissions = [
            ("download_study", "Can download study"),
            ("report_study", "Can report study"),
            ("annotate_study", "Can annotate study"),
        ]
        indexes = [
            models.Index(fields=["facility", "-study_moment", "-id"], name="study_by_facility"),
            models.Index(fields=["study_moment", "id"], name="study_by_moment"),
            models.Index(fields=["patient_name_key", "id"], name="study_by_name"),
            models.Index(fields=["patient_id", "id"], name="study_by_patient_id"),
            models.Index(fields=["accession_number", "id"], name="study_by_accession"),
            models.Index(fields=["study_description", "id"], name="study_by_description"),
            models.Index(fields=["modalities_in_study", "id"], name="study_by_modalities"),
            models.Index(fields=["body_parts_examined", "id"], name="study_by_body_parts"),
            models.Index(fields=["number_of_study_related_series", "id"], name="study_by_series_count"),
            models.Index(fields=["number_of_study_related_instances", "id"], name="study_by_image_count"),
            models.Index(fields=["patient_sex", "id"], name="study_by_sex"),
            models.Index(fields=["patient_age_days", "id"], name="study_by_age"),
            models.Index(fields=["status", "last_instance_at"], name="study_by_reception"),
        ]

    def __str__(self) -> str:
        return self.study_instance_uid


class StudySearchTerm(models.Model):
    """One word under which the search box finds a study; the box looks for words by their beginning."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="search_terms")
    term = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "study"], name="search_term_once_per_study")]
        # PostgreSQL compares a beginning by this index; the constraint's own index serves SQLite.
        indexes = [
            models.Index(
                fields=["term", "study"],
                name="search_term_beginning",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"search term of study {self.study_id}"
