"""What becomes of an instance on its way in, whichever door it came through."""

import errno
import os

import pytest

from archive.exceptions import StorageError, StorageFullError
from archive.models import ArrivalConflict, Blob, Instance, OwedWork, Patient, Series, Study
from archive.selectors import open_blob
from archive.services.received import Outcome
from audit.models import AuditEvent
from tests.dicom_samples import (
    about,
    deflate_bomb,
    image_bytes,
    nested_sequences,
    pydicom_files,
    with_preamble,
)
from tests.factories import ingest

pytestmark = pytest.mark.django_db


def test_an_instance_is_stored_with_its_rows_bytes_audit_record_and_owed_work(north):
    content = image_bytes()

    result = ingest(content, facility=north)

    assert result.outcome == Outcome.STORED
    instance = Instance.objects.select_related("series__study", "blob").get()
    with open_blob(instance.blob.sha256) as file:
        assert file.read() == content
    study = instance.series.study
    assert (study.number_of_study_related_series, study.number_of_study_related_instances) == (1, 1)
    assert (
        AuditEvent.objects.filter(study_instance_uid=study.study_instance_uid, patient_id="P1").count() == 1
    )
    assert OwedWork.objects.count() == 1


def test_the_same_instance_again_is_a_duplicate_and_changes_nothing(north):
    ingest(image_bytes(), facility=north)

    result = ingest(image_bytes(), facility=north)

    assert result.outcome == Outcome.DUPLICATE
    assert (Instance.objects.count(), Blob.objects.count()) == (1, 1)
    assert Study.objects.get().number_of_study_related_instances == 1


def test_the_same_uid_with_other_content_is_kept_aside_with_an_alert(north):
    ingest(image_bytes(), facility=north)
    original = Instance.objects.get().blob_id

    result = ingest(image_bytes(ImageComments="altered"), facility=north)

    assert result.outcome == Outcome.CONFLICT
    assert Instance.objects.get().blob_id == original
    assert ArrivalConflict.objects.get().kind == ArrivalConflict.Kind.CONTENT
    assert AuditEvent.objects.filter(event_type="security_alert").count() == 1


def test_an_instance_of_another_facilitys_study_is_kept_aside(north, south):
    ingest(image_bytes(number=1), facility=north)

    result = ingest(image_bytes(number=2), facility=south)

    assert result.outcome == Outcome.CONFLICT
    assert ArrivalConflict.objects.get().kind == ArrivalConflict.Kind.FACILITY
    assert Instance.objects.count() == 1


def test_an_instance_that_names_another_patient_is_kept_aside(north):
    ingest(image_bytes(number=1), facility=north)

    result = ingest(image_bytes(about(1, patient_id="SOMEBODY-ELSE"), number=2), facility=north)

    assert result.outcome == Outcome.CONFLICT
    assert ArrivalConflict.objects.get().kind == ArrivalConflict.Kind.PATIENT


def test_one_patient_id_at_two_facilities_is_two_patients(north, south):
    ingest(image_bytes(about(1, patient_id="SAME")), facility=north)
    ingest(image_bytes(about(2, patient_id="SAME")), facility=south)

    assert Patient.objects.filter(patient_id="SAME").count() == 2


def test_studies_without_a_patient_id_do_not_meet_under_one_patient(north):
    ingest(image_bytes(about(1, patient_id="")), facility=north)
    ingest(image_bytes(about(2, patient_id="")), facility=north)

    assert Patient.objects.count() == 2


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, StorageFullError), (errno.EIO, StorageError)])
def test_nothing_is_indexed_or_left_behind_when_the_disk_fails(
    north, blob_folder, monkeypatch, number, error
):
    def failing(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", failing)

    with pytest.raises(error):
        ingest(image_bytes(), facility=north)

    assert Instance.objects.count() == 0
    assert list((blob_folder / "staging").iterdir()) == []


def test_the_bytes_are_flushed_renamed_and_their_folder_flushed_before_any_row(north, monkeypatch):
    order: list[str] = []
    flush = os.fsync

    def watched(descriptor: int) -> None:
        order.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112
        assert Instance.objects.count() == 0
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", watched)

    ingest(image_bytes(), facility=north)

    assert order[0] == "file"
    assert "folder" in order[1:]


@pytest.mark.parametrize("start", [b"MZ", b"\x7fELF", b"#!", b"PK\x03\x04", b"<html"])
def test_a_file_that_is_also_a_program_or_document_is_refused(north, start):
    result = ingest(with_preamble(image_bytes(), start), facility=north)

    assert result.outcome == Outcome.REJECTED
    assert "begins like" in result.reason


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", os.urandom(4096), deflate_bomb(600 * 2**20), nested_sequences(500)],
    ids=["empty", "text", "noise", "deflate bomb", "nested sequences"],
)
def test_a_hostile_file_is_refused_with_a_sentence_and_leaves_nothing(north, blob_folder, content):
    result = ingest(content, facility=north)

    assert result.outcome == Outcome.REJECTED
    assert result.reason.endswith(".")
    assert Blob.objects.count() == 0
    assert [path for path in blob_folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("uid", ["../../etc/passwd", "/etc/passwd", "1.2.3\\..\\x", "1" * 5000])
def test_a_uid_that_is_a_path_is_refused(north, uid):
    result = ingest(image_bytes(SOPInstanceUID=uid), facility=north)

    assert result.outcome == Outcome.REJECTED
    assert uid not in result.reason


def test_a_header_that_declares_a_flood_of_pixels_is_refused(north):
    result = ingest(image_bytes(Rows=65535, Columns=65535), facility=north)

    assert result.outcome == Outcome.REJECTED
    assert "MiB" in result.reason


def test_every_file_of_pydicoms_collection_has_an_outcome(north):
    for path in pydicom_files():
        result = ingest(path.read_bytes(), facility=north)
        assert result.outcome == Outcome.STORED or result.reason, path.name
    assert Series.objects.count() > 20
