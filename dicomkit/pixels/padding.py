"""Which stored values are padding: outside of the image, shown black and left out of every average.

References
----------
PS3.3 C.7.5.1.1.2 (Pixel Padding Value and Pixel Padding Range Limit).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.pixels.numbers import first_int
from dicomkit.pixels.pixel_format import PixelFormat


@dataclass(frozen=True, slots=True)
class PaddingRange:
    """Stored values from `first` to `last`, both included, are padding."""

    first: int
    last: int

    def mask(self, stored: NDArray[Any]) -> NDArray[np.bool_] | None:
        """Return where the values are padding, or None when none are."""
        if self.first == self.last:
            mask = stored == self.first
        else:
            mask = (stored >= self.first) & (stored <= self.last)
        return mask if mask.any() else None


def read_padding(dataset: Dataset, *, layout: PixelFormat) -> PaddingRange | None:
    """Return the padding range of an image, or None; colour and float images have none here."""
    value = dataset.get("PixelPaddingValue")
    if value is None or layout.is_colour or layout.is_float:
        return None
    first = _as_stored(first_int(value, default=0), layout)
    limit = dataset.get("PixelPaddingRangeLimit")
    last = first if limit is None else _as_stored(first_int(limit, default=first), layout)
    return PaddingRange(min(first, last), max(first, last))


def _as_stored(value: int, layout: PixelFormat) -> int:
    """Give the value the sign of the stored values: US is often written where SS is meant, and the reverse."""
    bits = layout.bits_allocated
    if layout.is_signed and value >= 1 << (bits - 1):
        return value - (1 << bits)
    if not layout.is_signed and value < 0:
        return value + (1 << bits)
    return value
