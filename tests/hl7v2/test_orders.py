"""Orders as a RIS sends them, over a socket."""

import socket

import hl7
import pytest
from hl7.client import MLLPClient

from audit.models import AuditEvent
from hl7v2.models import ReceivedMessage, Sender
from tests.worklist.department import step_of
from worklist.models import ImagingServiceRequest, RequestedProcedure
from worklist.services.acquisition import act_on_step
from worklist.states import StepAction

pytestmark = pytest.mark.django_db(transaction=True)


def message(
    control_id: str = "1",
    *,
    control: str = "NW",
    kind: str = "ORM^O01",
    patient_id: str = "P1",
    time: str = "20260301093000",
    description: str = "CT head",
    accession_number: str = "A1",
    application: str = "RIS",
) -> str:
    """Return an order as many systems write it."""
    header = {3: application, 4: "NORTHRIS", 5: "READINGROOM", 7: "20260301080000", 9: kind, 10: control_id}
    common = {11: "P", 12: "2.5", 18: "UNICODE UTF-8"}
    order = {1: "1", 2: "PL1", 4: f"CTHEAD^{description}^L", 18: accession_number, 24: "CT"}
    return "\r".join(
        [
            # The separator is the first field itself.
            segment("MSH", {2: "^~\\&", **header, **common}).replace("MSH||", "MSH|"),
            segment("PID", {3: f"{patient_id}^^^NORTH^MR", 5: "Müller^Jörg^A^^Dr", 7: "19700203", 8: "M"}),
            segment("PV1", {2: "E", 3: "ER^2^B"}),
            segment("AL1", {3: "^Iodine \\T\\ latex"}),
            segment("ORC", {1: control, 2: "PL1", 3: "FL1", 12: "77^Berg^Ingrid", 17: "ED^Emergency"}),
            segment("OBR", {**order, 27: f"^^^{time}^^S", 31: "^Fall"}),
        ]
    )


def segment(name: str, fields: dict[int, str]) -> str:
    """Return a segment with the fields that are given, each in its place."""
    return "|".join([name, *(fields.get(number, "") for number in range(1, max(fields) + 1))])


def answers(port: int, *messages: str) -> list[hl7.Message]:
    """Send messages with the client of a library, and return the acknowledgements."""
    with MLLPClient("127.0.0.1", port) as client:
        return [hl7.parse(client.send_message(one).strip(b"\x0b\x1c\r").decode()) for one in messages]


def codes(port: int, *messages: str) -> list[str]:
    return [str(answer.segment("MSA")[1]) for answer in answers(port, *messages)]


def test_a_new_order_is_placed_with_everything_it_says(port: int):
    assert codes(port, message()) == ["AA"]
    request, procedure = ImagingServiceRequest.objects.get(), RequestedProcedure.objects.get()
    patient = request.patient_record
    assert (patient.patient_id, patient.patient_name, patient.patient_sex) == ("P1", "Müller^Jörg^A^Dr", "M")
    assert (request.accession_number, request.placer_order_number, request.patient_class) == (
        "A1",
        "PL1",
        "E",
    )
    assert (request.patient_location, request.requesting_physician_name) == ("ER 2 B", "Berg^Ingrid")
    assert (request.reason, request.patient_alerts) == ("Fall", "Iodine & latex")
    assert (procedure.description, procedure.code_value, procedure.priority) == ("CT head", "CTHEAD", 1)
    assert step_of(request).scheduled_at.isoformat() == "2026-03-01T09:30:00+00:00"


def test_the_answer_names_the_message_that_it_answers(port: int):
    (answer,) = answers(port, message("abc-7"))
    assert (str(answer.segment("MSA")[2]), str(answer.segment("MSH")[9])) == ("abc-7", "ACK")


def test_the_same_message_again_gets_the_same_answer_and_acts_once(port: int):
    assert codes(port, message(), message()) == ["AA", "AA"]
    assert (ImagingServiceRequest.objects.count(), ReceivedMessage.objects.count()) == (1, 1)


def test_an_order_is_changed_until_it_has_begun(port: int):
    changed = {"control": "XO", "time": "20260301110000", "description": "CT head with contrast"}
    assert codes(port, message("1"), message("2", **changed)) == ["AA", "AA"]
    request = ImagingServiceRequest.objects.get()
    assert RequestedProcedure.objects.get().description == "CT head with contrast"
    assert step_of(request).scheduled_at.hour == 11

    act_on_step(step=step_of(request), action=StepAction.START, user=None)
    assert codes(port, message("3", control="XO", time="20260301150000")) == ["AA"]
    assert step_of(request).scheduled_at.hour == 11


def test_an_order_that_is_placed_again_is_the_same_order(port: int):
    assert codes(port, message("1"), message("2", description="CT brain")) == ["AA", "AA"]
    assert RequestedProcedure.objects.get().description == "CT brain"


def test_an_order_is_cancelled_and_what_has_begun_is_not(port: int):
    assert codes(port, message("1"), message("2", control="CA")) == ["AA", "AA"]
    step = step_of(ImagingServiceRequest.objects.get())
    assert step.status == "cancelled"
    act_on_step(step=step, action=StepAction.REINSTATE, user=None)
    act_on_step(step=step, action=StepAction.START, user=None)
    (answer,) = answers(port, message("3", control="CA"))
    assert str(answer.segment("MSA")[1]) == "AE"
    assert "has begun" in str(answer.segment("MSA")[3])


@pytest.mark.parametrize(
    ("faulty", "code", "said"),
    [
        (message(kind="ADT^A99"), "AR", "not supported"),
        (message(control="ZZ"), "AE", "control code ZZ"),
        (message(control="CA"), "AE", "no order with that"),
        (message(patient_id=""), "AE", "needs a patient"),
        (message(description=""), "AA", ""),
        (message(time="tomorrow"), "AE", "time cannot be read"),
        (message(application="OTHER"), "AR", "not registered"),
    ],
)
def test_what_cannot_be_done_is_answered_in_words(port: int, faulty: str, code: str, said: str):
    (answer,) = answers(port, faulty)
    assert str(answer.segment("MSA")[1]) == code
    assert said in str(answer.segment("MSA")[3])


def test_the_order_of_another_patient_is_not_taken_over(port: int):
    assert codes(port, message("1"), message("2", control="XO", patient_id="P2")) == ["AA", "AE"]
    assert ImagingServiceRequest.objects.get().patient_record.patient_id == "P1"


def test_a_known_sender_from_another_address_is_refused_and_on_record(port: int):
    Sender.objects.update(address="192.0.2.7")
    assert codes(port, message()) == ["AR"]
    assert not ImagingServiceRequest.objects.exists()
    assert (
        AuditEvent.objects.filter(event_type="node_refused").latest("seq").details["address"] == "127.0.0.1"
    )


def test_several_messages_in_one_packet_are_answered_in_their_order(port: int):
    both = b"".join(
        b"\x0b" + message(number, accession_number=number).encode() + b"\x1c\r" for number in ("1", "2")
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(both)
        received = b""
        while received.count(b"\x1c\r") < 2:
            received += connection.recv(4096)
    assert received.index(b"MSA|AA|1") < received.index(b"MSA|AA|2")


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n\r\n\x1c\r",
        b"\x0bnonsense\x1c\r",
        b"\x0bMSH|\x1c\r",
        b"\x0b" + b"A" * (2**20 + 10),
    ],
)
def test_what_is_no_message_ends_the_connection_and_the_next_one_is_served(port: int, noise: bytes):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            connection.sendall(noise)
            assert connection.recv(4096) == b""
        except ConnectionResetError:
            pass
    assert codes(port, message()) == ["AA"]


def test_latin_1_is_read_as_what_it_is(port: int):
    text = message().replace("UNICODE UTF-8", "8859/1").encode("latin-1")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\x0b" + text + b"\x1c\r")
        assert b"MSA|AA" in connection.recv(4096)
    assert ImagingServiceRequest.objects.get().patient_record.patient_name.startswith("Müller^Jörg")
