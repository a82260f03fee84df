"""What becomes of an instance that arrives: stored, duplicate, or kept aside, and what is written for it."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from accounts.models import Facility
from archive.models import ArrivalConflict, Blob, Instance, OwedWork, Patient, Series, Study
from archive.selectors import open_blob
from archive.services.ingest import close_session, ingest_instances
from archive.services.received import Outcome
from audit.models import AuditEvent
from tests.dicom_samples import about, image, image_bytes, part10
from tests.factories import arrival, ingest, received, store

pytestmark = pytest.mark.django_db


def events(event_type: str) -> list[AuditEvent]:
    """Return the records of that type, oldest first."""
    return list(AuditEvent.objects.filter(event_type=event_type).order_by("seq"))


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of the blob store by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def row_counts() -> tuple[int, ...]:
    """Return how many rows each level has."""
    return tuple(model.objects.count() for model in (Patient, Study, Series, Instance))


def test_a_stored_instance_has_its_rows_its_bytes_its_record_and_its_owed_work(
    north: Facility, blob_folder: Path
) -> None:
    content = image_bytes(about(1, study_description="Known"), BodyPartExamined="CHEST")

    result = ingest(content, facility=north)

    sha256 = hashlib.sha256(content).hexdigest()
    study, series, instance = Study.objects.get(), Series.objects.get(), Instance.objects.get()
    assert result.outcome == Outcome.STORED
    assert files(blob_folder) == {f"{sha256[:2]}/{sha256[2:4]}/{sha256}": content}
    with open_blob(instance.blob.sha256) as file:
        assert file.read() == content
    assert (instance.blob.sha256, instance.blob.size_bytes) == (sha256, len(content))
    assert (instance.rows, instance.columns, instance.number_of_frames) == (16, 16, 1)
    assert (series.study, instance.series) == (study, series)
    assert (study.facility, study.study_description, study.patient_id) == (north, "Known", "P1")
    assert study.patient_record.issuer_of_patient_id == "NORTH"
    assert (study.modalities_in_study, study.body_parts_examined) == ("OT", "CHEST")
    assert (study.number_of_study_related_series, study.number_of_study_related_instances) == (1, 1)
    assert series.number_of_series_related_instances == 1
    assert set(OwedWork.objects.values_list("task_name", "subject_uid")) == {
        ("viewer.warm_series", series.series_instance_uid),
        ("worklist.take_in_study", series.study.study_instance_uid),
    }
    (record,) = events("instances_stored")
    assert (record.patient_id, record.study_instance_uid, record.facility_code, record.actor_identifier) == (
        "P1",
        study.study_instance_uid,
        "NORTH",
        "CT1",
    )


def test_the_same_instance_twice_is_one_row_and_nothing_is_written(
    north: Facility, blob_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = image_bytes()
    ingest(content, facility=north)
    before = files(blob_folder), row_counts(), Study.objects.values().get()
    monkeypatch.setattr("os.fsync", lambda _: pytest.fail("a duplicate was written"))

    result = ingest(content, facility=north)

    assert result.outcome == Outcome.DUPLICATE
    assert (files(blob_folder), row_counts(), Study.objects.values().get()) == before


def test_the_same_instance_twice_in_one_batch_is_stored_once(north: Facility) -> None:
    content = image_bytes()

    results = ingest_instances(
        received=[received(content), received(content)], session=arrival(facility=north)
    )

    assert [result.outcome for result in results] == [Outcome.STORED, Outcome.DUPLICATE]
    assert row_counts() == (1, 1, 1, 1)


def test_other_bytes_under_the_same_uid_are_kept_aside_and_raise_an_alert(
    north: Facility, blob_folder: Path
) -> None:
    original = image_bytes()
    other = image_bytes(SeriesDescription="Changed since")
    ingest(original, facility=north)

    result = ingest(other, facility=north)

    assert result.outcome == Outcome.CONFLICT
    with open_blob(Instance.objects.get().blob.sha256) as file:
        assert file.read() == original
    conflict = ArrivalConflict.objects.get()
    assert conflict.kind == ArrivalConflict.Kind.CONTENT
    with open_blob(conflict.blob.sha256) as file:
        assert file.read() == other
    assert row_counts() == (1, 1, 1, 1)
    (alert,) = events("security_alert")
    assert alert.details["sop_instance_uid"] == result.sop_instance_uid


def _of_another_patient() -> Dataset:
    return image(about(1, patient_id="SOMEBODY-ELSE"), number=2)


def _of_another_issuer() -> Dataset:
    return image(about(1, issuer_of_patient_id="ELSEWHERE"), number=2)


def _series_of_another_study() -> Dataset:
    return image(about(2), number=2, SeriesInstanceUID=image(about(1)).SeriesInstanceUID)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (_of_another_patient, ArrivalConflict.Kind.PATIENT),
        (_of_another_issuer, ArrivalConflict.Kind.PATIENT),
        (_series_of_another_study, ArrivalConflict.Kind.SERIES),
    ],
    ids=["patient", "issuer", "series"],
)
def test_a_contradiction_is_kept_aside_and_changes_no_row(
    make: Callable[[], Dataset], kind: ArrivalConflict.Kind, north: Facility
) -> None:
    ingest(part10(image(about(1, issuer_of_patient_id="HERE"))), facility=north)
    before = row_counts(), list(Study.objects.values())

    result = ingest(part10(make()), facility=north)

    assert (result.outcome, ArrivalConflict.objects.get().kind) == (Outcome.CONFLICT, kind)
    assert (row_counts(), list(Study.objects.values())) == before
    assert len(events("security_alert")) == 1


@pytest.mark.parametrize("number", [1, 2], ids=["the same bytes", "another instance"])
def test_a_study_of_another_facility_is_kept_aside(number: int, north: Facility, south: Facility) -> None:
    ingest(image_bytes(number=1), facility=north)

    result = ingest(image_bytes(number=number), facility=south)

    conflict = ArrivalConflict.objects.get()
    assert (result.outcome, conflict.kind) == (Outcome.CONFLICT, ArrivalConflict.Kind.FACILITY)
    assert conflict.facility == south
    assert (Study.objects.get().facility, row_counts()) == (north, (1, 1, 1, 1))


def test_the_same_contradiction_again_is_kept_aside_once(north: Facility) -> None:
    ingest(image_bytes(), facility=north)

    for _ in range(2):
        assert ingest(image_bytes(SeriesDescription="Other"), facility=north).outcome == Outcome.CONFLICT

    assert ArrivalConflict.objects.count() == 1
    assert Blob.objects.count() == 2


def test_one_patient_id_at_two_facilities_is_two_patients(north: Facility, south: Facility) -> None:
    ingest(image_bytes(about(1, patient_id="77")), facility=north)
    ingest(image_bytes(about(2, patient_id="77")), facility=south)

    assert set(Patient.objects.values_list("patient_id", "issuer_of_patient_id")) == {
        ("77", "NORTH"),
        ("77", "SOUTH"),
    }


def test_one_patient_id_at_one_facility_is_one_patient(north: Facility) -> None:
    ingest(image_bytes(about(1, patient_id="77")), facility=north)
    ingest(image_bytes(about(2, patient_id="77")), facility=north)

    assert Patient.objects.count() == 1
    assert Study.objects.count() == 2


def test_studies_without_a_patient_id_do_not_meet_under_one_person(north: Facility) -> None:
    ingest(image_bytes(about(1, patient_id="")), facility=north)
    ingest(image_bytes(about(1, patient_id=""), number=2), facility=north)
    ingest(image_bytes(about(2, patient_id="")), facility=north)

    assert Patient.objects.count() == 2
    assert Study.objects.values("patient_record").distinct().count() == 2


def test_counts_and_summaries_follow_what_arrives(north: Facility) -> None:
    store(
        image(series=1, number=1, Modality="CT", BodyPartExamined="CHEST"),
        image(series=1, number=2, Modality="CT", BodyPartExamined="CHEST"),
        image(series=2, number=1, Modality="SR", BodyPartExamined="ABDOMEN"),
        facility=north,
    )
    store(image(series=2, number=2, Modality="SR"), facility=north)

    study = Study.objects.get()
    assert (study.number_of_study_related_series, study.number_of_study_related_instances) == (2, 4)
    assert (study.modalities_in_study, study.body_parts_examined) == ("CT\\SR", "ABDOMEN\\CHEST")
    counts = dict(Series.objects.values_list("series_number", "number_of_series_related_instances"))
    assert counts == {1: 2, 2: 2}


def test_a_study_is_recorded_once_per_session_and_the_session_at_its_end(north: Facility) -> None:
    session = arrival(facility=north)
    for number in (1, 2, 2):
        ingest(image_bytes(number=number), facility=north, session=session)
    ingest(image_bytes(about(2)), facility=north, session=session)

    close_session(session)

    assert [record.study_instance_uid[-2:] for record in events("instances_stored")] == [".1", ".2", ""]
    assert events("instances_stored")[-1].details == {"origin": "dimse", "stored": 3, "duplicate": 1}


def test_no_record_names_the_patient(north: Facility) -> None:
    ingest(image_bytes(about(1, patient_name="Secret^Person")), facility=north)
    ingest(image_bytes(about(1, patient_name="Secret^Person"), SeriesDescription="Other"), facility=north)

    assert "Secret" not in str(list(AuditEvent.objects.values()))
