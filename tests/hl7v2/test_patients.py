"""What a HIS says of patients, over a socket: demographics, merges, new identifiers."""

import socket

import pytest

from accounts.models import Facility
from accounts.roles import Role
from archive.models import Correction, Patient, Study
from archive.services.corrections.carrying_out import undo
from archive.services.patients import patient_of
from audit.models import AuditEvent
from hl7v2.models import ReceivedMessage, Sender
from tests import dicom_samples, factories
from tests.conftest import member
from tests.hl7v2.test_orders import message as order_message
from tests.hl7v2.test_orders import segment
from tests.worklist.department import arrived, order, task_of
from worklist.models import ImagingServiceRequest
from worklist.states import ReadingStatus

pytestmark = pytest.mark.django_db(transaction=True)

KNOWN = {3: "P1^^^NORTH^MR", 5: "Weiß^Zoë^^Jr^Dr", 7: "19700203", 8: "F"}


def adt(
    event: str,
    *pairs: dict[int, str] | str,
    control_id: str = "1",
    encoding: str = "utf-8",
    charset: str = "UNICODE UTF-8",
) -> bytes:
    """Return a message of PID fields, and of identifiers of MRG-1 each after the PID that it goes with."""
    header = f"MSH|^~\\&|RIS|NORTHRIS|READINGROOM||20260301080000||ADT^{event}^ADT_A01|{control_id}|P|2.5||||||{charset}"
    said = [f"MRG|{one}" if isinstance(one, str) else segment("PID", one) for one in pairs]
    return "\r".join([header, f"EVN|{event}|20260301080000", *said, ""]).encode(encoding)


def answer(port: int, *messages: bytes) -> str:
    """Send raw messages over one connection, and return the last acknowledgement from its MSA on; all text."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        received = b""
        for number, one in enumerate(messages, start=1):
            connection.sendall(b"\x0b" + one + b"\x1c\r")
            while received.count(b"\x1c\r") < number:
                received += connection.recv(4096) or pytest.fail("the connection ended without an answer")
    return received.decode().rpartition("MSA|")[2].partition("\r")[0]


def names(*, of: str = "P1") -> set[str]:
    """Return what a patient and his studies are called."""
    patient = Patient.objects.get(patient_id=of)
    return {patient.patient_name, *patient.studies.values_list("patient_name", flat=True)}


@pytest.mark.parametrize("event", ["A01", "A04", "A05", "A08", "A31"])
def test_new_demographics_reach_the_patient_every_study_and_the_record(
    port: int, north: Facility, event: str
):
    study = factories.study(1, facility=north)
    factories.study(2, facility=north, patient_id="P1", study_instance_uid="1.2.3.2")

    assert answer(port, adt(event, KNOWN)) == "AA|1|"

    assert names() == {"Weiß^Zoë^^Dr^Jr"}
    study.refresh_from_db()
    assert (study.patient_sex, study.patient_birth_date.isoformat()) == ("F", "1970-02-03")
    assert study.received_attributes["PatientName"] == "Family1^Given"
    correction = Correction.objects.get()
    assert (correction.author, correction.author_name) == (None, "RIS at NORTHRIS")
    record = AuditEvent.objects.filter(event_type="study_edited").latest("seq")
    assert (record.actor_identifier, record.facility_code) == ("RIS at NORTHRIS", "NORTH")
    assert "Weiß" not in str(record.details)


def test_what_a_message_leaves_out_stays_and_what_it_empties_goes(port: int, north: Facility):
    factories.study(1, facility=north)
    full, silent = adt("A08", KNOWN), {3: "P1", 5: "", 7: "1970", 8: "U"}
    assert answer(port, full, adt("A08", silent, control_id="2")) == "AA|2|"
    assert names() == {"Weiß^Zoë^^Dr^Jr"}
    patient = Patient.objects.get()
    assert (str(patient.patient_birth_date), patient.patient_sex) == ("1970-02-03", "F")

    answer(port, adt("A08", {3: "P1", 7: '""', 8: '""'}, control_id="3"))
    patient.refresh_from_db()
    assert (patient.patient_name, patient.patient_birth_date, patient.patient_sex) == (
        "Weiß^Zoë^^Dr^Jr",
        None,
        "",
    )


@pytest.mark.parametrize(
    ("encoding", "charset", "name", "expected"),
    [
        ("latin-1", "8859/1", "Müller^Jörg", "Müller^Jörg"),
        ("iso8859-2", "8859/2", "Dvořák^Jiří", "Dvořák^Jiří"),
        ("utf-8", "UNICODE UTF-8", "حداد^ليلى", "حداد^ليلى"),
        ("utf-8", "", "O\\T\\Neill^Ann \\X4D\\.", "O&Neill^Ann M."),
    ],
)
def test_a_name_is_read_in_the_character_set_and_with_the_escapes_of_its_message(
    port: int, north: Facility, encoding: str, charset: str, name: str, expected: str
):
    factories.study(1, facility=north)
    answer(port, adt("A08", {3: "P1", 5: name}, encoding=encoding, charset=charset))
    assert names() == {expected}


def test_a_patient_who_is_known_only_by_an_order_is_corrected_and_on_record(port: int, north: Facility):
    answer(port, order_message("o").encode(), adt("A08", KNOWN))
    assert names() == {"Weiß^Zoë^^Dr^Jr"}
    record = AuditEvent.objects.filter(event_type="patient_changed").latest("seq")
    assert (record.patient_id, record.facility_code) == ("P1", "NORTH")


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        (adt("A08", {3: "", 5: "X"}), "AE|1|PID-3 names no patient."),
        (adt("A08", {3: "P1", 7: "19991399"}), "AE|1|PID-7 is no date."),
        (adt("A08", {3: "P1", 5: "N" * 400}), "AE|1|PID-5 is too long."),
        (adt("A08"), "AE|1|PID-3 names no patient."),
        (adt("A40", KNOWN), "AE|1|Each PID needs the MRG that belongs to it."),
        (adt("A40", KNOWN, "P1^^^NORTH"), "AE|1|PID-3 and MRG-1 name the same patient."),
        (adt("A49", KNOWN, "P2"), "AR|1|ADT\\S\\A49 is not supported."),
        (adt("A08", {3: "P99", 5: "X"}), "AA|1|No such patient is known here; nothing was changed."),
        (adt("A40", {3: "P98"}, "P99"), "AA|1|No such patient is known here; nothing was changed."),
    ],
)
def test_what_cannot_be_done_is_answered_in_words_and_changes_nothing(
    port: int, north: Facility, faulty: bytes, said: str
):
    factories.study(1, facility=north)
    assert answer(port, faulty) == said
    assert (Correction.objects.count(), Patient.objects.count()) == (0, 1)


def test_the_same_message_again_gets_the_same_answer_and_acts_once(port: int, north: Facility):
    factories.study(1, facility=north)
    other = adt("A08", KNOWN | {5: "Other^Name"}, control_id="2")
    assert answer(port, adt("A08", KNOWN), other, adt("A08", KNOWN)) == "AA|1|"
    assert names() == {"Other^Name"}
    assert (Correction.objects.count(), ReceivedMessage.objects.count()) == (2, 2)


def test_demographics_of_a_study_with_a_final_report_follow_too_and_it_is_kept_with_the_correction(
    port: int, north: Facility
):
    task = task_of(arrived(facility=north))
    task.status = ReadingStatus.FINAL
    task.save()
    assert answer(port, adt("A08", KNOWN)).startswith("AA")
    assert Correction.objects.get().overrides_final
    assert task_of(Study.objects.get()).status == ReadingStatus.FINAL


def test_a_merge_takes_studies_orders_and_what_comes_later_to_the_patient_who_survives(
    port: int, north: Facility
):
    factories.study(1, facility=north)
    factories.study(2, facility=north)
    order(facility=north, patient_id="P2", accession_number="A9")

    assert answer(port, adt("A40", KNOWN, "P2^^^NORTH")) == "AA|1|"

    survivor = Patient.objects.get(patient_id="P1")
    assert set(Study.objects.values_list("patient_record", "patient_id")) == {(survivor.pk, "P1")}
    assert ImagingServiceRequest.objects.get().patient_record == survivor
    assert names() == {"Weiß^Zoë^^Dr^Jr"}
    late = dicom_samples.about(7, patient_id="P2")
    factories.store(dicom_samples.image(late), facility=north)
    assert Study.objects.get(study_instance_uid=late.study_instance_uid).patient_record == survivor
    assert answer(port, adt("A40", KNOWN, "P2", control_id="2")) == "AA|2|"
    assert answer(port, adt("A40", {3: "P2"}, "P1", control_id="3")).startswith(
        "AE|3|The patient of PID-3 was"
    )
    assert answer(port, adt("A08", {3: "P2", 5: "X"}, control_id="4")).startswith(
        "AE|4|This Patient ID was merged"
    )


def test_a_merge_into_somebody_new_and_of_somebody_unknown_loses_nothing(port: int, north: Facility):
    factories.study(2, facility=north)
    assert answer(port, adt("A40", {3: "N1"}, "P2")) == "AA|1|"
    assert names(of="N1") == {"Family2^Given"}

    assert answer(port, adt("A40", {3: "N1", 5: "New^Name"}, "P3", control_id="2")) == "AA|2|"
    assert patient_of(facility=north, patient_id="P3").patient_id == "N1"


def test_of_several_pairs_all_are_merged_or_none(port: int, north: Facility):
    for number in range(1, 5):
        factories.study(number, facility=north)
    first = ({3: "P1", 5: "One"}, "P2")
    assert answer(port, adt("A40", *first, {3: "P3", 5: "Three"}, "P3")).startswith("AE")
    assert not Correction.objects.exists()
    assert answer(port, adt("A40", *first, {3: "P3", 5: "Three"}, "P4", control_id="2")) == "AA|2|"
    merged = Patient.objects.filter(merged_into__isnull=False).order_by("patient_id")
    assert [(one.patient_id, one.merged_into.patient_id) for one in merged] == [("P2", "P1"), ("P4", "P3")]


def test_an_administrator_undoes_a_merge_that_a_system_has_sent(port: int, north: Facility):
    factories.study(1, facility=north)
    factories.study(2, facility=north)
    answer(port, adt("A40", {3: "P1"}, "P2"))
    undo(correction=Correction.objects.get(kind="merge_patients"), user=member(Role.ADMINISTRATOR, north))
    apart = Study.objects.order_by("study_instance_uid").values_list(
        "patient_id", "patient_record__patient_id"
    )
    assert list(apart) == [("P1", "P1"), ("P2", "P2")]


def test_a_patient_gets_a_new_id_that_nobody_had(port: int, north: Facility):
    factories.study(1, facility=north)
    factories.study(2, facility=north)
    assert answer(port, adt("A47", {3: "N7", 5: "Same^Person"}, "P1")) == "AA|1|"
    assert Study.objects.get(study_instance_uid="1.2.3.1").patient_id == "N7"
    assert answer(port, adt("A47", {3: "N7", 5: "Same^Person"}, "P1", control_id="2")) == "AA|2|"
    assert answer(port, adt("A47", {3: "P2"}, "N7", control_id="3")).startswith(
        "AE|3|The new Patient ID belongs"
    )


def test_of_several_identifiers_that_of_the_facility_counts(port: int, north: Facility):
    factories.study(1, facility=north)
    assert answer(port, adt("A08", {3: "77^^^INSURER~P1^^^NORTH", 5: "New^Name"})) == "AA|1|"
    assert names() == {"New^Name"}


def test_a_system_does_not_speak_of_the_patients_of_another_facility(port: int, north: Facility):
    south = Facility.objects.create(code="SOUTH", name="South Clinic")
    factories.study(1, facility=south)
    assert answer(port, adt("A08", {3: "P1^^^SOUTH", 5: "X"})).startswith(
        "AE|1|The identity was issued elsewhere"
    )
    assert answer(port, adt("A08", {3: "P1", 5: "X"}, control_id="2")).endswith("nothing was changed.")
    assert names() == {"", "Family1^Given"}


def test_a_sender_that_is_not_registered_changes_nothing(port: int, north: Facility):
    factories.study(1, facility=north)
    Sender.objects.update(is_active=False)
    assert answer(port, adt("A08", KNOWN)).startswith("AR|1|")
    assert not Correction.objects.exists()
