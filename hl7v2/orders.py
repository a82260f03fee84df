"""Orders in messages: ORM^O01, and OMG^O19 and OMI^O23, which say the same in more modern words.

References
----------
HL7 v2.5.1 chapter 4 (ORC, OBR, IPC, TQ1); IHE RAD TF-2 4.2 (Placer Order Management), 4.4 (Procedure Scheduled)
"""

from collections.abc import Callable

from django.utils import timezone

from accounts.models import Facility
from hl7v2.exceptions import MessageError
from hl7v2.identity import patient_name, patient_sex
from hl7v2.message import Message, read_date, read_moment
from hl7v2.models import Sender
from worklist.exceptions import OrderError
from worklist.local_time import zone_of
from worklist.models import ImagingServiceRequest, PatientClass, Priority
from worklist.services.orders import (
    Order,
    OrderedPatient,
    OrderedProcedure,
    OrderedStep,
    cancel_order,
    change_order,
    place_order,
)

# Table 0485, and the older one of ORC-7.
_PRIORITY = {
    "S": Priority.STAT,
    "ST": Priority.STAT,
    "A": Priority.URGENT,
    "U": Priority.URGENT,
    "T": Priority.SEMI_URGENT,
    "C": Priority.SEMI_URGENT,
}
# Where the urgency stands, in the newer and the older versions.
_URGENCY = (("TQ1", 9), ("ORC", 7, 6), ("OBR", 27, 6), ("OBR", 5))
_CLASS = {"E": PatientClass.EMERGENCY, "I": PatientClass.INPATIENT, "O": PatientClass.OUTPATIENT}


def take_order(message: Message, sender: Sender) -> str:
    """Do what the control code of an order says; there is nothing to add to the answer.

    Raises
    ------
    MessageError, OrderError
        It cannot be done; the text says why.
    """
    control = message.field("ORC", 1)
    action = _ACTIONS.get(control)
    if action is None:
        raise MessageError(f"The control code {control or 'of ORC-1'} is not supported.")
    action(message, sender.facility)
    return ""


def order_of(message: Message, facility: Facility) -> Order:
    """Return the order that a message describes."""
    return Order(
        patient=OrderedPatient(
            patient_id=message.field("PID", 3),
            issuer_of_patient_id=message.field("PID", 3, 4),
            patient_name=patient_name(message),
            patient_birth_date=read_date(message.field("PID", 7)),
            patient_sex=patient_sex(message),
        ),
        procedures=[_procedure_of(message, facility)],
        accession_number=_accession_number(message),
        placer_order_number=_placer_number(message),
        filler_order_number=message.field("ORC", 3) or message.field("OBR", 3),
        requesting_physician_name=_person(message),
        requesting_service=message.field("ORC", 17, 2) or message.field("ORC", 17),
        patient_class=_CLASS.get(message.field("PV1", 2), PatientClass.UNKNOWN),
        patient_location=" ".join(
            part for number in range(1, 4) if (part := message.field("PV1", 3, number))
        ),
        reason=message.field("OBR", 31, 2) or message.field("OBR", 31) or message.field("OBR", 13),
        patient_alerts="\n".join(_allergies(message)),
        requested_at=read_moment(message.field("ORC", 9), zone_of(facility)),
    )


def _place(message: Message, facility: Facility) -> None:
    known = _find(message, facility)
    if known:
        # A RIS repeats its orders after an outage; the repetition may say more than the first.
        change_order(request=known, order=order_of(message, facility))
    else:
        place_order(facility=facility, order=order_of(message, facility))


def _change(message: Message, facility: Facility) -> None:
    change_order(request=_known(message, facility), order=order_of(message, facility))


def _cancel(message: Message, facility: Facility) -> None:
    reason = message.field("ORC", 16, 2) or message.field("ORC", 16) or "cancelled by the ordering system"
    cancel_order(request=_known(message, facility), user=None, reason=reason)


_ACTIONS: dict[str, Callable[[Message, Facility], None]] = {
    "NW": _place,
    "SC": _place,
    "XO": _change,
    "CA": _cancel,
    "DC": _cancel,
    "OC": _cancel,
}


def _procedure_of(message: Message, facility: Facility) -> OrderedProcedure:
    modality = message.field("IPC", 5) or message.field("OBR", 24)
    scheduled_at = (
        read_moment(message.field("TQ1", 7), zone_of(facility))
        or read_moment(message.field("OBR", 36), zone_of(facility))
        or read_moment(message.field("ORC", 7, 4) or message.field("OBR", 27, 4), zone_of(facility))
        or timezone.now()
    )
    step = OrderedStep(
        scheduled_at=scheduled_at,
        modality=modality,
        station_ae_title=message.field("IPC", 9)[:16],
        scheduled_procedure_step_id=message.field("IPC", 4)[:16],
    )
    urgency = next(
        (text for field in _URGENCY if (text := message.field(*field))),
        "",
    )
    return OrderedProcedure(
        description=message.field("OBR", 4, 2) or message.field("OBR", 4),
        modality=modality,
        code_value=message.field("OBR", 4),
        coding_scheme_designator=message.field("OBR", 4, 3)[:16],
        priority=_PRIORITY.get(urgency, Priority.ROUTINE),
        requested_procedure_id=message.field("IPC", 2)[:16],
        study_instance_uid=message.field("IPC", 3) or message.field("ZDS", 1),
        steps=[step],
    )


def _accession_number(message: Message) -> str:
    return message.field("IPC", 1) or message.field("OBR", 18)


def _placer_number(message: Message) -> str:
    return message.field("ORC", 2) or message.field("OBR", 2)


def _person(message: Message) -> str:
    """Return the ordering provider as DICOM writes names: family, given."""
    for segment, number in (("ORC", 12), ("OBR", 16)):
        parts = [message.field(segment, number, component) for component in (2, 3)]
        if any(parts):
            return "^".join(parts).rstrip("^")
    return ""


def _allergies(message: Message) -> list[str]:
    found = [
        message.field("AL1", 3, 2, of=index) or message.field("AL1", 3, of=index)
        for index in range(message.count("AL1"))
    ]
    return [text for text in found if text]


def _find(message: Message, facility: Facility) -> ImagingServiceRequest | None:
    orders = ImagingServiceRequest.objects.filter(facility=facility).select_related(
        "facility", "patient_record"
    )
    for column, value in (
        ("accession_number", _accession_number(message)),
        ("placer_order_number", _placer_number(message)),
    ):
        if value and (found := orders.filter(**{column: value}).order_by("-pk").first()):
            return found
    return None


def _known(message: Message, facility: Facility) -> ImagingServiceRequest:
    found = _find(message, facility)
    if found is None:
        raise OrderError("There is no order with that accession or placer order number.")
    return found
