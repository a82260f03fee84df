"""The one way in which a reading task changes: as the table allows, once, with its event, its record and its notice."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from archive.models import Study
from audit.services import record_event
from audit.vocabulary import EventType
from common.events import emit_on_commit
from worklist.events import ReadingChanged, reading_changed
from worklist.exceptions import ChangedMeanwhileError, ClaimedByOtherError
from worklist.models import Assignment, Priority, ReadingEvent, ReadingTask
from worklist.services.grants import end_sights
from worklist.states import ReadingAction, ReadingStatus, reading_status_after


@transaction.atomic
def move(
    task: ReadingTask, action: ReadingAction, *, user: User | None, reason: str = "", **changes: Any
) -> ReadingTask:
    """Take a task to its next status.

    Parameters
    ----------
    task
        As it was read; where somebody has moved it since, nothing is changed.
    user
        Who does it; None is the system.
    changes
        Further columns that change with the status.

    Raises
    ------
    TransitionError
        The table of states does not allow it.
    ClaimedByOtherError
        Somebody else was first to claim it.
    ChangedMeanwhileError
        It was moved in another way since it was read.
    """
    before = ReadingStatus(task.status)
    claimed_from = ReadingStatus(task.claimed_from) if task.claimed_from else None
    after = reading_status_after(before, action, claimed_from=claimed_from)
    now = timezone.now()
    if before == ReadingStatus.BEING_READ:
        changes |= {"claimed_by": None, "claimed_at": None, "claimed_from": "", "claim_seen_at": None}
        changes |= {"is_suspended": False}
    return write(task, user=user, action=action, reason=reason, status=after, status_since=now, **changes)


@transaction.atomic
def write(
    task: ReadingTask,
    *,
    user: User | None,
    action: str,
    reason: str = "",
    as_long_as: Q | None = None,
    **values: Any,
) -> ReadingTask:
    """Write columns of a task where status and claim are still as they were read, and tell about it.

    The condition is part of the update, so that of any number of people who press at once exactly one succeeds, on
    every database and however long ago each of them had read the row.

    Parameters
    ----------
    as_long_as
        What must be true of the row beside that.
    """
    values |= _reader_name(task, values) | _assignment(values)
    as_read = ReadingTask.objects.filter(pk=task.pk, status=task.status, claimed_by=task.claimed_by_id)
    if not as_read.filter(as_long_as or Q()).update(**values):
        raise _why_not(task, user)
    status_before, readers = task.status, _readers(task)
    for name, value in values.items():
        setattr(task, name, value)
    ReadingEvent.objects.create(
        task=task,
        at=timezone.now(),
        action=action,
        status_before=status_before,
        status_after=task.status,
        user=user,
        reason=reason[:200],
    )
    if {"status", "assigned_to", "claimed_by"} & values.keys():
        end_sights(task)
    study = Study.objects.select_related("facility").get(pk=task.study_id)
    emit_on_commit(
        reading_changed,
        ReadingChanged(
            study.study_instance_uid,
            study.facility_id,
            reader_pks=tuple(sorted(readers | _readers(task))),
            is_overdue_stat=task.priority == Priority.STAT and task.due_at <= timezone.now(),
        ),
    )
    record_event(
        EventType.READING_CHANGED,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={"action": str(action), "before": status_before, "after": task.status, "reason": reason},
    )
    return task


def _readers(task: ReadingTask) -> set[int]:
    return {pk for pk in (task.assigned_to_id, task.claimed_by_id) if pk is not None}


def _assignment(values: dict[str, Any]) -> dict[str, Assignment]:
    """Return who has decided for whom the study is: a person, where a change does not say otherwise."""
    if "assigned_to" not in values or "assignment" in values:
        return {}
    return {"assignment": Assignment.BY_HAND if values["assigned_to"] else Assignment.OPEN_TO_ALL}


def _reader_name(task: ReadingTask, values: dict[str, Any]) -> dict[str, str]:
    """Return the name that the lists show and sort by, where a change touches it."""
    if not {"claimed_by", "assigned_to"} & values.keys():
        return {}
    reader = values.get("claimed_by", task.claimed_by) or values.get("assigned_to", task.assigned_to)
    return {"reader_name": reader.get_full_name() if reader else ""}


def _why_not(task: ReadingTask, user: User | None) -> ChangedMeanwhileError | ClaimedByOtherError:
    now = ReadingTask.objects.select_related("claimed_by").filter(pk=task.pk).first()
    if now and now.claimed_by and now.claimed_by != user:
        return ClaimedByOtherError(now.claimed_by.get_full_name())
    return ChangedMeanwhileError()
