"""Rows of the day's examinations as the template shows them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from archive.models import ReceptionStatus
from dicomkit.person_name import display_name
from worklist.examinations import STUCK_AFTER
from worklist.local_time import zone_of
from worklist.models import Priority, ScheduledProcedureStep
from worklist.states import STEP_TRANSITIONS, ReadingStatus, StepAction, StepStatus

# What a technologist does next.
_NEXT = (StepAction.ARRIVE, StepAction.START, StepAction.COMPLETE, StepAction.REINSTATE)
NEEDS_REASON = frozenset({StepAction.DISCONTINUE, StepAction.CANCEL, StepAction.REOPEN})


@dataclass(frozen=True)
class ActionChoice:
    """One thing that can be done with a step."""

    action: str
    label: str
    needs_reason: bool
    is_next: bool


@dataclass(frozen=True)
class StepRow:
    """One step of the day, as text.

    Attributes
    ----------
    study_instance_uids
        Separated by spaces: the one that the order gave out and, where it differs, that of the study.
    status, status_label
        That of the step, or of the study's reading once there is more to say.
    images
        Received and expected, such as "118 of 120"; empty before the first.
    """

    pk: int
    study_instance_uids: str
    time: str
    patient_name: str
    patient_id: str
    birth_date: str
    sex: str
    description: str
    accession_number: str
    modality: str
    station: str
    priority: str
    is_stat: bool
    status: str
    status_label: str
    since: str
    is_stuck: bool
    alerts: str
    images: str
    is_short: bool
    is_arriving: bool
    last_image_time: str
    url: str
    actions: list[ActionChoice]
    has_more: bool


def step_row(step: ScheduledProcedureStep, *, may_manage: bool) -> StepRow:
    """Return the row of a step; its order, study, reading and department must have been selected with it."""
    procedure = step.requested_procedure
    request = procedure.imaging_service_request
    patient, study, zone = request.patient_record, procedure.study, zone_of(step.facility)
    status, label = _status(step)
    actions = (
        [_choice(one) for one in STEP_TRANSITIONS.possible(StepStatus(step.status))] if may_manage else []
    )
    received = study.number_of_study_related_instances if study else 0
    started = step.started_at
    return StepRow(
        pk=step.pk,
        study_instance_uids=" ".join(
            dict.fromkeys([procedure.study_instance_uid, *([study.study_instance_uid] if study else [])])
        ),
        time=_clock(step.scheduled_at, zone),
        patient_name=display_name(patient.patient_name),
        patient_id=patient.patient_id,
        birth_date=patient.patient_birth_date.isoformat() if patient.patient_birth_date else "",
        sex=patient.patient_sex,
        description=procedure.description,
        accession_number=request.accession_number,
        modality=step.modality,
        station=step.station_name or step.station_ae_title,
        priority=str(Priority(procedure.priority).label),
        is_stat=procedure.priority == Priority.STAT,
        status=status,
        status_label=label,
        since=_clock(step.ended_at or started or step.arrived_at, zone),
        is_stuck=step.status == StepStatus.IN_PROGRESS
        and started is not None
        and started <= timezone.now() - STUCK_AFTER,
        alerts=" · ".join(request.patient_alerts.splitlines()),
        images=_images(received, step.expected_instances),
        is_short=0 < received < step.expected_instances,
        is_arriving=study is not None and study.status == ReceptionStatus.RECEIVING,
        last_image_time=_clock(study.last_instance_at, zone) if study else "",
        url=reverse("worklist:examination", args=[procedure.pk]),
        actions=actions,
        has_more=not all(one.is_next for one in actions),
    )


def _status(step: ScheduledProcedureStep) -> tuple[str, str]:
    study = step.requested_procedure.study
    reading = getattr(study, "reading", None) if study else None
    if step.status == StepStatus.COMPLETED and reading:
        if reading.status == ReadingStatus.BEING_READ and reading.claimed_by:
            return reading.status, gettext("Being read by %(name)s") % {
                "name": reading.claimed_by.get_full_name()
            }
        if reading.status != ReadingStatus.IN_PROGRESS:
            return reading.status, str(ReadingStatus(reading.status).label)
    return step.status, str(StepStatus(step.status).label)


def _choice(action: StepAction) -> ActionChoice:
    return ActionChoice(str(action), str(action.label), action in NEEDS_REASON, action in _NEXT)


def _images(received: int, expected: int) -> str:
    if expected:
        return gettext("%(received)d of %(expected)d") % {"received": received, "expected": expected}
    return str(received) if received else ""


def _clock(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M") if moment else ""
