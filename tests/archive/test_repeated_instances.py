"""The same instance written by another toolkit is a duplicate; the least other content is a conflict."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import dcmread  # noqa: TID251 -- the files are of this test's own making
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from accounts.models import Facility
from archive.models import ArrivalConflict, Blob, Instance
from archive.services.received import Outcome
from archive.storage import blob_store
from archive.storage.keys import blob_path
from audit.models import AuditEvent
from tests.dicom_samples import image, part10, without_meta, without_preamble
from tests.factories import ingest

pytestmark = pytest.mark.django_db

Rewrite = Callable[[bytes], bytes]


def original() -> bytes:
    """Return an image with a sequence, so that there are lengths to write in two ways."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "CHEST", "99TEST", "Chest"
    return part10(image(AnatomicRegionSequence=Sequence([item])))


def rewritten(content: bytes, change: Callable[[Dataset], None], **encoding: bool) -> bytes:
    """Return a file read, changed and written again."""
    dataset = dcmread(io.BytesIO(content))
    change(dataset)
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True, **encoding)
    return buffer.getvalue()


def _by_another_sender(content: bytes) -> bytes:
    def change(dataset: Dataset) -> None:
        dataset.file_meta.SourceApplicationEntityTitle = "CT2"
        dataset.file_meta.ImplementationVersionName = "OTHER 9.9"

    return rewritten(content, change)


def _in_implicit_vr(content: bytes) -> bytes:
    def change(dataset: Dataset) -> None:
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian

    return rewritten(content, change, implicit_vr=True)


def _with_lengths_of_groups_and_undefined_sequences(content: bytes) -> bytes:
    def change(dataset: Dataset) -> None:
        dataset.add_new(0x00080000, "UL", 4711)
        dataset["AnatomicRegionSequence"].is_undefined_length = True
        dataset.AnatomicRegionSequence[0].is_undefined_length_sequence_item = True

    return rewritten(content, change)


def _without_file_meta(content: bytes) -> bytes:
    return without_meta(content)


def _without_preamble(content: bytes) -> bytes:
    return without_preamble(content)


@pytest.mark.parametrize(
    "rewrite",
    [
        _by_another_sender,
        _in_implicit_vr,
        _with_lengths_of_groups_and_undefined_sequences,
        _without_file_meta,
        _without_preamble,
    ],
)
def test_the_same_instance_in_other_bytes_is_a_duplicate(
    rewrite: Rewrite, north: Facility, blob_folder: Path
) -> None:
    first = original()
    again = rewrite(first)
    ingest(first, facility=north)

    result = ingest(again, facility=north)

    assert again != first
    assert result.outcome == Outcome.DUPLICATE
    assert list(blob_store().iter_keys()) == [Blob.objects.get().sha256]
    assert not AuditEvent.objects.filter(event_type="security_alert").exists()


def _with_another_pixel(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


def _with_another_value_in_a_sequence(content: bytes) -> bytes:
    def change(dataset: Dataset) -> None:
        dataset.AnatomicRegionSequence[0].CodeMeaning = "Thorax"

    return rewritten(content, change)


def _with_one_attribute_more(content: bytes) -> bytes:
    def change(dataset: Dataset) -> None:
        dataset.ImageComments = "looked at"

    return rewritten(content, change)


def _without_pixels(content: bytes) -> bytes:
    def change(dataset: Dataset) -> None:
        del dataset.PixelData

    return rewritten(content, change)


def _compressed(content: bytes) -> bytes:
    dataset = dcmread(io.BytesIO(content))
    dataset.compress(RLELossless, generate_instance_uid=False)
    return part10(dataset)


@pytest.mark.parametrize(
    "rewrite",
    [
        _with_another_pixel,
        _with_another_value_in_a_sequence,
        _with_one_attribute_more,
        _without_pixels,
        _compressed,
    ],
)
def test_other_content_is_kept_aside(rewrite: Rewrite, north: Facility) -> None:
    first = original()
    ingest(first, facility=north)

    result = ingest(rewrite(first), facility=north)

    assert result.outcome == Outcome.CONFLICT
    assert ArrivalConflict.objects.get().kind == ArrivalConflict.Kind.CONTENT
    assert Instance.objects.get().transfer_syntax_uid == ExplicitVRLittleEndian


def test_what_cannot_be_compared_is_kept_and_not_dropped(north: Facility, blob_folder: Path) -> None:
    first = original()
    ingest(first, facility=north)
    (blob_folder / blob_path(Blob.objects.get().sha256)).unlink()

    result = ingest(_by_another_sender(first), facility=north)

    assert result.outcome == Outcome.CONFLICT
    assert len(list(blob_store().iter_keys())) == 1
