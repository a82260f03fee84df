"""What has waited too long."""

from django.utils import timezone

from worklist.models import ReadingTask
from worklist.services.moves import write
from worklist.states import ReadingStatus

_WAITING = (ReadingStatus.COMPLETED, ReadingStatus.CHECKED, ReadingStatus.PRELIMINARY)


def escalate_overdue(*, batch: int = 200) -> int:
    """Mark studies that are outside their goal and not yet final, once each; open lists hear of it.

    Returns
    -------
    int
        How many studies that were.
    """
    now = timezone.now()
    overdue = list(
        ReadingTask.objects.filter(
            status__in=_WAITING, due_at__lte=now, escalated_at__isnull=True, study__is_withdrawn=False
        ).order_by("priority", "due_at")[:batch]
    )
    for task in overdue:
        write(task, user=None, action="escalate", escalated_at=now)
    return len(overdue)
