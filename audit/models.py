"""The audit log: one append-only table whose rows are chained by a keyed hash.

No foreign keys, not even to the user: a record is a fact that outlives its subject.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.exceptions import AppendOnlyError

GENESIS_HASH = "0" * 64
REFUSAL = "The audit log only grows: its records are neither changed nor removed."


class Outcome(models.IntegerChoices):
    """How an action ended, by the numbers of the audit message.

    References
    ----------
    PS3.15 A.5.1 (EventOutcomeIndicator)
    """

    SUCCESS = 0, _("success")
    MINOR_FAILURE = 4, _("refused")
    SERIOUS_FAILURE = 8, _("failed")
    MAJOR_FAILURE = 12, _("failed and unusable")


class ActorKind(models.TextChoices):
    """What kind of actor did something."""

    USER = "user", _("person")
    APPLICATION_ENTITY = "application_entity", _("DICOM device")
    SYSTEM = "system", _("the system itself")
    COMMAND = "command", _("management command")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads only; every way of changing rows in bulk is closed."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError(REFUSAL)

    update = delete = bulk_update = bulk_create = update_or_create = _raw_delete = _refuse
    aupdate = adelete = abulk_update = abulk_create = aupdate_or_create = _refuse


class AuditEvent(models.Model):
    """Who did what to which object, when, from where, and how it ended."""

    seq = models.BigIntegerField(primary_key=True, help_text="Place in the chain, from 1, without gaps.")
    time = models.DateTimeField()
    event_type = models.CharField(max_length=40, help_text=_("Our own name of the event (audit.vocabulary)."))
    event_id = models.CharField(max_length=16, help_text=_("DICOM code of the event, PS3.16 CID 400."))
    event_type_code = models.CharField(
        max_length=16, blank=True, help_text=_("DICOM code of its type, CID 401.")
    )
    action = models.CharField(max_length=1, help_text=_("C, R, U, D or E."))
    outcome = models.PositiveSmallIntegerField(choices=Outcome.choices)
    actor_kind = models.CharField(max_length=20, choices=ActorKind.choices)
    actor_identifier = models.CharField(max_length=150, blank=True)
    actor_user_pk = models.BigIntegerField(null=True, blank=True)
    actor_address = models.CharField(max_length=64, blank=True)
    patient_id = models.CharField(max_length=64, blank=True)
    issuer_of_patient_id = models.CharField(max_length=64, blank=True)
    study_instance_uid = models.CharField(max_length=64, blank=True)
    facility_code = models.CharField(max_length=16, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[models.Manager["AuditEvent"]] = AuditEventQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["-seq"]
        verbose_name = _("audit event")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["time"], name="audit_time"),
            models.Index(fields=["event_type", "seq"], name="audit_event_type"),
            models.Index(fields=["actor_identifier", "seq"], name="audit_actor"),
            models.Index(
                fields=["patient_id", "seq"], name="audit_patient", condition=~models.Q(patient_id="")
            ),
            models.Index(
                fields=["study_instance_uid", "seq"],
                name="audit_study",
                condition=~models.Q(study_instance_uid=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.event_type}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the record; refuse to store it a second time."""
        if not self._state.adding:
            raise AppendOnlyError(REFUSAL)
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError(REFUSAL)


class AuditChainHead(models.Model):
    """The newest place of the chain, in a single row; whoever appends locks it first."""

    ONLY_PK: ClassVar[int] = 1

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS_HASH)

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(pk=1), name="audit_chain_has_one_head"),
        ]

    def __str__(self) -> str:
        return f"head at {self.seq}"

    @classmethod
    def locked(cls) -> "AuditChainHead":
        """Return the head, held against every other writer until the running transaction ends."""
        head, _ = AuditChainHead.objects.select_for_update().get_or_create(pk=cls.ONLY_PK)
        return head
