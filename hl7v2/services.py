"""Take in one message: find its sender, act once, answer after the commit."""

import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from archive.exceptions import CorrectionConflictError, CorrectionError
from audit.actors import Actor
from audit.context import acting_as
from audit.models import Outcome
from audit.services import record_event
from audit.vocabulary import EventType
from hl7v2.exceptions import MessageError, UnknownSenderError, UnsupportedMessageError
from hl7v2.message import Message, read_message
from hl7v2.models import Answer, ReceivedMessage, Sender
from hl7v2.orders import take_order
from hl7v2.patients import change_patient_id, merge_patients, update_patient
from worklist.exceptions import WorklistError

logger = logging.getLogger(__name__)

Handler = Callable[[Message, Sender], str]
HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("ORM^O01", "OMG^O19", "OMI^O23"), take_order),
    **dict.fromkeys(("ADT^A01", "ADT^A04", "ADT^A05", "ADT^A08", "ADT^A31"), update_patient),
    "ADT^A40": merge_patients,
    "ADT^A47": change_patient_id,
}
_US = "READINGROOM"


def receive(data: bytes, *, address: str) -> bytes:
    """Act on a message and return its acknowledgement.

    Raises
    ------
    UnreadableMessageError
        It is no message; there is nobody to answer.
    """
    message = read_message(data)
    try:
        sender = _sender_of(message, address)
    except UnknownSenderError as error:
        record_event(
            EventType.NODE_REFUSED,
            actor=Actor.system("hl7v2"),
            outcome=Outcome.MINOR_FAILURE,
            details={"address": address, "application": message.field("MSH", 3), "reason": str(error)},
        )
        return acknowledgement(message, Answer.REJECTED, str(error))
    # What goes back to a machine is in one language, whoever's pages are shown in another.
    with acting_as(Actor.for_application_entity(str(sender), address)), override("en"):
        received = _answered_before(sender, message) or _take(sender, message)
    return acknowledgement(message, Answer(received.answer), received.reason)


def acknowledgement(message: Message, answer: Answer, reason: str = "") -> bytes:
    """Return the ACK of a message (HL7 v2.5.1, 2.9.2)."""
    now = timezone.now().strftime("%Y%m%d%H%M%S")
    to = message.field("MSH", 3), message.field("MSH", 4)
    header = [
        "MSH",
        "^~\\&",
        _US,
        "",
        *map(_escaped, to),
        now,
        "",
        "ACK",
        f"{now}{message.control_id[-8:]}",
        "P",
    ]
    told = ["MSA", str(answer), _escaped(message.control_id), _escaped(reason)]
    version = message.field("MSH", 12) or "2.5"
    return f"{'|'.join([*header, version, '', '', '', '', '', 'UNICODE UTF-8'])}\r{'|'.join(told)}\r".encode()


def _sender_of(message: Message, address: str) -> Sender:
    sender = (
        Sender.objects.select_related("facility__department")
        .filter(
            sending_application=message.field("MSH", 3),
            sending_facility=message.field("MSH", 4),
            is_active=True,
            facility__is_active=True,
        )
        .first()
    )
    if sender is None:
        raise UnknownSenderError("The sending application is not registered.")
    if sender.address != address:
        raise UnknownSenderError("It is registered for another address.")
    return sender


def _answered_before(sender: Sender, message: Message) -> ReceivedMessage | None:
    return ReceivedMessage.objects.filter(sender=sender, control_id=message.control_id).first()


def _take(sender: Sender, message: Message) -> ReceivedMessage:
    try:
        with transaction.atomic():
            handler = HANDLERS.get(message.kind)
            if handler is None:
                raise UnsupportedMessageError(f"{message.kind} is not supported.")
            note = handler(message, sender)
            return _keep(sender, message, Answer.ACCEPTED, note)
    except UnsupportedMessageError as error:
        return _keep(sender, message, Answer.REJECTED, str(error))
    except CorrectionConflictError:
        # Nothing is kept: sent again, the message finds what is there by then.
        raise
    except (MessageError, WorklistError, CorrectionError) as error:
        return _keep(sender, message, Answer.ERROR, str(error))
    except IntegrityError:
        # The same message came on two connections; the other one was first.
        if received := _answered_before(sender, message):
            return received
        raise


def _keep(sender: Sender, message: Message, answer: Answer, reason: str) -> ReceivedMessage:
    return ReceivedMessage.objects.create(
        sender=sender,
        control_id=message.control_id,
        message_type=message.kind[:20],
        text=message.text,
        answer=answer,
        reason=reason[:200],
    )


def _escaped(text: str) -> str:
    signs = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\r": " ", "\n": " "}
    return "".join(signs.get(sign, sign) for sign in text)
