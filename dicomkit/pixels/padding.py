"""Which stored values are padding: outside of the image, shown black and left out of every average.

References
----------
PS3.3 C.7.5.1.1.2 (Pixel Padding Value and Pixel Padding Range Limit), C.7.6.24 and C.7.6.25 (Float and Double Float
Image Pixel).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.pixels.numbers import first_float, first_int
from dicomkit.pixels.pixel_format import PixelFormat


@dataclass(frozen=True, slots=True)
class PaddingRange:
    """Stored values from `first` to `last`, both included, are padding."""

    first: float
    last: float

    def mask(self, stored: NDArray[Any]) -> NDArray[np.bool_] | None:
        """Return where the values are padding, or None when none are."""
        if self.first == self.last:
            mask = stored == self.first
        else:
            mask = (stored >= self.first) & (stored <= self.last)
        return mask if mask.any() else None


def read_padding(dataset: Dataset, *, layout: PixelFormat) -> PaddingRange | None:
    """Return the padding range of an image, or None; images in colour have none here."""
    if layout.is_colour:
        return None
    if layout.is_float:
        return _read_float_padding(dataset, "Double" if layout.bits_allocated == 64 else "")
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return None
    first = _as_stored(first_int(value, default=0), layout)
    limit = dataset.get("PixelPaddingRangeLimit")
    last = first if limit is None else _as_stored(first_int(limit, default=first), layout)
    return PaddingRange(min(first, last), max(first, last))


def _read_float_padding(dataset: Dataset, precision: str) -> PaddingRange | None:
    first = first_float(dataset.get(f"{precision}FloatPixelPaddingValue"))
    if first is None:
        # Values that are not finite are padding anyway.
        return None
    limit = first_float(dataset.get(f"{precision}FloatPixelPaddingRangeLimit"))
    last = first if limit is None else limit
    return PaddingRange(min(first, last), max(first, last))


def _as_stored(value: int, layout: PixelFormat) -> int:
    """Give the value the sign of the stored values: US is often written where SS is meant, and the reverse."""
    bits = layout.bits_allocated
    if layout.is_signed and value >= 1 << (bits - 1):
        return value - (1 << bits)
    if not layout.is_signed and value < 0:
        return value + (1 << bits)
    return value
