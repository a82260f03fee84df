"""What a department has before it at this moment, in numbers without a patient."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from accounts.models import Facility
from worklist.examinations import STUCK_AFTER
from worklist.local_time import day_at, today_at
from worklist.models import Priority, ReadingTask, ScheduledProcedureStep
from worklist.states import ReadingStatus, StepStatus

_WAITING = (ReadingStatus.COMPLETED, ReadingStatus.CHECKED, ReadingStatus.PRELIMINARY)


@dataclass(frozen=True)
class Waiting:
    """Studies of one priority that wait for their reader."""

    label: str
    priority: int
    studies: int
    overdue: int
    longest: timedelta | None


@dataclass(frozen=True)
class Room:
    """The day of one modality."""

    modality: str
    scheduled: int
    arrived: int
    in_progress: int
    completed: int
    stuck: int


@dataclass(frozen=True)
class DepartmentNow:
    """A department at this moment."""

    facility: Facility
    at: datetime
    waiting: list[Waiting]
    being_read: int
    unassigned: int
    final_today: int
    rooms: list[Room]


def department_now(facility: Facility) -> DepartmentNow:
    """Return what waits, is under way and is done today at a facility. Three queries, whatever the size of the archive."""
    now = timezone.now()
    first, after = day_at(facility, today_at(facility))
    tasks = ReadingTask.objects.filter(facility=facility, study__is_withdrawn=False)
    numbers = tasks.filter(Q(status=ReadingStatus.BEING_READ) | Q(status__in=_WAITING)).aggregate(
        being_read=Count("pk", filter=Q(status=ReadingStatus.BEING_READ)),
        unassigned=Count("pk", filter=Q(status__in=_WAITING, assigned_to__isnull=True)),
    )
    return DepartmentNow(
        facility=facility,
        at=now,
        waiting=_waiting(facility, now),
        being_read=numbers["being_read"],
        unassigned=numbers["unassigned"],
        final_today=tasks.filter(final_at__gte=first, final_at__lt=after).count(),
        rooms=_rooms(facility, first, after, now),
    )


def _waiting(facility: Facility, now: datetime) -> list[Waiting]:
    rows = {
        row["priority"]: row
        for row in ReadingTask.objects.filter(
            facility=facility, status__in=_WAITING, study__is_withdrawn=False
        )
        .values("priority")
        .annotate(
            studies=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=now)), since=Min("clock_started_at")
        )
    }
    return [
        Waiting(
            label=str(priority.label),
            priority=int(priority),
            studies=row["studies"] if row else 0,
            overdue=row["overdue"] if row else 0,
            longest=now - row["since"] if row else None,
        )
        for priority in Priority
        for row in [rows.get(int(priority))]
    ]


def _rooms(facility: Facility, first: datetime, after: datetime, now: datetime) -> list[Room]:
    def counted(*statuses: StepStatus) -> Count:
        return Count("pk", filter=Q(status__in=statuses))

    rows = (
        ScheduledProcedureStep.objects.filter(
            facility=facility, scheduled_at__gte=first, scheduled_at__lt=after
        )
        .values("modality")
        .annotate(
            scheduled=counted(StepStatus.SCHEDULED),
            arrived=counted(StepStatus.ARRIVED),
            in_progress=counted(StepStatus.IN_PROGRESS),
            completed=counted(StepStatus.COMPLETED),
            stuck=Count("pk", filter=Q(status=StepStatus.IN_PROGRESS, started_at__lte=now - STUCK_AFTER)),
        )
        .order_by("modality")
    )
    return [Room(**row) for row in rows]
