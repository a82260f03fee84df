from django.db import models
from django.db.models import Q

from accounts.models import Facility


class Reindexing(models.Model):
    """A run through stored instances that brings what is indexed of them up to date, and how far it has come.

    Instances are taken in the order of their keys; what arrives after `last_key` is indexed by this release anyhow.
    """

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    study_instance_uid = models.CharField(max_length=64, blank=True)
    study_date_from = models.DateField(null=True, blank=True)
    study_date_until = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    key_done = models.BigIntegerField(default=0, help_text="Of the last instance that was read again.")
    last_key = models.BigIntegerField()
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # One at a time: a second would read the same files at the same time.
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at__isnull=True), name="one_reindexing_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"reindexing {self.pk}: {self.done} of {self.total}"
