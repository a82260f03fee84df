"""Colours of one image over the grey of another, as opaque as the reader wants them.

    result = (grey * (100 - opacity) + colour * opacity) / 100, rounded half up, for red, green and blue each

Whole numbers all the way, so that every program that follows the line above makes the same picture.

References
----------
PS3.3 C.11.14 (Presentation State Blending: Relative Opacity); PS3.4 N.2.4.2 (blending transformation).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.colour_palettes import ColourPalette, palette_colours
from dicomkit.pixels.lookup import apply_lookup, grey_lookup
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.voi_lut import VOIWindow

_GREYS = 256


def fuse(
    grey: NDArray[np.uint8],
    overlay: PackedFrame,
    *,
    window: VOIWindow,
    palette: ColourPalette,
    opacity_percent: int,
) -> NDArray[np.uint8]:
    """Lay one image in colours over another.

    Parameters
    ----------
    grey
        The image below, rendered: uint8, (rows, columns).
    overlay
        The image above on the same pixels. Its padding is transparent.
    window
        Which of its values get the first and the last colour.
    opacity_percent
        0 (only the image below) to 100.

    Returns
    -------
    RGB, uint8, (rows, columns, 3).
    """
    lookup = grey_lookup(overlay.packing, window, inverse=False)
    colour = apply_lookup(overlay.values, lookup=lookup)
    pairs = (grey.astype(np.uint16) << 8) | colour
    fused = np.take(_blended(palette, opacity_percent), pairs, axis=0, mode="wrap")
    if overlay.padding_mask is not None:
        fused[overlay.padding_mask] = grey[overlay.padding_mask][:, None]
    return fused


@lru_cache(maxsize=16)
def _blended(palette: ColourPalette, opacity_percent: int) -> NDArray[np.uint8]:
    """Return the blend of every grey with every colour of the palette: uint8, (65536, 3), by grey * 256 + colour."""
    greys = np.arange(_GREYS, dtype=np.uint16)[:, None, None] * (100 - opacity_percent)
    colours = palette_colours(palette).astype(np.uint16)[None] * opacity_percent
    blended: NDArray[np.uint8] = ((greys + colours + 50) // 100).astype(np.uint8).reshape(-1, 3)
    blended.setflags(write=False)
    return blended
