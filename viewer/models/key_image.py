from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from archive.models import Instance


class KeyImage(models.Model):
    """A frame that a reader marked as one that matters. Who took a mark away is in the audit log."""

    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="key_image_marks")
    frame_number = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=150, help_text=_("The author's name when this was marked."))
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instance", "frame_number"], name="key_image_once"),
            models.CheckConstraint(
                condition=models.Q(frame_number__gte=1), name="key_image_frame_counts_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"frame {self.frame_number} of {self.instance_id}"
