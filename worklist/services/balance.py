"""Assign what is ready to be read to the readers on duty, where a department wants that."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from worklist.access import readers_on_duty
from worklist.balance import READY, OnDuty, choose, on_duty_at, read_by_any
from worklist.exceptions import WorklistError
from worklist.models import Assignment, Department, Reader, ReadingTask
from worklist.services.moves import write

# A reader who forgot to say that he left gets nothing more after the longest of working days.
_LONGEST_DUTY = timedelta(hours=14)
_UNDECIDED = Q(assignment=Assignment.UNDECIDED, assigned_to__isnull=True)


def assign_ready_study(study_instance_uid: str) -> None:
    """Assign a study that has become ready, if its department assigns by itself and nobody has decided."""
    task = _free_tasks().filter(study__study_instance_uid=study_instance_uid).first()
    if task:
        _assign(task.facility_id, task.pk)


def assign_waiting_studies(*, batch: int = 500) -> int:
    """Assign what was left over, and what is assigned to readers who are no longer on duty.

    Each study has a transaction of its own, so that a claim waits for one assignment and never for all.

    Returns
    -------
    int
        How many studies changed.
    """
    _end_lapsed_duties()
    changed = 0
    for facility_pk in Department.objects.filter(assigns_automatically=True).values_list("pk", flat=True):
        tasks = _free_tasks().filter(facility=facility_pk)
        served = tasks.filter(~_UNDECIDED | _UNDECIDED & read_by_any(on_duty_at(facility_pk)))
        keys = list(served.order_by("priority", "due_at", "pk").values_list("pk", flat=True)[:batch])
        changed += sum(_assign(facility_pk, pk) for pk in keys)
    return changed


@transaction.atomic
def _assign(facility_pk: int, task_pk: int) -> bool:
    """Choose a reader for one task; return whether that changed anything.

    The department's row is locked, so that two workers count the same load one after the other.
    """
    departments = Department.objects.select_for_update().filter(assigns_automatically=True)
    if departments.filter(pk=facility_pk).first() is None:
        return False
    task = _free_tasks().filter(pk=task_pk).select_related("claimed_by", "assigned_to").first()
    if task is None:
        return False
    chosen = choose(on_duty_at(facility_pk), task.subspecialty)
    if chosen is None and task.assigned_to_id is None:
        return False
    try:
        _write(task, chosen)
    except WorklistError:
        # Somebody has claimed or assigned it in this moment, and knows better.
        return False
    return True


def _write(task: ReadingTask, chosen: OnDuty | None) -> None:
    as_seen = Q(assignment=task.assignment, assigned_to=task.assigned_to_id)
    if chosen is None:
        reason = "Its reader is not on duty, and nobody else who reads it is."
        assignment = Assignment.UNDECIDED
    else:
        field = task.subspecialty if task.subspecialty in chosen.subspecialties else "general"
        reason = f"assigned automatically: {field or 'general'}, {chosen.waiting} waiting"
        assignment = Assignment.AUTOMATIC
    write(
        task,
        user=None,
        action="assign" if chosen else "unassign",
        reason=reason,
        as_long_as=as_seen,
        assigned_to=chosen.user if chosen else None,
        assignment=assignment,
    )


def _free_tasks() -> QuerySet[ReadingTask]:
    """Return the tasks that are ready and nobody's: undecided, or assigned here to a reader who is away now."""
    has_reader = Exists(readers_on_duty().filter(facility=OuterRef("facility"), user=OuterRef("assigned_to")))
    return ReadingTask.objects.filter(
        READY,
        _UNDECIDED | Q(~has_reader, assignment=Assignment.AUTOMATIC),
        claimed_by__isnull=True,
        study__is_withdrawn=False,
    )


def _end_lapsed_duties() -> None:
    """Take from duty who said so himself and has not been heard of since."""
    lapsed = Reader.objects.filter(is_on_duty=True, on_duty_since__lt=timezone.now() - _LONGEST_DUTY)
    lapsed.update(is_on_duty=False, on_duty_since=None)
