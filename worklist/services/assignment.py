"""Who is to read a study, and how soon."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from archive.models import Study
from worklist.access import may_assign, may_be_lent, may_correct, may_read
from worklist.built_in import OPEN
from worklist.exceptions import WorklistError
from worklist.models import Priority, ReadingTask
from worklist.services.goals import due_time
from worklist.services.grants import grant_sight
from worklist.services.moves import write


@transaction.atomic
def assign(*, study: Study, reader: User | None, user: User, reason: str = "") -> ReadingTask:
    """Give a study to a reader, or to nobody in particular.

    Anybody who may read it may take it for themselves, and give back what is assigned to them. A reader of a facility
    from which the study's own takes readers may open and report it from then on, for as long as it is his.

    Raises
    ------
    PermissionDenied
        The user may not.
    WorklistError
        The reader may not report on it.
    """
    task = ReadingTask.objects.select_related("study__facility", "assigned_to", "claimed_by").get(pk=study.pk)
    takes_it = reader == user and may_read(user, study)
    gives_it_back = reader is None and task.assigned_to_id == user.pk
    if not takes_it and not gives_it_back and not may_assign(user, study):
        raise PermissionDenied
    is_guest = reader is not None and not may_read(reader, study)
    if reader and is_guest and not (may_be_lent(reader, study) and task.status in OPEN):
        refusal = _("%(name)s may not report on this study. Choose another reader.")
        raise WorklistError(refusal % {"name": reader.get_full_name()})
    action = "assign" if reader else "unassign"
    task = write(task, user=user, action=action, reason=reason, assigned_to=reader)
    if reader and is_guest:
        grant_sight(task, reader)
    return task


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
