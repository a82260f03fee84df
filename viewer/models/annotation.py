from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from archive.models import Instance
from dicomkit.marking import MarkingKind
from viewer.exceptions import RevisionChangeError

MOST_TEXT_CHARACTERS = 1000
_REFUSAL = "The revisions of an annotation are kept as they were written."


class Kind(models.TextChoices):
    """What was drawn, in the words of `dicomkit.marking.MarkingKind`."""

    LENGTH = MarkingKind.LENGTH, _("Length")
    BIDIRECTIONAL = MarkingKind.BIDIRECTIONAL, _("Bidirectional")
    ANGLE = MarkingKind.ANGLE, _("Angle")
    COBB = MarkingKind.COBB, _("Cobb angle")
    ELLIPSE = MarkingKind.ELLIPSE, _("Ellipse")
    RECTANGLE = MarkingKind.RECTANGLE, _("Rectangle")
    CIRCLE = MarkingKind.CIRCLE, _("Circle")
    POLYGON = MarkingKind.POLYGON, _("Polygon")
    FREEHAND = MarkingKind.FREEHAND, _("Freehand region")
    PROBE = MarkingKind.PROBE, _("Probe")
    ARROW = MarkingKind.ARROW, _("Arrow")
    TEXT = MarkingKind.TEXT, _("Text")
    CALIBRATION = MarkingKind.CALIBRATION, _("Calibration line")
    SPINE_LABEL = MarkingKind.SPINE_LABEL, _("Spine label")


class _Drawn(models.Model):
    """What may change of an annotation, as one revision of it says."""

    revision = models.PositiveIntegerField(help_text=_("Counts from 1; a deletion counts too."))
    points = models.JSONField(help_text=_("[column, row] in pixels of the whole frame, or of the plane."))
    text = models.CharField(max_length=MOST_TEXT_CHARACTERS, blank=True)
    plane = models.JSONField(
        null=True,
        blank=True,
        help_text=_("Where the mark was drawn on no image but on a plane through the series."),
    )
    length_mm = models.FloatField(null=True, blank=True, help_text=_("Of a calibration line."))
    is_deleted = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=150, help_text=_("The author's name when this was written."))
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True


class Annotation(_Drawn):
    """What a reader drew or wrote on a frame, as it is now.

    Kind and frame never change. A mark on a plane through a volume names any image of its series; see
    `viewer.annotation_planes`. Whoever changes it names the revision that he saw; see `viewer.services.annotations`.
    """

    annotation_uid = models.CharField(max_length=64, unique=True)
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="annotations")
    frame_number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revision__gte=1), name="annotation_revision_counts_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(frame_number__gte=1), name="annotation_frame_counts_from_1"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="annotation_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.CALIBRATION, length_mm__isnull=False, length_mm__gt=0)
                | (~models.Q(kind=Kind.CALIBRATION) & models.Q(length_mm__isnull=True)),
                name="annotation_length_of_calibrations",
            ),
        ]
        indexes = [models.Index(fields=["instance", "is_deleted"], name="annotation_by_instance")]

    def __str__(self) -> str:
        return f"{self.kind} {self.annotation_uid}"


class RevisionQuerySet(models.QuerySet["AnnotationRevision"]):
    """Revisions in bulk; they are neither changed nor deleted."""

    def update(self, **fields: Any) -> NoReturn:
        """Refuse."""
        raise RevisionChangeError(_REFUSAL)

    def delete(self) -> NoReturn:
        """Refuse."""
        raise RevisionChangeError(_REFUSAL)


class AnnotationRevision(_Drawn):
    """An annotation as it once was. Written once; gone only together with its study, see `viewer.receivers`."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="revisions")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "revision"], name="annotation_revision_once")
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} of annotation {self.annotation_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the revision, once."""
        if not self._state.adding:
            raise RevisionChangeError(_REFUSAL)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise RevisionChangeError(_REFUSAL)


class RevisionRelease(models.Model):
    """An annotation whose revisions may be deleted just now: triggers of migration 0008 look here.

    There is a row only within the transaction that deletes a study, see `viewer.receivers`.
    """

    annotation_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"release of annotation {self.annotation_id}"
