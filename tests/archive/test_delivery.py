"""What leaves after each correction is corrected and says what it was; what is stored never changes; undo restores."""

import io
from collections.abc import Callable

import pydicom
import pytest
from django.test import Client
from django.urls import reverse
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from archive.models import Correction, Instance, Patient, Plan, Study
from archive.services.corrections.carrying_out import carry_out, undo
from archive.services.corrections.identifying import (
    Demographics,
    plan_editing_patient,
    plan_editing_study,
    plan_merging_patients,
    plan_moving_study,
)
from archive.services.corrections.rearranging import (
    NewStudy,
    plan_merging_studies,
    plan_moving_series,
    plan_splitting,
)
from archive.services.corrections.rejecting import plan_rejection
from audit.models import AuditEvent
from tests.archive.correcting import everything, images_of, series_of, stored_bytes, study, two_studies
from tests.dicom_samples import about

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


def moving_series(one: Study, two: Study) -> Plan:
    """Move series 1 to the other study."""
    return plan_moving_series(study=one, series_instance_uids=series_of(one)[:1], target=two)


def splitting_images(one: Study, two: Study) -> Plan:
    """Split a single image off."""
    return plan_splitting(
        study=one, sop_instance_uids=images_of(one)[:1], new=NewStudy(accession_number="SPLIT")
    )


def merging_studies(one: Study, two: Study) -> Plan:
    """Merge a study into another one of the same patient."""
    carry_out(
        plan=plan_moving_study(study=one, patient=two.patient_record),
        user=User.objects.get(username="technologist"),
        reason="first",
        is_sure=True,
    )
    return plan_merging_studies(study=study(1), into=study(2))


def moving_patient(one: Study, two: Study) -> Plan:
    """Give a study to the other patient."""
    return plan_moving_study(study=one, patient=two.patient_record)


def merging_patients(one: Study, two: Study) -> Plan:
    """Merge the patient into the other one."""
    return plan_merging_patients(patient=one.patient_record, into=two.patient_record)


def editing_patient(one: Study, two: Study) -> Plan:
    """Correct a name and a sex."""
    return plan_editing_patient(
        patient=Patient.objects.get(pk=one.patient_record_id),
        demographics=Demographics("Right^Name", None, "F"),
    )


def editing_study(one: Study, two: Study) -> Plan:
    """Correct the accession number, and the side of a series."""
    return plan_editing_study(
        study=one,
        columns={"accession_number": "RIGHT"},
        series={series_of(one)[0]: {"laterality": "L"}},
    )


# What leaves afterwards, by keyword; None is what only has to differ from the file.
OPERATIONS = {
    moving_series: {"StudyInstanceUID": about(2).study_instance_uid, "PatientID": "P2"},
    splitting_images: {"AccessionNumber": "SPLIT", "StudyInstanceUID": None, "SeriesInstanceUID": None},
    merging_studies: {"StudyInstanceUID": about(2).study_instance_uid, "PatientID": "P2"},
    moving_patient: {"PatientID": "P2", "PatientName": "Sample^Number 2"},
    merging_patients: {"PatientID": "P2", "PatientName": "Sample^Number 2"},
    editing_patient: {"PatientName": "Right^Name", "PatientSex": "F"},
    editing_study: {"AccessionNumber": "RIGHT", "Laterality": "L"},
}


@pytest.fixture
def technologist(technologist: User) -> User:
    """Somebody whom an operation can name."""
    User.objects.filter(pk=technologist.pk).update(username="technologist")
    technologist.refresh_from_db()
    return technologist


def downloaded(client: Client, name: str, uid: str) -> bytes:
    """Return what an address of the archive gives of an instance."""
    answer = client.get(reverse(f"archive:{name}", args=[uid]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def read(content: bytes) -> Dataset:
    """Return a file as somebody else reads it."""
    return pydicom.dcmread(io.BytesIO(content))  # noqa: TID251 -- the judge


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.__name__)
def test_what_leaves_is_corrected_what_is_stored_is_not_and_undo_restores(
    north: Facility,
    technologist: User,
    administrator: User,
    log_in: LogIn,
    operation: Callable[[Study, Study], Plan],
) -> None:
    one, two = two_studies(north)
    uid = images_of(one)[0]
    came = stored_bytes(uid)
    plan = operation(one, two)
    before = everything()

    correction = carry_out(plan=plan, user=technologist, reason="wrong", is_sure=True)

    client = log_in(administrator)
    leaving, original = read(downloaded(client, "instance_file", uid)), read(came)
    for keyword, value in OPERATIONS[operation].items():
        said = str(leaving.get(keyword, ""))
        assert said == value if value else said not in ("", str(original.get(keyword, "")))
    kept = leaving.OriginalAttributesSequence[-1]
    assert kept.ReasonForTheAttributeModification == "CORRECT"
    for keyword in OPERATIONS[operation]:
        if original.get(keyword):
            assert str(kept.ModifiedAttributesSequence[0][keyword].value) == str(original[keyword].value)
    assert leaving.SOPInstanceUID == original.SOPInstanceUID
    assert leaving.PixelData == original.PixelData
    assert stored_bytes(uid) == downloaded(client, "original_file", uid) == came

    undo(correction=correction, user=technologist)

    assert everything()["Instance"] == before["Instance"]
    if operation is not merging_studies:
        assert downloaded(client, "instance_file", uid) == came


def test_a_rejected_image_leaves_no_more_and_its_original_is_there_for_the_administrator(
    north: Facility, administrator: User, radiologist: User, technologist: User, outsider: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    uid = images_of(one)[0]
    plan = plan_rejection(study=one, sop_instance_uids=[uid], reason_code="111210")
    carry_out(plan=plan, user=technologist, reason="moved", reason_code="111210")

    client = log_in(administrator)
    assert client.get(reverse("archive:instance_file", args=[uid])).status_code == 404
    assert downloaded(client, "original_file", uid) == stored_bytes(uid)
    assert AuditEvent.objects.filter(event_type="study_exported").exists()
    for other in (radiologist, technologist, outsider):
        assert log_in(other).get(reverse("archive:original_file", args=[uid])).status_code in (403, 404)
    assert Correction.objects.count() == Instance.kept.filter(sop_instance_uid=uid).count() == 1


def test_only_who_may_override_is_offered_the_files_of_an_image(
    north: Facility, administrator: User, technologist: User, log_in: LogIn
) -> None:
    one, _ = two_studies(north)
    address = reverse("worklist:correct", args=[one.study_instance_uid])

    assert "original.dcm" in log_in(administrator).get(address).content.decode()
    assert "original.dcm" not in log_in(technologist).get(address).content.decode()
