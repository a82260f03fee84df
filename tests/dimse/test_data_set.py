"""A data set on its way in: bounded in memory and on the disk, and as a file of Part 10 afterwards."""

import io
import os
from pathlib import Path

import pytest
from pydicom.filereader import dcmread
from pydicom.uid import ExplicitVRLittleEndian

from archive.exceptions import InstanceTooLargeError, StorageFullError
from dimse.data_set import MEMORY_BYTES, ReceivedDataSet, as_part10, sop_uids
from dimse.exceptions import UnidentifiedDataSetError
from tests.dimse.scu import ct_slice, encoded


def data_set(
    folder: Path, content: bytes = b"", *, limit_bytes: int = 2**30, min_free_bytes: int = 0
) -> ReceivedDataSet:
    made = ReceivedDataSet(folder=folder, limit_bytes=limit_bytes, min_free_bytes=min_free_bytes)
    for start in range(0, len(content), 100_000):
        made.write(content[start : start + 100_000])
    return made


def open_files_in(folder: Path) -> list[int]:
    """Return the sizes of the files in a folder that this process holds open, those without a name too."""
    sizes = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith(str(folder)):
            sizes.append(descriptor.stat().st_size)
    return sizes


@pytest.mark.parametrize("size", [0, 1, MEMORY_BYTES, MEMORY_BYTES + 1, 3 * MEMORY_BYTES + 7])
def test_what_was_written_is_read_back(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)

    with data_set(tmp_path, content) as received:
        assert received.contents().read() == content
        assert len(open_files_in(tmp_path)) == (1 if size > MEMORY_BYTES else 0)

    assert list(tmp_path.iterdir()) == []
    assert open_files_in(tmp_path) == []


def test_more_than_the_limit_is_dropped_at_once(tmp_path: Path) -> None:
    with data_set(tmp_path, bytes(5 * MEMORY_BYTES), limit_bytes=2 * MEMORY_BYTES) as received:
        assert isinstance(received.failure, InstanceTooLargeError)
        assert received.size_bytes == 5 * MEMORY_BYTES
        assert open_files_in(tmp_path) == []
        assert received.contents().read() == b""


def test_nothing_large_is_taken_when_the_disk_is_almost_full(tmp_path: Path) -> None:
    with data_set(tmp_path, bytes(2 * MEMORY_BYTES), min_free_bytes=2**62) as received:
        assert isinstance(received.failure, StorageFullError)
        assert open_files_in(tmp_path) == []


def test_the_file_holds_what_identifies_the_object_and_the_senders_bytes(tmp_path: Path) -> None:
    image = ct_slice()
    content = encoded(image)

    with (
        data_set(tmp_path, content) as received,
        as_part10(
            received,
            sop_class_uid=image.SOPClassUID,
            sop_instance_uid=image.SOPInstanceUID,
            transfer_syntax_uid=ExplicitVRLittleEndian,
        ) as source,
    ):
        file = source.read()

    meta = dcmread(io.BytesIO(file)).file_meta
    assert file.endswith(content)
    assert [element.keyword for element in meta] == [
        "FileMetaInformationGroupLength",
        "FileMetaInformationVersion",
        "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID",
        "TransferSyntaxUID",
        "ImplementationClassUID",
    ]
    assert len(file) == 128 + 4 + 12 + meta.FileMetaInformationGroupLength + len(content)


def test_the_identifiers_are_read_from_the_start_of_a_large_data_set(tmp_path: Path) -> None:
    image = ct_slice(side=1024)

    with data_set(tmp_path, encoded(image)) as received:
        assert sop_uids(received, transfer_syntax_uid=ExplicitVRLittleEndian) == (
            image.SOPClassUID,
            image.SOPInstanceUID,
        )


@pytest.mark.parametrize(
    "content",
    [b"", b"\x08\x00", b"\xff" * 200, b"\x08\x00\x16\x00UI\xff\xff", b"\x08\x00\x00\x00SQ\x00\x00\xff\xff\xff\xff" * 900],
    ids=["nothing", "half a tag", "noise", "false length", "nested"],
)  # fmt: skip
def test_a_start_that_cannot_be_read_identifies_nothing(tmp_path: Path, content: bytes) -> None:
    with data_set(tmp_path, content) as received, pytest.raises(UnidentifiedDataSetError):
        sop_uids(received, transfer_syntax_uid=ExplicitVRLittleEndian)
