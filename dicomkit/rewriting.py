"""Write a stored file again with another header, its pixel data byte for byte as they are.

References
----------
PS3.10 7.1 (File Meta Information), PS3.5 A.5 (a deflated file is written inflated)
"""

import shutil
from collections.abc import Callable
from typing import BinaryIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.filewriter import dcmwrite
from pydicom.tag import BaseTag
from pydicom.uid import UID

from dicomkit.file_meta import START_BYTES, read_start
from dicomkit.malformed import refuse_malformed_values
from dicomkit.part10 import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA, read_header
from dicomkit.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN

_PIXELS = frozenset({FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA, PIXEL_DATA})
_COPY_BYTES = 2**20


def rewrite(source: BinaryIO, target: BinaryIO, change: Callable[[Dataset], Dataset]) -> None:
    """Write a file with its data set changed.

    Parameters
    ----------
    source
        The file; it is only read.
    target
        Takes the new file from its present position on.
    change
        Gets the whole data set up to the pixel data, elements of any length among them, and returns the new one.

    Raises
    ------
    DicomKitError
        The source cannot be read, or holds a value that cannot be written.
    """
    header = read_header(source)
    stream, syntax = header.stream, header.syntax
    with refuse_malformed_values():
        stream.seek(0 if syntax.deflated else _data_set_offset(source))
        whole = read_dataset(stream, syntax.implicit_vr, syntax.little_endian, stop_when=_is_pixels)
        pixels_at = stream.tell()
        changed = change(whole)
        changed.file_meta = FileMetaDataset()
        changed.file_meta.MediaStorageSOPClassUID = UID(str(changed.SOPClassUID))
        changed.file_meta.MediaStorageSOPInstanceUID = UID(str(changed.SOPInstanceUID))
        written_in = EXPLICIT_VR_LITTLE_ENDIAN if syntax.deflated else syntax
        changed.file_meta.TransferSyntaxUID = UID(written_in.uid)
        dcmwrite(target, changed, enforce_file_format=True)
    if header.pixel_data is not None:
        stream.seek(pixels_at)
        shutil.copyfileobj(stream, target, _COPY_BYTES)


def _data_set_offset(source: BinaryIO) -> int:
    source.seek(0)
    return read_start(source.read(START_BYTES))[1]


def _is_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
    return tag in _PIXELS
