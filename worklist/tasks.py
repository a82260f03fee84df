"""Celery entry points of the worklist."""

from smtplib import SMTPException

from common.tasks import TaskName, task
from worklist.services import balance, escalation, reading, taking_in


@task(TaskName.TAKE_IN_STUDY)
def take_in_study(subject_uid: str) -> None:
    """Give a study its place in the lists and look for its order."""
    taking_in.take_in(subject_uid)


@task(TaskName.ASSIGN_READY_STUDY)
def assign_ready_study(study_instance_uid: str) -> None:
    """Look for the reader of a study that has become ready. The next round assigns what was lost here."""
    balance.assign_ready_study(study_instance_uid)


@task(TaskName.ASSIGN_WAITING_STUDIES)
def assign_waiting_studies() -> None:
    """Assign what was left over, and what readers who are away had."""
    balance.assign_waiting_studies()


@task(TaskName.ESCALATE_OVERDUE)
def escalate_overdue() -> None:
    """Mark what is outside its goal, and open overdue STAT studies to everybody."""
    escalation.escalate_overdue()
    escalation.open_overdue_stat_to_all()


@task(
    TaskName.MAIL_OVERDUE_STAT, autoretry_for=(OSError, SMTPException), max_retries=5, default_retry_delay=60
)
def mail_overdue_stat(facility_pk: int, count: int) -> None:
    """Write to the duty address; a mail server that is away is asked again for five minutes."""
    escalation.mail_overdue_stat(facility_pk=facility_pk, count=count)


@task(TaskName.RELEASE_STALE_CLAIMS)
def release_stale_claims() -> None:
    """Put back what is claimed by a viewer that is gone."""
    reading.release_stale_claims()
