"""A modality asks for its work and reports it: by pynetdicom, and by DCMTK's findscu where it is installed."""

import re
import shutil
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pydicom.dataset import Dataset
from pynetdicom import build_context
from pynetdicom.sop_class import ModalityPerformedProcedureStep, ModalityWorklistInformationFind

from accounts.models import Facility
from audit.models import AuditEvent
from dimse.models import ApplicationEntity
from dimse.scp import Receiver
from dimse.services.peers import add_peer
from tests.dimse.conftest import TESTER
from tests.dimse.scu import association
from tests.dimse.test_dcmtk import ENVIRONMENT
from tests.worklist.department import order, step_of
from worklist.models import PerformedProcedureStep

CONTEXTS = [build_context(ModalityWorklistInformationFind), build_context(ModalityPerformedProcedureStep)]
UID = "1.2.3.4.5"


@pytest.fixture
def scanner(north: Facility) -> ApplicationEntity:
    """A scanner that may ask for its worklist."""
    return add_peer(
        ae_title="CT1", host="127.0.0.1", port=11113, facility=north, rights=["worklist"], actor=TESTER
    )


def query(**of_step: str) -> Dataset:
    """Return a query for the usual attributes; keys of the step by keyword."""
    asked = Dataset()
    for keyword in (
        "PatientName",
        "PatientID",
        "AccessionNumber",
        "StudyInstanceUID",
        "RequestedProcedureID",
    ):
        setattr(asked, keyword, "")
    step = Dataset()
    for keyword in (
        "Modality",
        "ScheduledStationAETitle",
        "ScheduledProcedureStepStartDate",
        "ScheduledProcedureStepStartTime",
        "ScheduledProcedureStepID",
        "ScheduledProcedureStepDescription",
    ):
        setattr(step, keyword, of_step.pop(keyword, ""))
    asked.ScheduledProcedureStepSequence = [step]
    for keyword, value in of_step.items():
        setattr(asked, keyword, value)
    return asked


def found(receiver: Receiver, asked: Dataset, *, title: str = "CT1") -> list[Dataset]:
    """Return what the worklist answers; a failure fails the test."""
    with association(receiver.port, ae_title=title, contexts=CONTEXTS) as assoc:
        answers = list(assoc.send_c_find(asked, ModalityWorklistInformationFind))
    assert answers[-1][0].Status == 0x0000
    return [identifier for status, identifier in answers if status.Status == 0xFF00]


def numbers(items: list[Dataset]) -> list[str]:
    return [item.AccessionNumber for item in items]


def test_a_modality_gets_what_was_ordered_for_it(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility
):
    request = order(facility=north, accession_number="A1", station_ae_title="CT1", study_instance_uid="1.2.3")
    (item,) = found(receiver, query(ScheduledStationAETitle="CT1", Modality="CT"))
    step = item.ScheduledProcedureStepSequence[0]
    assert (item.AccessionNumber, item.StudyInstanceUID, str(item.PatientName)) == (
        "A1",
        "1.2.3",
        "Family1^Given",
    )
    assert step.ScheduledProcedureStepStartDate == step_of(request).scheduled_at.strftime("%Y%m%d")
    assert "PatientBirthDate" not in item


@pytest.mark.parametrize(
    ("keys", "numbered"),
    [
        ({}, ["A1", "A2"]),
        ({"Modality": "MR"}, ["A2"]),
        ({"ScheduledStationAETitle": "MR9"}, ["A2"]),
        ({"PatientName": "fam*"}, ["A1", "A2"]),
        ({"PatientName": "FAMILY1^GIVE?"}, ["A1", "A2"]),
        ({"PatientName": "Other*"}, []),
        ({"AccessionNumber": "A2"}, ["A2"]),
        ({"AccessionNumber": "?1"}, ["A1"]),
        ({"PatientID": "P2"}, ["A2"]),
        ({"ScheduledProcedureStepStartDate": "20200101"}, []),
        ({"ScheduledProcedureStepStartDate": "20200101-"}, ["A1", "A2"]),
        ({"ScheduledProcedureStepStartDate": "-20200101"}, []),
    ],
)
def test_keys_narrow_the_list(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility, keys: dict[str, str], numbered: list[str]
):
    order(facility=north, accession_number="A1", station_ae_title="CT1")
    order(
        facility=north,
        patient_id="P2",
        accession_number="A2",
        modality="MR",
        station_ae_title="MR9",
        scheduled_at=timezone.now() + timedelta(seconds=5),
    )
    assert numbers(found(receiver, query(**keys))) == numbered


def test_what_has_begun_or_is_anothers_is_not_offered(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility, south: Facility
):
    begun = step_of(order(facility=north, accession_number="A1"))
    begun.status = "in_progress"
    begun.save()
    order(facility=south, accession_number="A2")
    assert found(receiver, query()) == []


def test_a_query_is_on_record_without_its_names(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility
):
    order(facility=north, accession_number="A1")
    found(receiver, query(PatientName="Fam*"))
    record = AuditEvent.objects.filter(event_type="query").latest("seq")
    assert (record.actor_identifier, record.details) == ("CT1", {"list": "modality worklist", "rows": 1})


def test_without_the_right_nothing_is_told(receiver: Receiver, modality: ApplicationEntity, north: Facility):
    order(facility=north, accession_number="A1")
    with association(receiver.port, contexts=CONTEXTS) as assoc:
        statuses = [
            status.Status for status, _ in assoc.send_c_find(query(), ModalityWorklistInformationFind)
        ]
    assert statuses == [0x0124]


def test_an_unreadable_date_is_refused_in_words(receiver: Receiver, scanner: ApplicationEntity):
    asked = query(ScheduledProcedureStepStartDate="")
    asked.ScheduledProcedureStepSequence[0].add_new(0x00400002, "LO", "yesterday")
    with association(receiver.port, contexts=CONTEXTS) as assoc:
        status = next(iter(assoc.send_c_find(asked, ModalityWorklistInformationFind)))[0]
    assert (status.Status, status.ErrorComment) == (0xA900, "A date or time of the query cannot be read.")


@pytest.mark.skipif(not shutil.which("findscu"), reason="DCMTK's findscu is not installed (Debian: dcmtk)")
def test_findscu_reads_the_list(receiver: Receiver, scanner: ApplicationEntity, north: Facility):
    order(facility=north, accession_number="A1", station_ae_title="CT1")
    keys = ["(0010,0010)", "(0008,0050)", "(0040,0100)[0].(0040,0001)=CT1", "(0040,0100)[0].(0040,0002)"]
    command = ["findscu", "-W", "-aet", "CT1", "-aec", "READINGROOM", "127.0.0.1", str(receiver.port)]
    answer = subprocess.run(
        [*command, *[part for key in keys for part in ("-k", key)]],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    printed = answer.stdout + answer.stderr
    assert re.search(r"\(0008,0050\) SH \[A1\s*\]", printed)
    assert "Family1^Given" in printed


def begins(number: str = "A1", *, status: str = "IN PROGRESS", step_id: str = "1.1") -> Dataset:
    """Return what a modality says when it begins."""
    report, scheduled = Dataset(), Dataset()
    scheduled.StudyInstanceUID, scheduled.AccessionNumber = "1.2.3", number
    scheduled.ScheduledProcedureStepID = step_id
    report.ScheduledStepAttributesSequence = [scheduled]
    report.PerformedProcedureStepStatus = status
    report.PerformedProcedureStepID, report.PerformedStationAETitle, report.Modality = "77", "CT1", "CT"
    report.PerformedProcedureStepStartDate, report.PerformedProcedureStepStartTime = "20260301", "093000"
    return report


def without_its_order() -> Dataset:
    """Return a beginning that does not say what it was scheduled as."""
    report = begins()
    del report.ScheduledStepAttributesSequence
    return report


def ends(status: str = "COMPLETED") -> Dataset:
    """Return what a modality says when it has ended, with two series of two and one images."""
    report = Dataset()
    report.PerformedProcedureStepStatus = status
    report.PerformedProcedureStepEndDate, report.PerformedProcedureStepEndTime = "20260301", "094500"
    report.PerformedSeriesSequence = []
    for number, images in enumerate((2, 1), start=1):
        series = Dataset()
        series.SeriesInstanceUID = f"1.2.3.{number}"
        series.ReferencedImageSequence = [Dataset() for _ in range(images)]
        report.PerformedSeriesSequence.append(series)
    return report


def told(receiver: Receiver, *reports: tuple[str, Dataset]) -> list[Any]:
    """Send reports one after the other, each as 'create' or 'set', and return the statuses."""
    statuses = []
    with association(receiver.port, contexts=CONTEXTS) as assoc:
        for kind, report in reports:
            send = assoc.send_n_create if kind == "create" else assoc.send_n_set
            statuses.append(send(report, ModalityPerformedProcedureStep, UID)[0])
    return statuses


def test_a_step_begins_and_ends_as_its_modality_says(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility
):
    request = order(facility=north, accession_number="A1", study_instance_uid="1.2.3")

    statuses = told(receiver, ("create", begins()))
    assert [one.Status for one in statuses] == [0]
    step = step_of(request)
    assert (step.status, step.started_at.isoformat()) == ("in_progress", "2026-03-01T09:30:00+00:00")

    statuses = told(receiver, ("set", ends()), ("set", ends()))
    assert [one.Status for one in statuses] == [0, 0x0110]
    assert statuses[1].ErrorID == 0xA710
    step = step_of(request)
    assert (step.status, step.expected_instances) == ("completed", 3)
    assert step.ended_at.isoformat() == "2026-03-01T09:45:00+00:00"


def test_one_run_serves_two_orders(receiver: Receiver, scanner: ApplicationEntity, north: Facility):
    orders = [order(facility=north, accession_number=number) for number in ("A1", "A2")]
    report = begins("A1")
    second = Dataset()
    second.AccessionNumber, second.ScheduledProcedureStepID = "A2", "1.1"
    report.ScheduledStepAttributesSequence.append(second)
    told(receiver, ("create", report), ("set", ends("DISCONTINUED")))
    assert [step_of(one).status for one in orders] == ["discontinued", "discontinued"]


def test_an_examination_without_an_order_is_taken_down_too(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility
):
    assert [one.Status for one in told(receiver, ("create", begins("unknown")), ("set", ends()))] == [0, 0]
    performed = PerformedProcedureStep.objects.get()
    assert (performed.status, performed.performed_series) == ("COMPLETED", {"1.2.3.1": 2, "1.2.3.2": 1})


@pytest.mark.parametrize(
    ("report", "status"),
    [(begins(status="COMPLETED"), 0x0106), (begins(status=""), 0x0120), (without_its_order(), 0x0120)],
)
def test_a_faulty_beginning_is_refused(
    receiver: Receiver, scanner: ApplicationEntity, report: Dataset, status: int
):
    assert [one.Status for one in told(receiver, ("create", report))] == [status]
    assert not PerformedProcedureStep.objects.exists()


def test_a_uid_is_announced_once_and_unknown_ones_are_refused(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility
):
    assert [one.Status for one in told(receiver, ("set", ends()))] == [0x0112]
    assert [one.Status for one in told(receiver, ("create", begins()), ("create", begins()))] == [0, 0x0111]


def test_a_step_of_another_facility_is_neither_begun_nor_ended(
    receiver: Receiver, scanner: ApplicationEntity, north: Facility, south: Facility
):
    request = order(facility=south, accession_number="A1", study_instance_uid="1.2.3")
    told(receiver, ("create", begins()))
    assert step_of(request).status == "scheduled"


def test_who_may_only_store_reports_nothing(receiver: Receiver, modality: ApplicationEntity):
    assert [one.Status for one in told(receiver, ("create", begins()))] == [0x0124]
