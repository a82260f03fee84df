"""Who is to read a study, and how soon."""

from django.core.exceptions import PermissionDenied

from accounts.models import User
from archive.models import Study
from worklist.access import may_assign, may_correct, may_read
from worklist.exceptions import WorklistError
from worklist.models import Priority, ReadingTask
from worklist.services.goals import due_time
from worklist.services.moves import write


def assign(*, study: Study, reader: User | None, user: User, reason: str = "") -> ReadingTask:
    """Give a study to a reader, or to nobody in particular. Anybody who may read it may take it for themselves.

    Raises
    ------
    PermissionDenied
        The user may not.
    WorklistError
        The reader may not report on it.
    """
    takes_it = reader == user and may_read(user, study)
    if not takes_it and not may_assign(user, study):
        raise PermissionDenied
    if reader and not may_read(reader, study):
        raise WorklistError(f"{reader.get_full_name()} may not report on this study. Choose another reader.")
    task = ReadingTask.objects.get(pk=study.pk)
    return write(
        task, user=user, action="assign" if reader else "unassign", reason=reason, assigned_to=reader
    )


def set_priority(*, study: Study, priority: Priority, user: User, reason: str = "") -> ReadingTask:
    """Let a study be read sooner or later; its clock goes on from where it was started.

    Raises
    ------
    PermissionDenied
        The user neither assigns nor corrects studies there.
    """
    if not may_assign(user, study) and not may_correct(user, study):
        raise PermissionDenied
    return change_priority(ReadingTask.objects.get(pk=study.pk), priority, user=user, reason=reason)


def change_priority(
    task: ReadingTask, priority: Priority, *, user: User | None, reason: str = ""
) -> ReadingTask:
    """Write a priority with the time by which the study is then due."""
    due_at = due_time(task.facility_id, priority, task.clock_started_at)
    return write(
        task,
        user=user,
        action="priority",
        reason=reason,
        priority=int(priority),
        due_at=due_at,
        escalated_at=None,
    )
