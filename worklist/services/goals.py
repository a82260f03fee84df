"""When a study has to be final."""

from datetime import datetime, timedelta

from worklist.models import DEFAULT_GOALS, Priority, ReadingGoal


def due_time(facility_pk: int, priority: Priority, clock_started_at: datetime) -> datetime:
    """Return when a study of that priority is outside the goal of its facility."""
    minutes = (
        ReadingGoal.objects.filter(facility=facility_pk, priority=priority)
        .values_list("minutes", flat=True)
        .first()
    )
    return clock_started_at + (timedelta(minutes=minutes) if minutes else DEFAULT_GOALS[priority])
