"""Grey images of which the upper values are colours: maps of perfusion or flow over anatomy.

References
----------
PS3.3 C.7.6.23 (Supplemental Palette Color Lookup Table), C.8.16.2.1.1.1 (Pixel Presentation).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidLookupTableError
from dicomkit.functional_groups import first_item
from dicomkit.pixels.colour_profile import read_colour_profile, to_screen_colours
from dicomkit.pixels.numbers import floats
from dicomkit.pixels.palette import apply_palette, read_palette

_IN_COLOUR = frozenset({"COLOR", "MIXED"})
_FRAME_TYPES = ("MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "PETFrameTypeSequence")
_OPAQUE = 255


@dataclass(frozen=True, slots=True, eq=False)
class SupplementalPalette:
    """Stored values from `first_coloured` on are shown in `entries`, uint8 (entries, 3)."""

    first_coloured: int
    entries: NDArray[np.uint8]

    def colours(self, stored: NDArray[Any]) -> NDArray[np.uint8] | None:
        """Return colours and their opacity, (rows, columns, 4): zero where the grey shows; None where it shows all over."""
        is_coloured = stored >= self.first_coloured
        if not is_coloured.any():
            return None
        rgba = np.empty((*stored.shape, 4), np.uint8)
        rgba[..., :3] = apply_palette(stored, first_mapped=self.first_coloured, entries=self.entries)
        rgba[..., 3] = _OPAQUE
        rgba[~is_coloured] = 0
        return rgba


def first_coloured_value(dataset: Dataset, *, is_signed: bool) -> int | None:
    """Return the stored value from which on a grey image is in colour, or None when it is not."""
    if not str(dataset.get("PhotometricInterpretation") or "").startswith("MONOCHROME"):
        return None
    if str(dataset.get("PixelPresentation") or "").strip() not in _IN_COLOUR:
        return None
    descriptor = floats(dataset.get("RedPaletteColorLookupTableDescriptor"), count=3)
    if descriptor is None:
        return None
    first = int(descriptor[1])
    return first - 0x10000 if is_signed and first > 0x7FFF else first


def read_supplemental_palette(
    dataset: Dataset, *, is_signed: bool, frame_index: int = 0
) -> SupplementalPalette | None:
    """Return the palette of a grey frame, or None.

    A palette that is damaged is left out: the standard lets such images be shown in grey.
    """
    if first_coloured_value(dataset, is_signed=is_signed) is None or _is_grey(dataset, frame_index):
        return None
    try:
        first, entries = read_palette(dataset, is_signed=is_signed)
    except InvalidLookupTableError:
        return None
    profile = read_colour_profile(dataset, frame_index=frame_index)
    return SupplementalPalette(first, to_screen_colours(entries, profile=profile))


def blend(grey: NDArray[np.uint8], colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay colours, already weighted with their opacity, over grey; return (rows, columns, 3)."""
    shown = grey.astype(np.uint16) * (_OPAQUE - colour[..., 3].astype(np.uint16))
    shown = (shown + _OPAQUE // 2) // _OPAQUE
    return np.minimum(colour[..., :3] + shown[..., None], 255).astype(np.uint8)


def _is_grey(dataset: Dataset, frame_index: int) -> bool:
    """Whether one frame of a mixed object says by itself that it is grey."""
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence")
    if not per_frame or frame_index >= len(per_frame):
        return False
    types = (first_item(per_frame[frame_index], keyword) for keyword in _FRAME_TYPES)
    return any(item is not None and item.get("PixelPresentation") == "MONOCHROME" for item in types)
