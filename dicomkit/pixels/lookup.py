"""The whole grey pipeline as one table: 65,536 packed values to grey.

The table is what makes the server's 8-bit tile and the browser's rendering of a 16-bit tile the same picture: both
look every pixel up in it.

References
----------
PS3.4 N.2.1 (grey-scale transformations); PS3.3 C.11.1, C.11.2, C.11.6.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.packing import Packing
from dicomkit.pixels.voi_lut import VOI, apply_voi, to_grey

PACKED_VALUES = 0x10000


@lru_cache(maxsize=64)
def grey_lookup(packing: Packing, voi: VOI, *, inverse: bool) -> NDArray[np.uint8]:
    """Return the grey of every packed value: uint8, (65536,), read-only, kept for the next call.

    Parameters
    ----------
    packing
        Where packed values lie in modality values.
    voi
        Window or table.
    inverse
        Whether grey is turned round after rounding.
    """
    packed = np.arange(PACKED_VALUES, dtype=np.float64)
    grey = to_grey(apply_voi(packed * packing.scale + packing.offset, voi), inverse=inverse)
    grey.setflags(write=False)
    return grey


def apply_lookup(
    values: NDArray[np.uint16], *, lookup: NDArray[np.uint8], padding_mask: NDArray[np.bool_] | None = None
) -> NDArray[np.uint8]:
    """Look every packed value up; padding becomes black, whatever the table says."""
    # Every 16-bit number is an index of the table, so "wrap" only spares numpy the check of the bounds.
    grey = np.take(lookup, values, mode="wrap")
    if padding_mask is not None:
        grey[padding_mask] = 0
    return grey
