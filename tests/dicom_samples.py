"""Small DICOM files with known pixels, as Part 10 bytes, and files that are meant to do harm."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydicom.data
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from dicomkit.synth import StudyAttributes, ramp_dataset
from dicomkit.synth.modules import derived_uid

# PS3.5 7.1.2: their length has four bytes.
_LONG_VRS = frozenset({b"OB", b"OW", b"SQ", b"UN", b"UT"})
STUDY_UID = "1.2.826.0.1.3680043.8.498.1"


def about(number: int = 1, **fields: str) -> StudyAttributes:
    """Return the patient and study of a number; the same number is always the same study of the same patient."""
    defaults = {
        "patient_id": f"P{number}",
        "issuer_of_patient_id": "",
        "patient_name": f"Sample^Number {number}",
        "study_instance_uid": f"{STUDY_UID}.{number}",
        "accession_number": f"A{number}",
        "institution_name": "",
    }
    return StudyAttributes(**{**defaults, **fields})


def image(
    study: StudyAttributes | None = None, *, series: int = 1, number: int = 1, **attributes: Any
) -> Dataset:
    """Return a small grey image; its place in study and series decides its UIDs.

    Parameters
    ----------
    study
        As `about` makes it.
    series, number
        Series Number and Instance Number.
    attributes
        Arguments of `ramp_dataset`, or attributes by keyword; None takes an attribute away.
    """
    study = study or about()
    missing = [keyword for keyword, value in attributes.items() if value is None]
    given = {keyword: value for keyword, value in attributes.items() if value is not None}
    series_uid = derived_uid(study.study_instance_uid, series)
    places = {
        "SeriesInstanceUID": series_uid,
        "SeriesNumber": series,
        "InstanceNumber": number,
        "SOPInstanceUID": derived_uid(series_uid, number),
    }
    dataset = ramp_dataset(**{"rows": 16, "columns": 16, "study": study, **places, **given})
    for keyword in missing:
        delattr(dataset, keyword)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "1.2.3")
    return dataset


def part10(dataset: Dataset) -> bytes:
    """Return the data set as a file."""
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def image_bytes(study: StudyAttributes | None = None, **attributes: Any) -> bytes:
    """Return `image` as a file."""
    return part10(image(study, **attributes))


def without_preamble(file: bytes) -> bytes:
    """Return a file without its preamble and DICM mark."""
    return file[132:]


def without_meta(file: bytes) -> bytes:
    """Return the bare data set of a file with File Meta Information."""
    return file[132:][12 + struct.unpack_from("<I", file, 140)[0] :]


def with_preamble(file: bytes, start: bytes) -> bytes:
    """Return a file whose preamble begins with these bytes."""
    return start.ljust(128, b"\0") + file[128:]


def zip_of(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive of files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return buffer.getvalue()


def element(group: int, number: int, vr: bytes, value: bytes, *, length: int | None = None) -> bytes:
    """Return one element in explicit VR little endian, with a declared length of one's own if given."""
    declared = len(value) if length is None else length
    if vr in _LONG_VRS:
        return struct.pack("<HH2sHI", group, number, vr, 0, declared) + value
    return struct.pack("<HH2sH", group, number, vr, declared) + value


def with_raw_values(file: bytes, values: Mapping[str, tuple[str, bytes]]) -> bytes:
    """Return a file in explicit VR little endian, without sequences, in which attributes have these VRs and bytes.

    The bytes are written as they are, whether their VR allows them or not.
    """
    elements: dict[tuple[int, int], bytes] = {}
    dataset = without_meta(file)
    while dataset:
        group, number, vr, length = struct.unpack_from("<HH2sH", dataset)
        end = 8 + length
        if vr in _LONG_VRS:
            end = 12 + int(struct.unpack_from("<I", dataset, 8)[0])
        elements[group, number], dataset = dataset[:end], dataset[end:]
    for keyword, (vr_text, value) in values.items():
        tag = Tag(keyword)
        padded = value + b" " * (len(value) % 2)
        elements[tag.group, tag.element] = element(tag.group, tag.element, vr_text.encode(), padded)
    return raw_file(b"".join(one for _, one in sorted(elements.items())))


def raw_file(dataset: bytes, *, transfer_syntax_uid: str = "1.2.840.10008.1.2.1") -> bytes:
    """Return a file of these data set bytes."""
    padded = transfer_syntax_uid.encode() + b"\0" * (len(transfer_syntax_uid) % 2)
    syntax = element(2, 0x10, b"UI", padded)
    return b"\0" * 128 + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(syntax))) + syntax + dataset


def deflate_bomb(unfolded_bytes: int) -> bytes:
    """Return a small file whose deflated data set unfolds to so many bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = element(8, 0x16, b"UI", b"1.2.3.4\0")
    packed = packer.compress(start + element(9, 0x10, b"OB", b"", length=unfolded_bytes))
    zeros = bytes(2**20)
    for _ in range(unfolded_bytes // len(zeros)):
        packed += packer.compress(zeros)
    return raw_file(packed + packer.flush(), transfer_syntax_uid=str(DeflatedExplicitVRLittleEndian))


def nested_sequences(depth: int) -> bytes:
    """Return a file whose sequences of undefined length lie so deep in each other."""
    opening = struct.pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF)
    opening += struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    closing = struct.pack("<HHI", 0xFFFE, 0xE00D, 0) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    identity = without_meta(image_bytes(about(77)))
    return raw_file(identity[: identity.index(b"\x28\x00\x02\x00US")] + opening * depth + closing * depth)


def pydicom_file(name: str) -> Path:
    """Return the path of one of the files that pydicom brings along."""
    return next(path for path in pydicom_files() if path.name == name)


def pydicom_files() -> list[Path]:
    """Return the files that pydicom brings along in its own package, in a stable order."""
    root = Path(str(pydicom.data.__file__)).parent
    return sorted(path for path in root.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"})
