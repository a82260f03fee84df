from django.db import models
from django.utils.translation import gettext_lazy as _

from archive.models.blob import Blob
from archive.models.series import Series


class Instance(models.Model):
    """A SOP instance: what is indexed of it, and where its bytes are."""

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

    class Meta:
        indexes = [models.Index(fields=["series", "instance_number", "id"], name="instance_in_order")]

    def __str__(self) -> str:
        return self.sop_instance_uid
