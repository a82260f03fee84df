"""From the examination to the reading list: complete, check, give back, nothing to read."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from archive.models import Study
from common.tasks import TaskName, enqueue
from worklist.access import may_correct, may_read
from worklist.exceptions import ReasonMissingError
from worklist.models import Priority, ReadingTask
from worklist.services.goals import due_time
from worklist.services.moves import move
from worklist.states import ReadingAction, ReadingStatus

# What has to be explained to whoever finds the study in another place than before.
_FOR_A_REASON = frozenset(
    {ReadingAction.RETURN, ReadingAction.CANCEL, ReadingAction.REOPEN, ReadingAction.DISCONTINUE}
)
_BY_READERS_TOO = frozenset({ReadingAction.RETURN})


def hand_over(*, study: Study, user: User, action: ReadingAction, reason: str = "") -> ReadingTask:
    """Move a study on before it is read, as a technologist does.

    Raises
    ------
    PermissionDenied
        The user may not, or not that.
    ReasonMissingError
        The action needs a reason.
    TransitionError
        It is not possible now.
    """
    allowed = may_correct(user, study) or (action in _BY_READERS_TOO and may_read(user, study))
    if not allowed:
        raise PermissionDenied
    if action in _FOR_A_REASON and not reason.strip():
        raise ReasonMissingError("Give a reason; whoever works with the study next will see it.")
    return carry_over(ReadingTask.objects.get(pk=study.pk), action, user=user, reason=reason)


def carry_over(
    task: ReadingTask, action: ReadingAction, *, user: User | None, reason: str = ""
) -> ReadingTask:
    """Move a task on before it is read; with its completion the clock starts.

    The one way by which a study becomes ready for its reader, whom automatic assignment then looks for.
    """
    task = move(task, action, user=user, reason=reason, **_with_it(task, action))
    if task.status in (ReadingStatus.COMPLETED, ReadingStatus.CHECKED):
        enqueue(TaskName.ASSIGN_READY_STUDY, study_instance_uid=task.study.study_instance_uid)
    return task


def _with_it(task: ReadingTask, action: ReadingAction) -> dict[str, Any]:
    now = timezone.now()
    changes: dict[str, Any] = {}
    ends_acquisition = action in (ReadingAction.COMPLETE, ReadingAction.CHECK, ReadingAction.DISCONTINUE)
    if ends_acquisition and task.completed_at is None:
        due_at = due_time(task.facility_id, Priority(task.priority), now)
        changes |= {"completed_at": now, "clock_started_at": now, "due_at": due_at}
    if action == ReadingAction.CHECK:
        changes["checked_at"] = now
    if action in (ReadingAction.RETURN, ReadingAction.REOPEN):
        changes["checked_at"] = None
    if action == ReadingAction.REOPEN:
        changes["completed_at"] = None
    return changes
