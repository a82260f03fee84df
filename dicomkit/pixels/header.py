"""Read the attributes before the pixel data, and where the pixel data begins, from any seekable stream.

References
----------
PS3.10 section 7 (preamble, File Meta Information); PS3.5 section 7 and annex A.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from dicomkit.errors import DicomKitError, InvalidDicomError, PixelFloodError
from dicomkit.transfer_syntax import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    TransferSyntax,
    transfer_syntax,
)

PIXEL_DATA_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
UNDEFINED_LENGTH = 0xFFFFFFFF
MAX_INFLATED_BYTES = 2 * 1024**3

# PS3.5 7.1.2: these value representations have two reserved bytes and a 32-bit length.
_LONG_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
_TRANSFER_SYNTAX_UID = 0x00020010


@dataclass(frozen=True, slots=True)
class PixelDataElement:
    """Where Pixel Data, Float Pixel Data or Double Float Pixel Data lies in the stream.

    `length_bytes` is `UNDEFINED_LENGTH` for encapsulated data; `offset` is that of the first byte of the value.
    """

    tag: int
    vr: str
    offset: int
    length_bytes: int


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """Attributes before the pixel data, the transfer syntax, and the stream that holds the pixel data.

    `stream` is the stream that was passed, or an inflated copy for a deflated transfer syntax.
    """

    dataset: Dataset
    syntax: TransferSyntax
    stream: BinaryIO
    pixel_data: PixelDataElement | None


def read_image_header(stream: BinaryIO) -> ImageHeader:
    """Read a header tolerantly: the preamble, and the File Meta Information, may be missing.

    Parameters
    ----------
    stream
        Seekable binary stream at any position; read from its beginning.

    Raises
    ------
    InvalidDicomError
        When the bytes are not a DICOM data set.
    PixelFloodError
        When a deflated data set inflates to more than `MAX_INFLATED_BYTES`.

    References
    ----------
    PS3.10 7.1; PS3.5 A.5 (deflated).
    """
    stream.seek(0)
    head = stream.read(132 + 8)
    start = 132 if head[128:132] == b"DICM" else 0
    syntax, offset = _read_file_meta(stream, start)
    if syntax is None:
        syntax = _guess_syntax(stream, offset)
    if syntax.deflated:
        stream, offset = _inflate(stream, offset), 0
    return _read_attributes(stream, offset, syntax)


def _read_file_meta(stream: BinaryIO, start: int) -> tuple[TransferSyntax | None, int]:
    """Walk the group 2 elements; return the transfer syntax, if written, and where the data set begins."""
    stream.seek(start)
    syntax = None
    while True:
        offset = stream.tell()
        head = stream.read(8)
        if len(head) < 8 or head[:2] != b"\x02\x00":
            return syntax, offset
        element, vr, length = struct.unpack("<H2sH", head[2:])
        if vr.decode("ascii", "replace") in _LONG_VRS:
            (length,) = struct.unpack("<I", _read_exactly(stream, 4))
        elif not vr.isalpha():
            # Some writers encode the File Meta Information in implicit VR against PS3.10 7.1.
            (length,) = struct.unpack("<I", head[4:])
        value = _read_exactly(stream, length)
        if 0x00020000 | element == _TRANSFER_SYNTAX_UID:
            syntax = transfer_syntax(value.rstrip(b"\0 ").decode("ascii", "replace"))


def _read_exactly(stream: BinaryIO, length: int) -> bytes:
    if length > 1 << 20:
        raise InvalidDicomError("an element of the File Meta Information is implausibly long")
    data = stream.read(length)
    if len(data) < length:
        raise InvalidDicomError("the File Meta Information is cut off")
    return data


def _guess_syntax(stream: BinaryIO, offset: int) -> TransferSyntax:
    """Choose the native syntax that the first element of the data set is written in."""
    stream.seek(offset)
    head = stream.read(8)
    if len(head) < 8:
        raise InvalidDicomError("there is no data set")
    group_little, group_big = struct.unpack("<H", head[:2])[0], struct.unpack(">H", head[:2])[0]
    if not head[4:6].isalpha() or not head[4:6].isupper():
        syntax, group = IMPLICIT_VR_LITTLE_ENDIAN, group_little
    elif group_little > group_big:
        syntax, group = EXPLICIT_VR_BIG_ENDIAN, group_big
    else:
        syntax, group = EXPLICIT_VR_LITTLE_ENDIAN, group_little
    # A data set begins with the identifying groups; anything else is another kind of file.
    if group not in (0x0004, 0x0008):
        raise InvalidDicomError("the bytes do not begin like a DICOM data set")
    return syntax


def _inflate(stream: BinaryIO, offset: int) -> BinaryIO:
    stream.seek(offset)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(stream.read(), MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise InvalidDicomError("the deflated data set is damaged") from error
    if inflater.unconsumed_tail:
        raise PixelFloodError("the deflated data set inflates to more than is allowed")
    return BytesIO(data)


def _read_attributes(stream: BinaryIO, offset: int, syntax: TransferSyntax) -> ImageHeader:
    found: list[tuple[int, str, int]] = []

    def stop_when(tag: int, vr: str | None, length: int) -> bool:
        if tag in PIXEL_DATA_TAGS:
            found.append((int(tag), vr or "OW", length))
            return True
        return False

    stream.seek(offset)
    try:
        dataset = read_dataset(stream, syntax.implicit_vr, syntax.little_endian, stop_when=stop_when)
    except DicomKitError:
        raise
    except (EOFError, OSError, ValueError, NotImplementedError, KeyError, TypeError, struct.error) as error:
        raise InvalidDicomError("the data set cannot be parsed") from error
    if not found:
        return ImageHeader(dataset, syntax, stream, None)
    tag, vr, length = found[-1]
    # pydicom may have met the other kind of VR than the transfer syntax says; the stream stands at the tag.
    stream_offset = stream.tell()
    tag_head = stream.read(8)
    explicit = tag_head[4:6].isalpha() and tag_head[4:6].isupper()
    value_offset = stream_offset + (12 if explicit else 8)
    return ImageHeader(dataset, syntax, stream, PixelDataElement(tag, vr, value_offset, length))
