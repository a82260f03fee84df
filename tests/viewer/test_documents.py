"""Documents of a study: who may see them, what they answer, and what leaves only with a record."""

from collections.abc import Callable

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.uid import (
    EncapsulatedCDAStorage,
    EncapsulatedPDFStorage,
    GeneralAudioWaveformStorage,
    RawDataStorage,
)

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Instance
from audit.models import AuditEvent, Outcome
from audit.vocabulary import EventType
from dicomkit.synth.documents import pdf_dataset, pdf_of, report_dataset
from dicomkit.synth.waveforms import ecg_dataset
from dicomkit.waveform import read_samples
from tests.dicom_samples import about, image
from tests.factories import store
from tests.people import person
from viewer.documents.request import DocumentPart, DocumentRequest
from viewer.services import read_requested_document

pytestmark = pytest.mark.django_db

PAGES = [["Report", "Nothing unusual."]]
STUDY = about(1)


@pytest.fixture
def ct() -> Dataset:
    return image(STUDY, Modality="CT")


@pytest.fixture
def documents(north: Facility, ct: Dataset) -> dict[str, Dataset]:
    """A CT image, and of its study a report, a PDF and an ECG."""
    made = {
        "report": report_dataset(STUDY, [ct], diameter_mm=9, series_number=301),
        "pdf": pdf_dataset(STUDY, PAGES, series_number=302),
        "waveform": ecg_dataset(STUDY, series_number=303),
    }
    store(ct, *made.values(), facility=north)
    return made


def address(dataset: Dataset, name: str) -> str:
    """Return the address of a part of a document."""
    return f"/viewer/documents/{dataset.SOPInstanceUID}/{name}"


def read(dataset: Dataset, part: DocumentPart, group_index: int = 0, chunk_index: int = 0) -> None:
    """Do what a worker does for a part of a document."""
    sha256 = Instance.objects.get(sop_instance_uid=dataset.SOPInstanceUID).blob.sha256
    read_requested_document(DocumentRequest(sha256, part, group_index, chunk_index))


def records(event_type: EventType) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event_type=event_type).order_by("pk"))


ADDRESSES = [
    ("report", "report.json"),
    ("pdf", "document.pdf"),
    ("pdf", "file"),
    ("waveform", "waveform.json"),
    ("waveform", "waveform/1/0.bin"),
]


def test_the_manifest_tells_what_kind_each_document_is(documents: dict[str, Dataset], reader: Client) -> None:
    body = reader.get(f"/viewer/studies/{STUDY.study_instance_uid}/manifest.json").json()

    assert len(body["series"]) == 1
    assert [(one["sop_instance_uid"], one["kind"]) for one in body["other"]] == [
        (documents[kind].SOPInstanceUID, kind) for kind in ("report", "pdf", "waveform")
    ]
    assert [bool(one["file_url"]) for one in body["other"]] == [False, True, False]


def test_a_series_of_images_and_documents_is_listed_as_both(
    north: Facility, reader: Client, ct: Dataset
) -> None:
    ecg = ecg_dataset(STUDY, series_number=2)
    ecg.SeriesInstanceUID, ecg.Modality = ct.SeriesInstanceUID, ct.Modality
    store(ct, ecg, facility=north)

    body = reader.get(f"/viewer/studies/{STUDY.study_instance_uid}/manifest.json").json()

    assert [len(one["images"]) for one in body["series"]] == [1]
    assert [one["sop_instance_uid"] for one in body["other"]] == [ecg.SOPInstanceUID]


@pytest.mark.parametrize(
    ("sop_class_uid", "kind", "said"),
    [
        (EncapsulatedCDAStorage, "file", "HL7 CDA"),
        (GeneralAudioWaveformStorage, "file", "recorded sound"),
        (RawDataStorage, "", ""),
    ],
)
def test_what_is_not_shown_is_told_in_a_sentence(
    north: Facility, reader: Client, sop_class_uid: str, kind: str, said: str
) -> None:
    dataset = pdf_dataset(STUDY, PAGES, series_number=302)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class_uid
    store(dataset, facility=north)

    (other,) = reader.get(f"/viewer/studies/{STUDY.study_instance_uid}/manifest.json").json()["other"]

    assert other["kind"] == kind
    assert said in other["sentence"]


def test_a_report_is_read_by_a_worker_and_then_comes_as_a_tree(
    documents: dict[str, Dataset], reader: Client
) -> None:
    at = address(documents["report"], "report.json")
    assert reader.get(at).status_code == 202

    read(documents["report"], DocumentPart.REPORT)
    answer = reader.get(at)

    assert answer.status_code == 200
    assert answer.json()["title"] == "Diagnostic imaging report"
    assert reader.get(at, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_samples_come_as_the_very_numbers_of_the_file(documents: dict[str, Dataset], reader: Client) -> None:
    read(documents["waveform"], DocumentPart.WAVEFORM)
    read(documents["waveform"], DocumentPart.SAMPLES)

    described = reader.get(address(documents["waveform"], "waveform.json")).json()
    body = reader.get(address(documents["waveform"], "waveform/1/0.bin")).content

    assert [one["lead"] for one in described["groups"][0]["channels"]][:3] == ["I", "II", "III"]
    samples = np.frombuffer(body[16:], "<i2").reshape(12, 5000)
    np.testing.assert_array_equal(samples, read_samples(documents["waveform"], 0, 0))


def test_samples_that_there_are_not_are_told_in_a_sentence(
    documents: dict[str, Dataset], reader: Client
) -> None:
    read(documents["waveform"], DocumentPart.SAMPLES, 4, 0)

    answer = reader.get(address(documents["waveform"], "waveform/5/0.bin"))

    assert (answer.status_code, answer.json()["detail"]) == (422, "The waveform has no such group.")
    assert reader.get(address(documents["waveform"], "waveform/0/0.bin")).status_code == 404


def test_a_pdf_is_served_as_it_is_and_can_do_nothing_by_itself(
    documents: dict[str, Dataset], reader: Client
) -> None:
    answer = reader.get(address(documents["pdf"], "document.pdf"))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content == pdf_of(PAGES)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_what_only_claims_to_be_a_pdf_is_refused(north: Facility, reader: Client) -> None:
    dataset = pdf_dataset(STUDY, PAGES, series_number=302)
    dataset.EncapsulatedDocument = b"<html><script>alert(1)</script></html>"
    store(dataset, facility=north)

    answer = reader.get(address(dataset, "document.pdf"))

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_opening_a_document_is_recorded_once_as_the_opening_of_its_study(
    documents: dict[str, Dataset], reader: Client, radiologist: User
) -> None:
    for kind, name in ADDRESSES:
        if name != "file":
            reader.get(address(documents[kind], name))

    (record,) = records(EventType.STUDY_OPENED)
    assert record.study_instance_uid == STUDY.study_instance_uid
    assert record.actor_identifier == radiologist.username


@pytest.mark.parametrize(("kind", "name"), ADDRESSES, ids=lambda value: str(value))
def test_documents_of_another_facility_do_not_exist_for_a_reader(
    documents: dict[str, Dataset], log_in: Callable[[User], Client], kind: str, name: str
) -> None:
    read(documents["report"], DocumentPart.REPORT)
    read(documents["waveform"], DocumentPart.WAVEFORM)
    read(documents["waveform"], DocumentPart.SAMPLES)
    stranger = log_in(person("stranger", Role.RADIOLOGIST, at="SOUTH"))

    assert stranger.get(address(documents[kind], name)).status_code == 404


@pytest.mark.parametrize(("kind", "name"), ADDRESSES, ids=lambda value: str(value))
def test_nobody_reads_a_document_without_logging_in(
    documents: dict[str, Dataset], client: Client, kind: str, name: str
) -> None:
    answer: HttpResponse = client.get(address(documents[kind], name))

    assert answer.status_code in {302, 401, 403}


def test_a_file_is_taken_only_with_a_record(
    documents: dict[str, Dataset], reader: Client, log_in: Callable[[User], Client]
) -> None:
    answer = reader.get(address(documents["pdf"], "file"))

    assert answer.content == pdf_of(PAGES)
    assert answer["Content-Disposition"] == 'attachment; filename="document.pdf"'
    assert answer["Content-Type"] == "application/octet-stream"
    (record,) = records(EventType.STUDY_EXPORTED)
    assert record.study_instance_uid == STUDY.study_instance_uid
    assert record.details["sop_instance_uid"] == documents["pdf"].SOPInstanceUID


def test_who_may_see_but_not_download_takes_no_file(
    documents: dict[str, Dataset], log_in: Callable[[User], Client]
) -> None:
    technologist = log_in(person("technologist", Role.TECHNOLOGIST))

    assert technologist.get(address(documents["pdf"], "document.pdf")).status_code == 200
    assert technologist.get(address(documents["pdf"], "file")).status_code == 403
    assert [record.outcome for record in records(EventType.STUDY_EXPORTED)] == [Outcome.MINOR_FAILURE]


def test_a_file_of_an_object_without_one_is_refused(documents: dict[str, Dataset], reader: Client) -> None:
    assert documents["pdf"].SOPClassUID == EncapsulatedPDFStorage
    assert reader.get(address(documents["report"], "file")).status_code == 422
