"""Celery entry points of the archive."""

from archive.services import outbox, quiescence, reindexing, storage_care
from common.tasks import TaskName, task


@task(TaskName.SWEEP_OWED_WORK)
def sweep_owed_work() -> None:
    """Send overdue work again."""
    outbox.sweep()


@task(TaskName.ANNOUNCE_RECEIVED_STUDIES)
def announce_received_studies() -> None:
    """Mark studies complete that have stopped arriving."""
    quiescence.announce_received_studies()


@task(TaskName.CLEAN_UP_INTERRUPTED_WRITES)
def clean_up_interrupted_writes() -> None:
    """Remove temporary files of interrupted writes."""
    storage_care.discard_interrupted_writes()


@task(TaskName.REINDEX)
def reindex(subject_uid: str) -> None:
    """Read some stored instances again, and go on."""
    reindexing.reindex_some(int(subject_uid))
