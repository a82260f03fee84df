"""A study at a glance: what it shows, to whom, and what it costs."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Facility, User
from accounts.roles import Role
from accounts.services.memberships import grant_membership
from archive.services.corrections.identifying import plan_linking_patients
from audit.models import AuditEvent
from tests.archive.correcting import correct, study
from tests.conftest import TESTER
from tests.dicom_samples import about, image
from tests.factories import store
from tests.worklist.department import order
from worklist.models import ReadingTask, RequestedProcedure
from worklist.services.taking_in import take_in
from worklist.timeline import timeline_of

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
BASIC_TEXT_SR, PDF, DOSE_SR = (
    "1.2.840.10008.5.1.4.1.1.88.11",
    "1.2.840.10008.5.1.4.1.1.104.1",
    "1.2.840.10008.5.1.4.1.1.88.67",
)


def look(client: Client, number: int = 1) -> str:
    """Return the quick look at the study of a number."""
    answer = client.get(address(number))
    assert answer.status_code == 200
    return answer.content.decode()


def address(number: int = 1) -> str:
    """Return where the quick look at the study of a number is."""
    return reverse("worklist:quick_look", args=[about(number).study_instance_uid])


def store_study(number: int, facility: Facility, *, day: str = "20240101", **attributes: object) -> None:
    """Store a study of patient P1, made on a day."""
    store(
        image(about(number, patient_id="P1", study_date=day), **attributes),
        facility=facility,
    )
    take_in(study(number).study_instance_uid)


def test_order_notes_and_safety_are_there_before_the_study_is_opened(
    north: Facility, radiologist: User, log_in: LogIn
) -> None:
    store_study(1, north)
    order(
        facility=north,
        study_instance_uid=study(1).study_instance_uid,
        reason="Cough for three weeks",
        patient_alerts="Allergic to iodine",
        requesting_physician_name="House^Gregory",
    )
    RequestedProcedure.objects.update(study=study(1), protocol_note="Without contrast")
    ReadingTask.objects.filter(study=study(1)).update(technologist_note="Moved in series 2")

    page = look(log_in(radiologist))

    for words in (
        "Cough for three weeks",
        "Allergic to iodine",
        "House, Gregory",
        "Without contrast",
        "Moved in series 2",
        reverse("worklist:patient", args=[study(1).patient_record_id]),
    ):
        assert words in page


def test_what_was_reported_of_earlier_studies_is_named_and_what_was_not_too(
    north: Facility, radiologist: User, log_in: LogIn
) -> None:
    store_study(1, north, day="20240601")
    store_study(2, north, day="20240101")
    store_study(3, north, day="20230101")
    report = image(about(2, patient_id="P1", study_date="20240101"), series=7, SOPClassUID=BASIC_TEXT_SR)
    store(report, facility=north)

    page = look(log_in(radiologist))

    assert f'data-report-uid="{report.SOPInstanceUID}"' in page
    assert page.count("No report stored.") == 1


def test_only_what_somebody_wrote_to_be_read_counts_as_a_report(north: Facility, radiologist: User) -> None:
    store_study(1, north)
    for series, sop_class in enumerate((PDF, DOSE_SR), start=5):
        store(image(about(1, patient_id="P1"), series=series, SOPClassUID=sop_class), facility=north)

    (entry,) = timeline_of(radiologist, study(1).patient_record_id)

    assert [report.form for report in entry.reports] == ["PDF"]


def test_the_line_of_time_runs_from_the_oldest_and_says_how_much_lies_between(
    north: Facility, radiologist: User
) -> None:
    store_study(1, north, day="20240601")
    store_study(2, north, day="20210101")
    store_study(3, north, day="20240522")

    found = timeline_of(radiologist, study(1).patient_record_id)

    assert [entry.study.study_instance_uid for entry in found] == [
        about(number).study_instance_uid for number in (2, 3, 1)
    ]
    assert [(entry.after, entry.step) for entry in found] == [("", 0), ("3 y", 4), ("10 d", 1)]


def test_the_studies_of_another_site_are_on_the_line_only_for_its_readers(
    north: Facility, south: Facility, radiologist: User, technologist: User, log_in: LogIn
) -> None:
    store_study(1, north)
    store_study(2, south)
    grant_membership(user=technologist, facility=south, role=Role.TECHNOLOGIST, actor=TESTER)
    correct(
        plan_linking_patients(patient=study(1).patient_record, other=study(2).patient_record), technologist
    )
    client = log_in(radiologist)

    assert study(2).study_instance_uid not in look(client)
    assert client.get(address(2)).status_code == 404

    grant_membership(user=radiologist, facility=south, role=Role.RADIOLOGIST, actor=TESTER)
    assert study(2).study_instance_uid in look(client)


def test_each_look_is_on_record(north: Facility, radiologist: User, outsider: User, log_in: LogIn) -> None:
    store_study(1, north)

    look(log_in(radiologist))
    assert log_in(outsider).get(address()).status_code == 404

    rows = AuditEvent.objects.filter(event_type="query", study_instance_uid=study(1).study_instance_uid)
    assert list(rows.order_by("seq").values_list("actor_identifier", "outcome", "facility_code")) == [
        (radiologist.username, 0, "NORTH"),
        (outsider.username, 4, ""),
    ]


def test_a_look_costs_the_same_for_one_prior_as_for_five(
    north: Facility, radiologist: User, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    store_study(1, north, day="20240601")
    store_study(2, north)
    look(client)
    with CaptureQueriesContext(connection) as few:
        look(client)
    for number in (3, 4, 5, 6):
        store_study(number, north)
        order(facility=north, study_instance_uid=study(number).study_instance_uid)

    with CaptureQueriesContext(connection) as many:
        look(client)

    assert len(many) == len(few)
