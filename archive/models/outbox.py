from django.db import models
from django.utils.translation import gettext_lazy as _


class OwedWork(models.Model):
    """Work that a committed change owes, written in the transaction that caused it.

    A task sent to the queue is only the wake-up. If the broker loses it, the sweeper finds this row.
    """

    task_name = models.CharField(max_length=64)
    subject_uid = models.CharField(max_length=64)
    owed_since = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = _("owed work")
        constraints = [models.UniqueConstraint(fields=["task_name", "subject_uid"], name="work_owed_once")]
        indexes = [models.Index(fields=["due_at"], name="owed_work_by_due_time")]

    def __str__(self) -> str:
        return f"{self.task_name} of {self.subject_uid}"
