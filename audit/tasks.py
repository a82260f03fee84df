"""Background work on the audit log."""

from audit.actors import Actor
from audit.services import append_anchor, check_chain
from common.tasks import TaskName, enqueue, task

# A slice stays well inside the time limit of a task; the next one follows as a task of its own.
ROWS_PER_TASK = 1_000_000


@task(TaskName.VERIFY_AUDIT_CHAIN)
def verify_chain(after_seq: int = 0) -> None:
    """Check one slice of the chain and send for the next."""
    report = check_chain(actor=Actor.system("worker"), after_seq=after_seq, limit=ROWS_PER_TASK)
    if report.resume_after is not None:
        enqueue(TaskName.VERIFY_AUDIT_CHAIN, after_seq=report.resume_after)


@task(TaskName.ANCHOR_AUDIT_CHAIN)
def anchor_chain() -> None:
    """Write the newest place of the chain to the file of anchors."""
    append_anchor()
