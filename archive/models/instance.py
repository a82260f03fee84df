from django.db import models
from django.utils.translation import gettext_lazy as _

from archive.models.blob import Blob
from archive.models.series import Series


class ShownInstances(models.Manager["Instance"]):
    """Instances that were not rejected: what lists, viewer and counts know of."""

    def get_queryset(self) -> models.QuerySet["Instance"]:
        """Leave out what was rejected."""
        return super().get_queryset().filter(rejection__isnull=True)


class Instance(models.Model):
    """A SOP instance: what is indexed of it, and where its bytes are.

    ``objects`` leaves out what was rejected, so that nobody shows it by oversight; ``kept`` has everything.
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="instances")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="instances")
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    sop_class_uid = models.CharField(max_length=64)
    transfer_syntax_uid = models.CharField(max_length=64)
    instance_number = models.IntegerField(null=True, blank=True)
    rows = models.PositiveIntegerField(null=True, blank=True)
    columns = models.PositiveIntegerField(null=True, blank=True)
    bits_allocated = models.PositiveSmallIntegerField(null=True, blank=True)
    number_of_frames = models.PositiveIntegerField(
        default=0, help_text=_("0: the object has no image to show.")
    )
    # What the viewer needs of each frame before it has a pixel (dicomkit.image_attributes); null without an image.
    image_attributes = models.JSONField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    # Without an index over all instances; the partial one below finds the few that were rejected.
    rejection = models.ForeignKey(
        "archive.Correction",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="rejected_instances",
        help_text="The correction that hides it.",
    )

    objects = ShownInstances()
    kept = models.Manager["Instance"]()

    class Meta:
        indexes = [
            models.Index(fields=["series", "instance_number", "id"], name="instance_in_order"),
            models.Index(
                fields=["rejection"],
                condition=models.Q(rejection__isnull=False),
                name="instance_rejected",
            ),
        ]

    def __str__(self) -> str:
        return self.sop_instance_uid
