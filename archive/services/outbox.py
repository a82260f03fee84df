"""Work owed: written with the change that caused it, done by a task, found again by the sweeper if that task was lost."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from archive.models import OwedWork
from common.tasks import TaskName, enqueue

# How long a task may take before the sweeper sends it again, doubled with every attempt.
_PATIENCE = timedelta(seconds=120)
_MOST_ATTEMPTS = 5


def owe(task_name: TaskName, subject_uid: str) -> None:
    """Note work in the running transaction and wake a worker for it after the commit."""
    _, created = OwedWork.objects.update_or_create(
        task_name=task_name,
        subject_uid=subject_uid,
        defaults={"due_at": timezone.now() + _PATIENCE, "attempts": 0},
    )
    if created:
        enqueue(task_name, subject_uid=subject_uid)


def settle(task_name: TaskName, subject_uid: str) -> None:
    """Strike out work that has been done."""
    OwedWork.objects.filter(task_name=task_name, subject_uid=subject_uid).delete()


def sweep(*, batch: int = 200) -> int:
    """Send again what is overdue; give up, and leave the row for a person, after several attempts.

    Returns
    -------
    int
        How many tasks were sent.
    """
    now = timezone.now()
    with transaction.atomic():
        overdue = list(
            OwedWork.objects.filter(due_at__lte=now, attempts__lt=_MOST_ATTEMPTS)
            .select_for_update(skip_locked=_can_skip_locked())
            .order_by("due_at")[:batch]
        )
        for work in overdue:
            OwedWork.objects.filter(pk=work.pk).update(
                attempts=F("attempts") + 1, due_at=now + _PATIENCE * 2 ** (work.attempts + 1)
            )
            enqueue(TaskName(work.task_name), subject_uid=work.subject_uid)
    return len(overdue)


def _can_skip_locked() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)
