from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import TimestampedModel


class ViewerPreferences(TimestampedModel):
    """How one user wants the viewer: keys and mouse buttons.

    The body is what `viewer.preferences.read_preferences` reads; it was read before it was stored.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    body = models.JSONField()

    class Meta:
        verbose_name_plural = _("viewer preferences")

    def __str__(self) -> str:
        return f"Viewer preferences of {self.user}"
