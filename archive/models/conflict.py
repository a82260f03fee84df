from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility
from archive.models.blob import Blob


class ArrivalConflict(models.Model):
    """An instance that contradicts what is stored. Its bytes are kept aside; nothing was overwritten.

    It waits here until a person has decided.
    """

    class Kind(models.TextChoices):
        CONTENT = "content", _("Same SOP Instance UID, other content")
        SERIES = "series", _("The instance, or its series, belongs to another series or study here")
        PATIENT = "patient", _("Its study belongs to another patient here")
        FACILITY = "facility", _("Its study belongs to another facility here")

    kind = models.CharField(max_length=16, choices=Kind)
    sop_instance_uid = models.CharField(max_length=64)
    study_instance_uid = models.CharField(max_length=64)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="conflicts")
    origin = models.CharField(max_length=64, help_text=_("The door through which it came."))
    received_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sop_instance_uid", "blob"], name="conflict_once_per_content")
        ]
        indexes = [models.Index(fields=["resolved_at", "-received_at"], name="conflict_by_age")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.sop_instance_uid}"
