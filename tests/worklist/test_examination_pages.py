"""What a technologist does in the pages: the day, the arrival, the order, the image check, the queue."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from archive.models import Study
from audit.models import AuditEvent
from dicomkit.sr.dose import read_dose_report
from tests.dicom_samples import about, image
from tests.factories import store
from tests.worklist.department import arrived, order, step_of, task_of
from worklist.models import Department, ImagingServiceRequest, RequestedProcedure
from worklist.services.taking_in import take_in

DAY = "/worklist/examinations/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def page(technologist: User) -> Client:
    return signed_in(technologist)


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_day_shows_its_examinations_and_no_other_days(north: Facility, page: Client):
    order(facility=north, patient_id="P1", description="CT today")
    order(
        facility=north,
        patient_id="P2",
        description="CT tomorrow",
        scheduled_at=timezone.now() + timedelta(days=1),
    )
    text = _text(page, DAY)
    assert "CT today" in text
    assert "CT tomorrow" not in text


def test_the_day_is_that_of_the_facilitys_clocks(north: Facility, page: Client):
    Department.objects.create(facility=north, time_zone="Pacific/Kiritimati")
    moment = timezone.now().replace(hour=23, minute=0, second=0)
    order(facility=north, description="CT late", scheduled_at=moment)
    assert "CT late" in _text(page, f"{DAY}?day={(moment + timedelta(hours=14)).date()}")
    assert "CT late" not in _text(page, f"{DAY}?day={moment.date()}")


def test_a_time_zone_that_nobody_knows_is_refused_before_it_is_kept(north: Facility):
    with pytest.raises(ValidationError, match="no such time zone"):
        Department(facility=north, time_zone="Europe/Nowhere").full_clean()
    Department(facility=north, time_zone="Asia/Kolkata").full_clean()


def test_what_is_under_way_since_yesterday_is_not_forgotten(north: Facility, page: Client):
    request = order(
        facility=north, description="CT of yesterday", scheduled_at=timezone.now() - timedelta(days=1)
    )
    page.post(f"/worklist/steps/{step_of(request).pk}/", {"action": "start"})
    step = step_of(request)
    step.started_at = timezone.now() - timedelta(hours=2)
    step.save()
    text = _text(page, f"{DAY}?stuck=on")
    assert "CT of yesterday" in text
    assert "Over an hour" in text


def test_a_day_of_another_facility_is_not_shown(north: Facility, south: Facility, page: Client):
    order(facility=south, description="CT of the south")
    assert "CT of the south" not in _text(page, f"{DAY}?facility=SOUTH")


def test_the_cost_of_a_day_does_not_grow_with_its_rows(
    north: Facility, page: Client, django_assert_max_num_queries
):
    for number in range(12):
        order(facility=north, patient_id=f"P{number}", accession_number=f"A{number}")
    with django_assert_max_num_queries(16):
        assert _text(page, DAY).count('class="examination"') == 12


def test_a_step_is_moved_from_the_row_and_leads_back_to_the_list(north: Facility, page: Client):
    step = step_of(order(facility=north))
    answer = page.post(f"/worklist/steps/{step.pk}/", {"action": "arrive", "next": f"{DAY}?modality=CT"})
    assert (answer.status_code, answer["Location"]) == (302, f"{DAY}?modality=CT")
    step.refresh_from_db()
    assert step.status == "arrived"


def test_a_form_never_leads_to_another_site(north: Facility, page: Client):
    step = step_of(order(facility=north))
    answer = page.post(f"/worklist/steps/{step.pk}/", {"action": "arrive", "next": "//elsewhere.example/"})
    assert answer["Location"].startswith("/worklist/examinations/")


def test_what_is_not_possible_is_said_and_changes_nothing(north: Facility, page: Client):
    step = step_of(order(facility=north))
    answer = page.post(f"/worklist/steps/{step.pk}/", {"action": "complete"}, follow=True)
    assert "is not possible while the status is" in answer.content.decode()
    assert step_of(ImagingServiceRequest.objects.get()).status == "scheduled"


def test_a_radiologist_sees_the_day_and_moves_nothing(north: Facility, radiologist: User):
    step = step_of(order(facility=north, description="CT to be seen"))
    client = signed_in(radiologist)
    text = _text(client, DAY)
    assert "CT to be seen" in text
    assert "/worklist/steps/" not in text
    assert client.post(f"/worklist/steps/{step.pk}/", {"action": "arrive"}).status_code == 403


def test_an_examination_of_another_facility_does_not_exist(south: Facility, page: Client):
    procedure = order(facility=south).requested_procedures.get()
    assert page.get(f"{DAY}{procedure.pk}/").status_code == 404
    assert (
        page.post(f"/worklist/steps/{step_of(order(facility=south)).pk}/", {"action": "arrive"}).status_code
        == 404
    )


def test_an_order_is_entered_by_hand_and_opened(north: Facility, page: Client):
    values = {
        "facility": "NORTH",
        "patient_id": "P77",
        "family_name": "Doe",
        "given_name": "Jane",
        "description": "MR brain",
        "modality": "mr",
        "priority": "1",
        "scheduled_at": "2026-03-01T09:30",
    }
    answer = page.post("/worklist/orders/new/", values)
    placed = ImagingServiceRequest.objects.get()
    procedure = RequestedProcedure.objects.get()
    assert answer["Location"] == f"{DAY}{procedure.pk}/"
    assert (placed.patient_record.patient_name, procedure.modality, procedure.priority) == (
        "Doe^Jane",
        "MR",
        1,
    )
    assert "MR brain" in _text(page, answer["Location"])


def test_an_incomplete_order_comes_back_with_what_is_missing(north: Facility, page: Client):
    answer = page.post("/worklist/orders/new/", {"facility": "NORTH", "patient_id": "P77"})
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    assert not ImagingServiceRequest.objects.exists()


def test_an_order_for_a_facility_of_others_is_refused(north: Facility, south: Facility, page: Client):
    answer = page.post("/worklist/orders/new/", {"facility": "SOUTH", "patient_id": "P77"})
    assert answer.status_code == 422


def test_the_row_of_an_order_is_asked_for_by_the_uid_that_it_gave_out(north: Facility, page: Client):
    order(facility=north, study_instance_uid="1.2.3.99", description="CT with a row")
    assert "CT with a row" in _text(page, f"{DAY}rows/1.2.3.99/")
    assert _text(page, f"{DAY}rows/1.2.3.98/").strip() == ""


def test_images_are_checked_and_handed_on(north: Facility, page: Client):
    Department.objects.create(facility=north, needs_image_check=True)
    study = arrived(facility=north)
    address = f"/worklist/studies/{study.study_instance_uid}/"
    assert "Images checked" in _text(page, f"{address}check/")
    page.post(f"{address}hand-over/", {"action": "check"})
    assert task_of(study).status == "checked"
    page.post(f"{address}note/", {"text": "Moved during the second run."})
    assert task_of(study).technologist_note == "Moved during the second run."


def test_a_radiologist_reads_the_note_and_cannot_write_it(north: Facility, radiologist: User, page: Client):
    study = arrived(facility=north)
    address = f"/worklist/studies/{study.study_instance_uid}/"
    page.post(f"{address}note/", {"text": "Could not lie flat."})
    client = signed_in(radiologist)
    assert "Could not lie flat." in _text(client, f"{address}check/")
    assert client.post(f"{address}note/", {"text": "x"}).status_code == 403


def test_the_queue_shows_what_has_no_order_and_joins_it(north: Facility, page: Client):
    procedure = order(facility=north, patient_id="P2", accession_number="A1").requested_procedures.get()
    study = arrived(facility=north, accession_number="A1")
    text = _text(page, "/worklist/without-order/")
    assert "another patient" in text
    page.post(f"/worklist/studies/{study.study_instance_uid}/order/match/", {"procedure": procedure.pk})
    assert RequestedProcedure.objects.get().study == study
    assert study.study_instance_uid not in _text(page, "/worklist/without-order/")


def test_what_needs_no_order_leaves_the_queue(north: Facility, page: Client):
    study = arrived(facility=north)
    page.post(f"/worklist/studies/{study.study_instance_uid}/order/waive/", {"waived": "yes"})
    assert study.study_instance_uid not in _text(page, "/worklist/without-order/")


def test_the_queue_goes_on_after_its_last_row(north: Facility, page: Client):
    for number in range(1, 23):
        arrived(number, facility=north)
    first = _text(page, "/worklist/without-order/")
    assert "?after=1.2.3.3" in first
    assert _text(page, "/worklist/without-order/?after=1.2.3.3").count("unmatched__study") == 2


def test_who_looks_at_an_examination_is_on_record(north: Facility, page: Client):
    procedure = order(facility=north).requested_procedures.get()
    _text(page, f"{DAY}{procedure.pk}/")
    record = AuditEvent.objects.latest("seq")
    assert (record.event_type, record.patient_id, record.details["list"]) == ("query", "P1", "examination")


def _number(code: str, value: str, unit: str) -> Dataset:
    item, measured = Dataset(), Dataset()
    item.ValueType = "NUM"
    item.ConceptNameCodeSequence = [_code(code)]
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = [_code(unit)]
    item.MeasuredValueSequence = [measured]
    return item


def _code(value: str, meaning: str = "") -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _container(code: str, *children: Dataset) -> Dataset:
    item = Dataset()
    item.ValueType = "CONTAINER"
    item.ConceptNameCodeSequence = [_code(code)]
    item.ContentSequence = list(children)
    return item


def _dose_content() -> list[Dataset]:
    protocol = Dataset()
    protocol.ValueType, protocol.TextValue = "TEXT", "Thorax routine"
    protocol.ConceptNameCodeSequence = [_code("125203")]
    return [
        _container("113811", _number("113813", "412.5", "mGy.cm")),
        _container(
            "113819",
            protocol,
            _container("113829", _number("113830", "8.1", "mGy"), _number("113838", "312", "mGy.cm")),
        ),
    ]


def test_a_dose_report_is_read_into_totals_and_irradiations():
    dataset = Dataset()
    dataset.ContentSequence = _dose_content()
    report = read_dose_report(dataset)
    assert [(one.label, one.value, one.unit) for one in report.totals] == [
        ("CT dose length product, total", 412.5, "mGy·cm")
    ]
    (irradiation,) = report.irradiations
    assert irradiation.protocol == "Thorax routine"
    assert [(one.label, one.value) for one in irradiation.values] == [("CTDIvol", 8.1), ("DLP", 312.0)]


def test_a_dose_report_without_values_says_nothing():
    dataset = Dataset()
    dataset.ContentSequence = [_container("113819"), Dataset(), _number("113813", "", "mGy.cm")]
    assert read_dose_report(dataset).totals == ()


def test_the_dose_is_shown_with_the_examination(north: Facility, page: Client):
    report = image(about(), number=7)
    for keyword in [
        one.keyword for one in report if one.keyword.startswith("Pixel") or one.keyword in ("Rows", "Columns")
    ]:
        delattr(report, keyword)
    report.SOPClassUID = report.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.67"
    report.Modality, report.ContentSequence = "SR", _dose_content()
    store(report, facility=north)
    study = Study.objects.get()
    take_in(study.study_instance_uid)
    assert "412.5" in _text(page, f"/worklist/studies/{study.study_instance_uid}/check/")
