"""Base classes of models."""

from django.db import models


class TimestampedModel(models.Model):
    """Adds the times of creation and of the last change."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
