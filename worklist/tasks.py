"""Celery entry points of the worklist."""

from common.tasks import TaskName, task
from worklist.services import escalation, reading, taking_in


@task(TaskName.TAKE_IN_STUDY)
def take_in_study(subject_uid: str) -> None:
    """Give a study its place in the lists and look for its order."""
    taking_in.take_in(subject_uid)


@task(TaskName.ESCALATE_OVERDUE)
def escalate_overdue() -> None:
    """Mark what is outside its goal."""
    escalation.escalate_overdue()


@task(TaskName.RELEASE_STALE_CLAIMS)
def release_stale_claims() -> None:
    """Put back what is claimed by a viewer that is gone."""
    reading.release_stale_claims()
