"""Place, change and cancel orders: by hand, by message and by API through the same functions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Facility, User
from archive.models import Patient
from archive.services.patients import patient_of
from common.events import emit_on_commit
from dicomkit.uid import is_valid_uid, new_uid
from worklist.events import ProcedureChanged, procedure_changed
from worklist.exceptions import OrderError
from worklist.models import (
    ImagingServiceRequest,
    PatientClass,
    Priority,
    RequestedProcedure,
    ScheduledProcedureStep,
)
from worklist.services.acquisition import act_on_step
from worklist.services.numbering import next_accession_number
from worklist.services.records import record_order
from worklist.states import STEP_TRANSITIONS, StepAction, StepStatus


@dataclass(frozen=True)
class OrderedPatient:
    """The patient of an order."""

    patient_id: str
    patient_name: str
    patient_birth_date: date | None = None
    patient_sex: str = ""
    issuer_of_patient_id: str = ""


@dataclass(frozen=True)
class OrderedStep:
    """A stay at a modality: when, and where it is known."""

    scheduled_at: datetime
    modality: str = ""
    station_ae_title: str = ""
    station_name: str = ""
    description: str = ""
    performing_physician_name: str = ""
    scheduled_procedure_step_id: str = ""


@dataclass(frozen=True)
class OrderedProcedure:
    """An examination of an order; without steps it is scheduled for the time of the order."""

    description: str
    modality: str
    code_value: str = ""
    coding_scheme_designator: str = ""
    body_part_examined: str = ""
    laterality: str = ""
    priority: Priority = Priority.ROUTINE
    requested_procedure_id: str = ""
    study_instance_uid: str = ""
    protocol_note: str = ""
    steps: Sequence[OrderedStep] = ()


@dataclass(frozen=True)
class Order:
    """What somebody asks for.

    Attributes
    ----------
    accession_number
        One is given where it is empty.
    requested_at
        Now where it is None.
    """

    patient: OrderedPatient
    procedures: Sequence[OrderedProcedure] = field(default_factory=tuple)
    accession_number: str = ""
    placer_order_number: str = ""
    filler_order_number: str = ""
    requesting_physician_name: str = ""
    requesting_service: str = ""
    patient_class: PatientClass = PatientClass.UNKNOWN
    patient_location: str = ""
    reason: str = ""
    patient_alerts: str = ""
    requested_at: datetime | None = None


@transaction.atomic
def place_order(*, facility: Facility, order: Order) -> ImagingServiceRequest:
    """Take in an order with its procedures and steps.

    Raises
    ------
    OrderError
        Something is missing, too long, or the accession number or Study Instance UID is known already.
    """
    _check(order)
    now = timezone.now()
    patient = patient_of(facility=facility, **vars(order.patient))
    try:
        with transaction.atomic():
            request = ImagingServiceRequest.objects.create(
                facility=facility,
                patient_record=patient,
                accession_number=order.accession_number or next_accession_number(facility),
                requested_at=order.requested_at or now,
                **{name: getattr(order, name) for name in _COPIED},
            )
            for number, procedure in enumerate(order.procedures, start=1):
                _add_procedure(request, procedure, number)
    except IntegrityError:
        raise OrderError(
            "The accession number or the Study Instance UID belongs to another order. Change or cancel that one."
        ) from None
    record_order(request, "placed")
    return request


@transaction.atomic
def change_order(*, request: ImagingServiceRequest, order: Order) -> None:
    """Bring an order up to date with what it says now.

    What has begun keeps its procedure and its time; what is noted about order and patient class is changed all the
    same. The patient stays who it was: an order for somebody else is another order.

    Raises
    ------
    OrderError
        It is incomplete, or for another patient.
    """
    _check(order)
    known = request.patient_record
    if order.patient.patient_id != known.patient_id:
        raise OrderError(_("The order belongs to another patient. Cancel it and place a new one."))
    ImagingServiceRequest.objects.filter(pk=request.pk).update(
        **{name: getattr(order, name) for name in _COPIED if getattr(order, name)}
    )
    for procedure, changed in zip(
        RequestedProcedure.objects.filter(imaging_service_request=request).order_by("pk"),
        order.procedures,
        strict=False,
    ):
        _change_procedure(procedure, changed)
    record_order(request, "changed")


@transaction.atomic
def cancel_order(*, request: ImagingServiceRequest, user: User | None, reason: str) -> None:
    """Cancel what has not begun of an order.

    Raises
    ------
    OrderError
        Something of it has begun; that is broken off, not cancelled.
    """
    steps = list(
        ScheduledProcedureStep.objects.filter(requested_procedure__imaging_service_request=request).exclude(
            status=StepStatus.CANCELLED
        )
    )
    begun = [
        one for one in steps if StepAction.CANCEL not in STEP_TRANSITIONS.possible(StepStatus(one.status))
    ]
    if begun:
        raise OrderError(
            "The examination has begun. Break it off at its step instead of cancelling the order."
        )
    for step in steps:
        act_on_step(step=step, action=StepAction.CANCEL, user=user, reason=reason)
    record_order(request, "cancelled", reason=reason)


def announce_orders_of(patient: Patient) -> None:
    """Tell open lists of a patient's orders without images, which show a name that has changed."""
    waiting = RequestedProcedure.objects.filter(imaging_service_request__patient_record=patient, study=None)
    for uid, facility_pk in waiting.values_list("study_instance_uid", "imaging_service_request__facility"):
        emit_on_commit(procedure_changed, ProcedureChanged(uid, facility_pk))


_COPIED = (
    "placer_order_number",
    "filler_order_number",
    "requesting_physician_name",
    "requesting_service",
    "patient_class",
    "patient_location",
    "reason",
    "patient_alerts",
)

_OF_PROCEDURE = (
    "description",
    "modality",
    "code_value",
    "coding_scheme_designator",
    "body_part_examined",
    "laterality",
    "priority",
    "protocol_note",
)


def _check(order: Order) -> None:
    if not order.patient.patient_id.strip() or not order.patient.patient_name.strip():
        raise OrderError("An order needs a patient with an ID and a name.")
    if not order.procedures:
        raise OrderError("An order needs at least one examination.")
    for procedure in order.procedures:
        if not procedure.description.strip() or not procedure.modality.strip():
            raise OrderError("An examination needs a description and a modality.")
        if procedure.study_instance_uid and not is_valid_uid(procedure.study_instance_uid):
            raise OrderError("The Study Instance UID is not a valid UID.")
    too_long = [name for name in ("accession_number", *_COPIED) if len(getattr(order, name)) > _longest(name)]
    if too_long:
        raise OrderError(f"Too long: {', '.join(too_long).replace('_', ' ')}.")


def _change_procedure(procedure: RequestedProcedure, ordered: OrderedProcedure) -> None:
    steps = list(
        ScheduledProcedureStep.objects.filter(requested_procedure=procedure).order_by("scheduled_at", "pk")
    )
    if any(step.status not in (StepStatus.SCHEDULED, StepStatus.ARRIVED) for step in steps):
        return
    for name in _OF_PROCEDURE:
        setattr(procedure, name, getattr(ordered, name) or getattr(procedure, name))
    procedure.save()
    for step, planned in zip(steps, ordered.steps, strict=False):
        step.scheduled_at = planned.scheduled_at
        step.station_ae_title = planned.station_ae_title or step.station_ae_title
        step.modality = planned.modality or ordered.modality
        step.save()
    uid, facility_pk = procedure.study_instance_uid, procedure.imaging_service_request.facility_id
    emit_on_commit(procedure_changed, ProcedureChanged(uid, facility_pk))


def _longest(name: str) -> int:
    return getattr(ImagingServiceRequest._meta.get_field(name), "max_length", None) or 10_000


def _add_procedure(request: ImagingServiceRequest, ordered: OrderedProcedure, number: int) -> None:
    procedure = RequestedProcedure.objects.create(
        imaging_service_request=request,
        requested_procedure_id=ordered.requested_procedure_id or str(number),
        study_instance_uid=ordered.study_instance_uid or new_uid(),
        **{name: getattr(ordered, name) for name in _OF_PROCEDURE},
    )
    steps = ordered.steps or [OrderedStep(scheduled_at=request.requested_at)]
    for step_number, step in enumerate(steps, start=1):
        ScheduledProcedureStep.objects.create(
            facility=request.facility,
            requested_procedure=procedure,
            scheduled_procedure_step_id=step.scheduled_procedure_step_id or f"{number}.{step_number}",
            modality=step.modality or ordered.modality,
            description=step.description or ordered.description[:64],
            **{
                name: getattr(step, name)
                for name in ("station_ae_title", "station_name", "performing_physician_name", "scheduled_at")
            },
        )
    emit_on_commit(procedure_changed, ProcedureChanged(procedure.study_instance_uid, request.facility_id))
