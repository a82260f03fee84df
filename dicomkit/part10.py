"""Reading the header of a DICOM file, tolerant of its writer and bounded in what it can cost.

References
----------
PS3.10 7 (file format), PS3.5 7 (data set), PS3.5 A.5 (deflated explicit little endian)
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pydicom import config as pydicom_config
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import dcmread, read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from dicomkit.errors import DeflateBombError, ExecutablePreambleError, NotDICOMError, UnreadableHeaderError

# Malformed values are kept as they came: an archive that refuses them loses images.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE

PREAMBLE_BYTES = 128
# File Meta Information longer than this is not looked at for its transfer syntax.
_META_LIMIT_BYTES = 2**16
# An element longer than this is not needed for indexing and stays in the file.
_DEFER_BYTES = 2**20
# Bytes that a deflated data set may unfold to.
DEFLATE_LIMIT_BYTES = 512 * 2**20

_VALUE_REPRESENTATIONS = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
)

# First bytes of programs and archives that a computer would run or open in place of the image. TIFF (II*, MM) is
# not among them: a dual TIFF and DICOM file is an intended use of the preamble.
_EXECUTABLE_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xfe\xed\xfa\xce", "a macOS program"),
    (b"\xfe\xed\xfa\xcf", "a macOS program"),
    (b"\xce\xfa\xed\xfe", "a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\xca\xfe\xba\xbe", "a macOS program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"<html", "a web page"),
    (b"<!doc", "a web page"),
    (b"<?xml", "an XML document"),
    (b"<scri", "a web page"),
    (b"%PDF", "a PDF document"),
)


@dataclass(frozen=True)
class Part10Header:
    """The data set of a file up to its pixel data, and how the file is encoded.

    Attributes
    ----------
    dataset
        All elements before Pixel Data; long ones are left unread.
    transfer_syntax_uid
        From the File Meta Information, or what the data set looked like where the file has none.
    pixel_data_offset
        Bytes from the start of the file to the Pixel Data element; None where there is none, or where the data
        set is deflated and has no place of its own in the file.
    """

    dataset: Dataset
    transfer_syntax_uid: str
    pixel_data_offset: int | None


def read_header(file: BinaryIO) -> Part10Header:
    """Read the data set of a file up to its pixel data.

    Parameters
    ----------
    file
        Open for reading and seekable; read from its start.

    Raises
    ------
    NotDICOMError
        The bytes are not a DICOM data set.
    ExecutablePreambleError
        The preamble makes the file a program or a document of another kind as well.
    DeflateBombError
        A deflated data set unfolds to more than the limit.
    UnreadableHeaderError
        The elements cannot be parsed, or sequences are nested too deeply.

    References
    ----------
    PS3.10 7.1
    """
    file.seek(0)
    start = file.read(PREAMBLE_BYTES + 4)
    refuse_executable_preamble(start)
    if len(start) < 8:
        raise NotDICOMError("The file is empty or too short to be DICOM.")
    if start[PREAMBLE_BYTES:] != b"DICM" and not _looks_like_dataset(start):
        raise NotDICOMError("The file is not DICOM: neither the DICM mark nor a data set at its start.")
    file.seek(0)
    declared, meta_end = read_transfer_syntax(file)
    try:
        if declared == DeflatedExplicitVRLittleEndian:
            file.seek(meta_end)
            inflated = BytesIO(inflate(file, limit_bytes=DEFLATE_LIMIT_BYTES))
            dataset = read_dataset(inflated, False, True, stop_when=_at_pixel_data, defer_size=_DEFER_BYTES)
            offset = None
        else:
            file.seek(0)
            dataset = dcmread(file, stop_before_pixels=True, defer_size=_DEFER_BYTES, force=True)
            offset = _offset_of_what_follows(file)
    except RecursionError:
        raise UnreadableHeaderError("Sequences are nested too deeply.") from None
    except (InvalidDicomError, EOFError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError,
            NotImplementedError, struct.error, OverflowError, MemoryError, BytesLengthException) as error:  # fmt: skip
        raise UnreadableHeaderError(f"The header cannot be read ({type(error).__name__}).") from error
    if not len(dataset):
        raise NotDICOMError("The file holds no DICOM elements.")
    return Part10Header(dataset, declared or _syntax_of_encoding(dataset), offset)


def refuse_executable_preamble(start: bytes) -> None:
    """Raise ExecutablePreambleError when a file begins like a program or another kind of document.

    References
    ----------
    PS3.10 7.5 (security considerations of the preamble)
    """
    lowered = start[:8].lower()
    for signature, kind in _EXECUTABLE_SIGNATURES:
        if start.startswith(signature) or (signature.startswith(b"<") and lowered.startswith(signature)):
            raise ExecutablePreambleError(f"The file begins like {kind}; it is not taken as an image.")


def read_transfer_syntax(file: BinaryIO) -> tuple[str, int]:
    """Return the declared Transfer Syntax UID and the offset in bytes at which the data set begins.

    Only the File Meta Information is read. The text is empty where the file has none or does not say.

    References
    ----------
    PS3.10 7.1: File Meta Information is always explicit VR little endian.
    """
    file.seek(0)
    start = file.read(PREAMBLE_BYTES + 4 + _META_LIMIT_BYTES)
    if start[PREAMBLE_BYTES : PREAMBLE_BYTES + 4] != b"DICM":
        return "", 0
    position, syntax = PREAMBLE_BYTES + 4, ""
    while position + 8 <= len(start):
        group, element, vr = struct.unpack_from("<HH2s", start, position)
        if group != 2:
            break
        if vr in (b"OB", b"UN", b"UT", b"OW", b"SQ"):
            (length,), header = struct.unpack_from("<I", start.ljust(position + 12, b"\0"), position + 8), 12
        else:
            (length,), header = struct.unpack_from("<H", start, position + 6), 8
        value = start[position + header : position + header + length]
        if element == 0x0010:
            syntax = value.decode("ascii", "replace").split("\0")[0].strip()
        position += header + length
    return syntax, position


def inflate(file: BinaryIO, *, limit_bytes: int) -> bytes:
    """Return what the rest of a file unfolds to.

    Raises
    ------
    DeflateBombError
        It is more than ``limit_bytes``; no more than that was ever held.

    References
    ----------
    PS3.5 A.5, RFC 1951
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    parts: list[bytes] = []
    total = 0
    while chunk := file.read(2**20):
        try:
            part = inflater.decompress(chunk, limit_bytes - total + 1)
        except zlib.error as error:
            raise UnreadableHeaderError("The deflated data set is damaged.") from error
        total += len(part)
        if total > limit_bytes:
            raise DeflateBombError(f"The deflated data set unfolds to more than {limit_bytes // 2**20} MiB.")
        parts.append(part)
        if inflater.eof:
            break
    return b"".join(parts)


def _at_pixel_data(tag: BaseTag, vr: str | None, length: int) -> bool:
    """Stop before Pixel Data, Float Pixel Data and Double Float Pixel Data."""
    return tag in (0x7FE00008, 0x7FE00009, 0x7FE00010)


def _offset_of_what_follows(file: BinaryIO) -> int | None:
    """Return where reading stopped, when more than the end of the file lies there."""
    offset = file.tell()
    return offset if file.read(1) else None


def _looks_like_dataset(start: bytes) -> bool:
    """Tell whether bytes without a preamble begin like a data set: a low even group, then a VR or a sane length."""
    group_little, _, length = struct.unpack_from("<HHI", start)
    (group_big,) = struct.unpack_from(">H", start)
    if start[4:6] in _VALUE_REPRESENTATIONS:
        return any(0 < group <= 0x0030 and group % 2 == 0 for group in (group_little, group_big))
    return group_little in (0x0002, 0x0008, 0x0010) and 0 < length <= 1024 and length % 2 == 0


def _syntax_of_encoding(dataset: Dataset) -> str:
    """Return the native transfer syntax of a data set that came without File Meta Information."""
    is_implicit, is_little_endian = dataset.original_encoding
    if is_implicit is not False:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if is_little_endian is not False else ExplicitVRBigEndian)
