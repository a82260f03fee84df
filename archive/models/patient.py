from django.db import models

from common.models import TimestampedModel


class Patient(TimestampedModel):
    """A person, as identified by one issuer.

    Two facilities may give the same Patient ID to two people, so an ID never stands without its issuer. Where a
    data set names none, it is the issuer of the facility that sent it.
    """

    patient_id = models.CharField(max_length=64, blank=True)
    issuer_of_patient_id = models.CharField(max_length=64)
    # Objects without a Patient ID must not meet under one nameless person: the study's UID keeps them apart.
    unidentified_study_uid = models.CharField(max_length=64, blank=True)
    patient_name = models.CharField(max_length=324, blank=True)
    patient_birth_date = models.DateField(null=True, blank=True)
    patient_sex = models.CharField(max_length=16, blank=True)

    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_patients",
        help_text="The identity that survived; what still comes under this one goes there.",
    )
    linkage = models.UUIDField(
        null=True, blank=True, help_text="The same for all identities of one person, each of its own issuer."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_of_patient_id", "patient_id", "unidentified_study_uid"],
                name="patient_identity",
            )
        ]
        indexes = [
            models.Index(fields=["patient_id"], name="patient_by_id"),
            models.Index(fields=["patient_birth_date"], name="patient_by_birth_date"),
            models.Index(
                fields=["linkage"], condition=models.Q(linkage__isnull=False), name="patient_by_linkage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id or 'no ID'} ({self.issuer_of_patient_id})"
