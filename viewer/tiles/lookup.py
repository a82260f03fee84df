"""The grey of every packed value, for windows and tables that only the file knows."""

from typing import BinaryIO

from dicomkit.errors import InvalidLookupTableError
from dicomkit.pixels.display import default_inverse
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.lookup import grey_lookup
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.pixels.packing import packing_of
from dicomkit.pixels.voi_lut import read_vois


def grey_table(file: BinaryIO, frame_number: int, voi_index: int) -> bytes:
    """Return the grey of each packed value, 65,536 bytes, inversion of the file included. Only the header is read.

    Raises
    ------
    DicomKitError
        The image has no packed values, or no such window or table.
    """
    with FrameSource.open(file) as source:
        frame_index = frame_number - 1
        vois = read_vois(source.dataset, frame_index=frame_index)
        modality = read_modality_transform(source.dataset, frame_index=frame_index)
        packing = packing_of(source.pixel_format, modality=modality)
        if packing is None or voi_index >= len(vois):
            raise InvalidLookupTableError("The file has no such window or table.")
        inverse = default_inverse(source.dataset, layout=source.pixel_format)
        return grey_lookup(packing, vois[voi_index], inverse=inverse).tobytes()
