"""What happens at the modality: arrival, begin, end; by hand, by MPPS or seen by the images."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from audit.services import record_event
from audit.vocabulary import EventType
from common.events import emit_on_commit
from worklist.access import ordering_facilities
from worklist.events import ProcedureChanged, procedure_changed
from worklist.exceptions import ChangedMeanwhileError, KnownPerformedStepError, ReasonMissingError
from worklist.models import (
    PerformedProcedureStep,
    ReadingTask,
    RequestedProcedure,
    ScheduledProcedureStep,
)
from worklist.services.handover import carry_over
from worklist.states import (
    PERFORMED_TRANSITIONS,
    STEP_TRANSITIONS,
    PerformedAction,
    PerformedStatus,
    ReadingAction,
    ReadingStatus,
    StepAction,
    StepStatus,
)

_FOR_A_REASON = frozenset({StepAction.DISCONTINUE, StepAction.CANCEL, StepAction.REOPEN})
# The time that an action writes down, or takes back.
_TIMES: Mapping[StepAction, tuple[str, bool]] = {
    StepAction.ARRIVE: ("arrived_at", True),
    StepAction.LEAVE: ("arrived_at", False),
    StepAction.START: ("started_at", True),
    StepAction.COMPLETE: ("ended_at", True),
    StepAction.DISCONTINUE: ("ended_at", True),
    StepAction.REOPEN: ("ended_at", False),
}


def act(*, step: ScheduledProcedureStep, action: StepAction, user: User, reason: str = "") -> None:
    """Move a step on for a person.

    Raises
    ------
    PermissionDenied
        The user does not manage the facility's examinations.
    ReasonMissingError, TransitionError, ChangedMeanwhileError
    """
    if not ordering_facilities(user).filter(pk=step.facility_id).exists():
        raise PermissionDenied
    if action in _FOR_A_REASON and not reason.strip():
        raise ReasonMissingError("Give a reason; it is shown with the examination.")
    act_on_step(step=step, action=action, user=user, reason=reason)


@transaction.atomic
def act_on_step(
    *, step: ScheduledProcedureStep, action: StepAction, user: User | None, reason: str = "", **values: Any
) -> None:
    """Move a step on, and the study's reading with it where that follows.

    Raises
    ------
    TransitionError
        The table of states does not allow it.
    ChangedMeanwhileError
        It was moved since it was read.
    """
    before = StepStatus(step.status)
    values["status"] = STEP_TRANSITIONS.after(before, action)
    if action in _TIMES:
        column, is_set = _TIMES[action]
        values.setdefault(column, timezone.now() if is_set else None)
    if action == StepAction.ARRIVE and user:
        values["identity_checked_by"] = user.get_full_name()
    if action == StepAction.DISCONTINUE:
        values["discontinuation_reason"] = reason[:64]
    if not ScheduledProcedureStep.objects.filter(pk=step.pk, status=before).update(**values):
        raise ChangedMeanwhileError
    for name, value in values.items():
        setattr(step, name, value)
    _let_reading_follow(step.requested_procedure, user)
    _announce(step, action, before, reason)


@transaction.atomic
def begin_performed_step(
    *,
    facility: Facility,
    sop_instance_uid: str,
    steps: Sequence[ScheduledProcedureStep],
    started_at: datetime,
    **columns: Any,
) -> PerformedProcedureStep:
    """Take down that a modality has begun (N-CREATE of MPPS, PS3.4 F.7.2.1), for one scheduled step or several.

    Raises
    ------
    KnownPerformedStepError
        It was taken down already.
    """
    performed, created = PerformedProcedureStep.objects.get_or_create(
        sop_instance_uid=sop_instance_uid,
        defaults={"facility": facility, "started_at": started_at, **columns},
    )
    if not created:
        raise KnownPerformedStepError
    performed.scheduled_procedure_steps.set(steps)
    for step in steps:
        if StepAction.START in STEP_TRANSITIONS.possible(StepStatus(step.status)):
            act_on_step(step=step, action=StepAction.START, user=None, started_at=started_at)
    return performed


@transaction.atomic
def report_performed_step(
    *,
    performed: PerformedProcedureStep,
    action: PerformedAction,
    ended_at: datetime | None = None,
    **columns: Any,
) -> PerformedProcedureStep:
    """Take down what a modality reports of a step (N-SET of MPPS, PS3.4 F.7.2.2).

    Raises
    ------
    TransitionError
        The step has ended; it is never changed again.
    ChangedMeanwhileError
        It ended while this was on its way.
    """
    before = PerformedStatus(performed.status)
    columns["status"] = PERFORMED_TRANSITIONS.after(before, action)
    if action != PerformedAction.UPDATE:
        columns["ended_at"] = ended_at or timezone.now()
    if not PerformedProcedureStep.objects.filter(pk=performed.pk, status=before).update(**columns):
        raise ChangedMeanwhileError
    for name, value in columns.items():
        setattr(performed, name, value)
    for step in performed.scheduled_procedure_steps.order_by("pk"):
        _let_step_follow(step, action, performed)
    return performed


def start_by_images(procedure: RequestedProcedure) -> None:
    """Begin the step of a procedure whose images arrive although nobody has said that it began."""
    steps = list(
        ScheduledProcedureStep.objects.filter(requested_procedure=procedure).order_by("scheduled_at", "pk")
    )
    if any(step.status not in (StepStatus.SCHEDULED, StepStatus.ARRIVED) for step in steps):
        return
    if steps:
        act_on_step(step=steps[0], action=StepAction.START, user=None)


def complete_by_images(procedure: RequestedProcedure) -> None:
    """Complete the steps of a procedure whose images have stopped arriving, unless the modality itself will say so."""
    steps = ScheduledProcedureStep.objects.filter(
        requested_procedure=procedure, status=StepStatus.IN_PROGRESS
    )
    for step in steps.exclude(performed_procedure_steps__status=PerformedStatus.IN_PROGRESS):
        act_on_step(step=step, action=StepAction.COMPLETE, user=None)


def _let_step_follow(
    step: ScheduledProcedureStep, action: PerformedAction, performed: PerformedProcedureStep
) -> None:
    step.expected_instances = sum(performed.performed_series.values())
    step.save(update_fields=["expected_instances", "updated_at"])
    follows = {
        PerformedAction.COMPLETE: StepAction.COMPLETE,
        PerformedAction.DISCONTINUE: StepAction.DISCONTINUE,
    }.get(action)
    if follows and follows in STEP_TRANSITIONS.possible(StepStatus(step.status)):
        act_on_step(step=step, action=follows, user=None, ended_at=performed.ended_at)


def _let_reading_follow(procedure: RequestedProcedure, user: User | None) -> None:
    """Complete, break off or reopen the reading task when the last step has ended or one is open again."""
    task = ReadingTask.objects.filter(study__requested_procedure=procedure.pk).first()
    if task is None:
        return
    statuses = set(
        ScheduledProcedureStep.objects.filter(requested_procedure=procedure).values_list("status", flat=True)
    ) - {StepStatus.CANCELLED}
    is_open = bool(statuses & {StepStatus.SCHEDULED, StepStatus.ARRIVED, StepStatus.IN_PROGRESS})
    if not is_open and task.status == ReadingStatus.IN_PROGRESS and statuses:
        done = StepStatus.COMPLETED in statuses
        carry_over(task, ReadingAction.COMPLETE if done else ReadingAction.DISCONTINUE, user=user)
    elif StepStatus.IN_PROGRESS in statuses and task.status in (
        ReadingStatus.COMPLETED,
        ReadingStatus.DISCONTINUED,
    ):
        carry_over(task, ReadingAction.REOPEN, user=user)


def _announce(step: ScheduledProcedureStep, action: StepAction, before: StepStatus, reason: str) -> None:
    request = step.requested_procedure.imaging_service_request
    uid = step.requested_procedure.study_instance_uid
    emit_on_commit(procedure_changed, ProcedureChanged(uid, step.facility_id))
    record_event(
        EventType.PROCEDURE_CHANGED,
        patient_id=request.patient_record.patient_id,
        issuer_of_patient_id=request.patient_record.issuer_of_patient_id,
        study_instance_uid=uid,
        facility_code=step.facility.code,
        details={
            "action": str(action),
            "before": str(before),
            "after": str(step.status),
            "step": step.scheduled_procedure_step_id,
            "accession_number": request.accession_number,
            "reason": reason,
        },
    )
