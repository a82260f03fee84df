import uuid
from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from archive.models.patient import Patient
from archive.models.plan import Plan
from archive.models.study import Study

UNDO_DAYS = 30


class CorrectionKind(models.TextChoices):
    """What is put right."""

    REJECT = "reject", _("Reject images")
    RESTORE = "restore", _("Restore rejected images")
    MOVE_SERIES = "move_series", _("Move series to another study")
    SPLIT = "split", _("Split off a new study")
    MERGE_STUDIES = "merge_studies", _("Merge two studies")
    MOVE_STUDY = "move_study", _("Move the study to another patient")
    EDIT_STUDY = "edit_study", _("Edit the study")
    EDIT_PATIENT = "edit_patient", _("Edit demographics")
    MATCH_ORDER = "match_order", _("Match with an order")
    PART_ORDER = "part_order", _("Take from its order")
    MERGE_PATIENTS = "merge_patients", _("Merge two patients")
    LINK_PATIENTS = "link_patients", _("Link the same person at two sites")
    UNLINK_PATIENTS = "unlink_patients", _("End the link")


class Correction(models.Model):
    """One correction by one person or sender: what it changed, why, and whether it was undone.

    The files are never touched. The plan holds what each row said before and after, so that undoing is exact.
    """

    correction_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=24, choices=CorrectionKind)
    reason_code = models.CharField(max_length=16, blank=True, help_text="DCM code of a rejection.")
    reason = models.CharField(max_length=200)
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    sender = models.CharField(
        max_length=150,
        blank=True,
        help_text=_("From whom the rejection note came; empty where a person acted."),
    )
    made_at = models.DateTimeField()
    overrides_final = models.BooleanField(
        default=False, help_text="Made although the report was final, by whoever may."
    )
    plan = models.JSONField(encoder=DjangoJSONEncoder)
    studies = models.ManyToManyField(Study, related_name="corrections")
    patients = models.ManyToManyField(Patient, related_name="corrections")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undo_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="correction_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.correction_uid}"

    @property
    def author_name(self) -> str:
        """Who made it: a person, or the sender of a rejection note."""
        return self.author.get_full_name() if self.author else self.sender

    @property
    def as_plan(self) -> Plan:
        """What was changed."""
        return Plan.from_json(self.plan)

    @property
    def undo_until(self) -> datetime:
        """The end of the time in which it can be undone."""
        return self.made_at + timedelta(days=UNDO_DAYS)

    @property
    def can_be_undone(self) -> bool:
        """Whether it still stands and is young enough; what came later may forbid it all the same."""
        return self.undone_at is None and timezone.now() < self.undo_until


class AwaitedRejection(models.Model):
    """An instance that was rejected by its sender before it came: it is hidden from the start."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="awaited")
    sop_instance_uid = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sop_instance_uid", "correction"], name="rejection_awaited_once")
        ]

    def __str__(self) -> str:
        return self.sop_instance_uid
