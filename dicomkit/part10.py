"""Reading the header of a DICOM file, tolerant of its writer and bounded in what it can cost.

References
----------
PS3.10 7 (file format), PS3.5 7 (data set), PS3.5 A.5 (deflated explicit little endian)
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pydicom import config as pydicom_config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from dicomkit.errors import DeflateBombError, NotDICOMError, UnreadableHeaderError
from dicomkit.file_meta import LONG_VALUE_REPRESENTATIONS, START_BYTES, read_start
from dicomkit.malformed import CONVERSION_ERRORS
from dicomkit.transfer_syntax import TransferSyntax

# Malformed values are kept as they came: an archive that refuses them loses images.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE

# Elements longer than this are read one by one, until together they reach the limit: functional groups of an
# enhanced object and colour profiles are long, but what makes a header longer than this is made to exhaust memory.
_LONG_ELEMENT_BYTES = 2**20
LONG_ELEMENTS_LIMIT_BYTES = 64 * 2**20
# Bytes that a deflated data set may unfold to.
DEFLATE_LIMIT_BYTES = 512 * 2**20
FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA, PIXEL_DATA = 0x7FE00008, 0x7FE00009, 0x7FE00010
_PIXEL_DATA_TAGS = frozenset({FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA, PIXEL_DATA})
UNDEFINED_LENGTH = 0xFFFFFFFF


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
class Part10Header:
    """The data set of a file up to its pixel data, and how the file is encoded.

    Attributes
    ----------
    dataset
        The elements before the pixel data, without those that together are longer than anybody needs.
    syntax
        From the File Meta Information, or what the data set looks like where the file does not say.
    stream
        The stream that was passed, or an inflated copy where the data set is deflated.
    pixel_data
        Where the pixel data lies in `stream`; None where there is none.
    """

    dataset: Dataset
    syntax: TransferSyntax
    stream: BinaryIO
    pixel_data: PixelDataElement | None


def read_header(
    file: BinaryIO, *, long_elements_limit_bytes: int = LONG_ELEMENTS_LIMIT_BYTES
) -> Part10Header:
    """Read the data set of a file up to its pixel data.

    Parameters
    ----------
    file
        Open for reading and seekable; read from its start.
    long_elements_limit_bytes
        What elements of more than 1 MiB may take together; those beyond are left out.

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
    syntax, offset = read_start(file.read(START_BYTES))
    file.seek(offset)
    if syntax.deflated:
        file = BytesIO(inflate(file, limit_bytes=DEFLATE_LIMIT_BYTES))
    found: list[tuple[int, int]] = []

    def at_pixel_data(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag in _PIXEL_DATA_TAGS:
            found.append((int(tag), length))
        return bool(found)

    try:
        dataset = read_dataset(
            file,
            syntax.implicit_vr,
            syntax.little_endian,
            stop_when=at_pixel_data,
            defer_size=_LONG_ELEMENT_BYTES,
        )
        pixel_data = _pixel_data_element(file, *found[-1]) if found else None
        _read_long_elements(dataset, file, long_elements_limit_bytes)
    except RecursionError:
        raise UnreadableHeaderError("Sequences are nested too deeply.") from None
    except (*CONVERSION_ERRORS, MemoryError) as error:
        raise UnreadableHeaderError(f"The header cannot be read ({type(error).__name__}).") from error
    if not len(dataset) and pixel_data is None:
        raise NotDICOMError("The file holds no DICOM elements.")
    return Part10Header(dataset, syntax, file, pixel_data)


def _pixel_data_element(file: BinaryIO, tag: int, length_bytes: int) -> PixelDataElement:
    """Look at the element where reading stopped: pydicom may have met another kind of VR than the syntax says."""
    offset = file.tell()
    vr = file.read(8)[4:6]
    if vr in LONG_VALUE_REPRESENTATIONS:
        return PixelDataElement(tag, vr.decode("ascii"), offset + 12, length_bytes)
    return PixelDataElement(tag, "OW", offset + 8, length_bytes)


def _read_long_elements(dataset: Dataset, file: BinaryIO, budget_bytes: int) -> None:
    """Read the elements that were passed over, and leave out those that are cut off or beyond the budget."""
    passed_over = [
        element
        for element in dataset._dict.values()
        if isinstance(element, RawDataElement) and element.value is None and element.length
    ]
    for element in passed_over:
        value = b""
        if element.length <= budget_bytes:
            file.seek(element.value_tell)
            value = file.read(element.length)
            budget_bytes -= len(value)
        if len(value) == element.length:
            dataset._dict[element.tag] = element._replace(value=value)
        else:
            del dataset._dict[element.tag]


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
