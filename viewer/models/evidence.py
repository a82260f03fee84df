from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from archive.models import Study


class EvidenceKind(models.TextChoices):
    """What is made of what readers marked."""

    MEASUREMENTS = "SR", _("Measurement report")
    KEY_IMAGES = "KO", _("Key images")
    PRESENTATION = "PR", _("Presentation state")


class Evidence(models.Model):
    """A DICOM instance that was made of the annotations or key images of a study, and stored in it.

    It tells our own reports from those of others, and what has changed since the last one.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=2, choices=EvidenceKind)
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    series_instance_uid = models.CharField(max_length=64)
    # SHA-256 of what it is about, where a study has several of a kind: the images of a presentation state.
    subject = models.CharField(max_length=64, blank=True)
    # SHA-256 of what it was made of, so that nothing is stored twice.
    content = models.CharField(max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=EvidenceKind.values), name="evidence_kind_is_known"
            )
        ]
        indexes = [models.Index(fields=["study", "kind", "id"], name="evidence_by_study")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sop_instance_uid}"
