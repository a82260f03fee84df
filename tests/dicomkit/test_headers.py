"""A header is read whole where it helps, and no further than anybody needs."""

import struct
from pathlib import Path

import pytest

from dicomkit.part10 import LONG_ELEMENTS_LIMIT_BYTES, read_header
from tests.dicom_samples import image_bytes

MEBIBYTE = 2**20


def file_with_long_element(path: Path, *, length: int, written: int) -> Path:
    """Write an image with a long private element after its first group, mostly a hole in the file."""
    content = image_bytes()
    at = content.index(struct.pack("<HH", 0x0010, 0x0010))
    with path.open("wb") as file:
        file.write(content[:at])
        file.write(struct.pack("<HH2sHI", 0x0009, 0x1001, b"OB", 0, length))
        file.seek(written, 1)
        if written == length:
            file.write(content[at:])
        else:
            file.truncate()
    return path


@pytest.mark.parametrize(
    ("length", "is_read"),
    [(3 * MEBIBYTE, True), (LONG_ELEMENTS_LIMIT_BYTES + 2, False)],
    ids=["long", "absurd"],
)
def test_a_long_element_is_read_within_the_limit(length: int, is_read: bool, tmp_path: Path) -> None:
    path = file_with_long_element(tmp_path / "long", length=length, written=length)

    with path.open("rb") as file:
        header = read_header(file)

    assert ((0x0009, 0x1001) in header.dataset) is is_read
    assert header.dataset.PatientID
    assert header.pixel_data is not None


def test_a_long_element_that_is_cut_off_is_left_out(tmp_path: Path) -> None:
    path = file_with_long_element(tmp_path / "cut", length=3 * MEBIBYTE, written=2 * MEBIBYTE)

    with path.open("rb") as file:
        header = read_header(file)

    assert (0x0009, 0x1001) not in header.dataset
    assert header.pixel_data is None
