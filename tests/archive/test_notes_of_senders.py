"""Rejection notes that arrive: their images are hidden and kept, before or after they came, and come back by undo."""

import io
from collections.abc import Sequence

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from accounts.models import Facility, User
from archive.access import visible_studies
from archive.models import AwaitedRejection, Correction, Instance, Series
from archive.services.corrections.carrying_out import undo
from archive.services.received import Outcome
from audit.models import AuditEvent
from tests.archive.correcting import everything, file_of, images_of, study, two_studies
from tests.dicom_samples import about, part10
from tests.factories import arrival, ingest
from worklist.services.reading import claim, sign
from worklist.services.taking_in import take_in
from worklist.states import ReadingAction

pytestmark = pytest.mark.django_db

KEY_OBJECT = "1.2.840.10008.5.1.4.1.1.88.59"
NOTE = "1.2.826.0.1.3680043.8.498.77"


def uid_of(content: bytes) -> str:
    """Return the UID that a file says."""
    return str(pydicom.dcmread(io.BytesIO(content)).SOPInstanceUID)  # noqa: TID251 -- the judge


def code(value: str, meaning: str) -> Dataset:
    """Return the item of a code."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def note(
    uids: Sequence[str],
    *,
    title: str = "113001",
    number: int = 1,
    modifier: str = "",
    frames: Sequence[int] = (),
) -> bytes:
    """Return a rejection note as a modality writes it."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = KEY_OBJECT
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{NOTE}.{number}"
    dataset.SeriesInstanceUID, dataset.Modality = f"{NOTE}.900", "KO"
    dataset.StudyInstanceUID, dataset.PatientID = about(1).study_instance_uid, "P1"
    dataset.PatientName, dataset.AccessionNumber = "Sample^Number 1", "A1"
    dataset.ConceptNameCodeSequence = [code(title, "Rejected")]
    dataset.ValueType = "CONTAINER"
    content = []
    if modifier:
        item = Dataset()
        item.ValueType, item.RelationshipType = "CODE", "HAS CONCEPT MOD"
        item.ConceptNameCodeSequence = [code("113011", "Document Title Modifier")]
        item.ConceptCodeSequence = [code(modifier, "Reason")]
        content.append(item)
    for uid in uids:
        reference = Dataset()
        reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", uid
        if frames:
            reference.ReferencedFrameNumber = list(frames)
        item = Dataset()
        item.ValueType, item.RelationshipType = "IMAGE", "CONTAINS"
        item.ReferencedSOPSequence = [reference]
        content.append(item)
    dataset.ContentSequence = content
    return part10(dataset)


@pytest.mark.parametrize("title", ["113001", "113037", "113038", "113039"])
def test_what_a_note_names_is_hidden_with_the_note_and_kept(north: Facility, title: str) -> None:
    one, _ = two_studies(north)
    first, *others = images_of(one)

    assert ingest(note([first], title=title), facility=north).outcome == Outcome.STORED

    now = study(1)
    assert images_of(now) == others
    assert (now.number_of_study_related_instances, now.number_of_study_related_series) == (2, 2)
    assert Instance.kept.filter(series__study=now).count() == 4
    assert Correction.objects.get().reason_code == title


def test_the_note_is_on_record_as_its_senders_with_the_reason_of_quality(north: Facility) -> None:
    one, _ = two_studies(north)

    session = arrival(facility=north)
    ingest(note(images_of(one)[:1], modifier="111210"), facility=north, session=session)

    correction = Correction.objects.get()
    assert (correction.author, correction.author_name) == (None, session.actor.identifier)
    assert correction.reason_code == "111210"
    event = AuditEvent.objects.get(event_type="study_edited")
    assert event.actor_identifier == session.actor.identifier
    assert event.study_instance_uid == one.study_instance_uid


def test_the_department_takes_a_senders_rejection_back(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    before = everything()
    ingest(note(images_of(one)), facility=north)
    assert not visible_studies(technologist).filter(pk=one.pk).exists()

    undo(correction=Correction.objects.get(), user=technologist, reason="they are good")

    after = everything()
    # The note itself is a key object like any other then.
    assert len(images_of(study(1))) == 4
    assert [row["rejection_id"] for row in after["Instance"]] == [None] * (len(before["Instance"]) + 1)


def test_an_image_that_was_rejected_before_it_came_is_hidden_from_the_start(
    north: Facility, technologist: User
) -> None:
    uid = uid_of(file_of(1, series=1, number=1))
    ingest(note([uid]), facility=north)

    assert ingest(file_of(1, series=1, number=1), facility=north).outcome == Outcome.STORED
    ingest(file_of(1, series=1, number=2), facility=north)

    now = study(1)
    assert len(images_of(now)) == now.number_of_study_related_instances == 1
    assert Instance.kept.get(sop_instance_uid=uid).rejection == Correction.objects.get()
    undo(correction=Correction.objects.get(), user=technologist)
    assert uid in images_of(study(1))
    assert not Instance.kept.filter(rejection__isnull=False).exists()


def test_a_study_of_which_all_was_rejected_before_it_came_is_not_listed(
    north: Facility, technologist: User
) -> None:
    content = file_of(1, series=1, number=1)
    ingest(note([uid_of(content)]), facility=north)

    ingest(content, facility=north)

    assert not visible_studies(technologist).exists()
    assert not Series.objects.filter(is_withdrawn=False).exists()


def test_after_undoing_later_images_are_shown(north: Facility, technologist: User) -> None:
    content = file_of(1, series=1, number=1)
    ingest(note([uid_of(content)]), facility=north)
    undo(correction=Correction.objects.get(), user=technologist)

    ingest(content, facility=north)

    assert uid_of(content) in images_of(study(1))


def test_what_comes_again_after_its_retention_expired_is_new_and_shown(north: Facility) -> None:
    one, _ = two_studies(north)
    first, *_ = images_of(one)
    ingest(note([first], title="113039"), facility=north)
    assert first not in images_of(study(1))

    ingest(file_of(1, series=1, number=1), facility=north)

    now = study(1)
    assert first in images_of(now)
    assert now.number_of_study_related_instances == 3
    assert not AwaitedRejection.objects.exists()


def test_what_comes_again_after_another_reason_stays_hidden(north: Facility) -> None:
    one, _ = two_studies(north)
    first, *_ = images_of(one)
    ingest(note([first], title="113037"), facility=north)

    ingest(file_of(1, series=1, number=1), facility=north)

    assert first not in images_of(study(1))


def test_a_note_rejects_nothing_of_another_facility(north: Facility, south: Facility) -> None:
    one, _ = two_studies(south)

    kept_aside = ingest(note(images_of(one)), facility=north)
    assert kept_aside.outcome == Outcome.CONFLICT
    assert len(images_of(study(1))) == 3
    assert not Correction.objects.exists()


def test_a_note_in_a_study_of_its_own_rejects_nothing_of_another_facility(
    north: Facility, south: Facility
) -> None:
    two_studies(south)
    elsewhere = images_of(study(2))
    # The note's own study is north's; what it names lies at south.
    dataset_note = note(elsewhere)
    moved = dataset_note.replace(about(1).study_instance_uid.encode(), about(9).study_instance_uid.encode())
    assert ingest(moved, facility=north).outcome == Outcome.STORED

    assert images_of(study(2)) == elsewhere
    assert not Instance.kept.filter(sop_instance_uid__in=elsewhere, rejection__isnull=False).exists()


def test_single_frames_are_not_taken_for_whole_instances(north: Facility) -> None:
    one, _ = two_studies(north)

    ingest(note(images_of(one)[:1], frames=[2]), facility=north)

    assert len([uid for uid in images_of(study(1)) if not uid.startswith(NOTE)]) == 3


def test_a_key_object_that_rejects_nothing_stays_what_it_is(north: Facility) -> None:
    one, _ = two_studies(north)

    ingest(note(images_of(one)[:1], title="113000"), facility=north)

    assert len(images_of(study(1))) == 4
    assert not Correction.objects.exists()


def test_after_a_final_report_a_note_hides_nothing_and_that_is_on_record(
    north: Facility, radiologist: User
) -> None:
    one, _ = two_studies(north)
    take_in(one.study_instance_uid)
    claim(study=study(1), user=radiologist)
    sign(study=study(1), user=radiologist, action=ReadingAction.SIGN_FINAL)

    assert ingest(note(images_of(one)), facility=north).outcome == Outcome.STORED

    assert set(images_of(one)) <= set(images_of(study(1)))
    assert AuditEvent.objects.filter(event_type="study_edited").exclude(outcome=0).exists()


def test_a_note_that_is_sent_twice_is_honoured_once(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    rejecting = note(images_of(one)[:1])
    ingest(rejecting, facility=north)
    undo(correction=Correction.objects.get(), user=technologist)

    assert ingest(rejecting, facility=north).outcome == Outcome.DUPLICATE

    assert images_of(one)[0] in images_of(study(1))
