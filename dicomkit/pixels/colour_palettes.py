"""Palettes that give grey values colours: those that the standard knows by name, all hues, and grey turned round.

References
----------
PS3.6 B.1 (Well-Known Color Palettes).
"""

from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut

_ENTRIES = 256


class ColourPalette(StrEnum):
    """Palettes by the name that an address carries."""

    HOT_IRON = "hot-iron"
    PET = "pet"
    HOT_METAL_BLUE = "hot-metal-blue"
    PET_20_STEP = "pet-20-step"
    RAINBOW = "rainbow"
    SPECTRUM = "spectrum"
    GREY_INVERSE = "grey-inverse"


_WELL_KNOWN = {
    ColourPalette.HOT_IRON: "1.2.840.10008.1.5.1",
    ColourPalette.PET: "1.2.840.10008.1.5.2",
    ColourPalette.HOT_METAL_BLUE: "1.2.840.10008.1.5.3",
    ColourPalette.PET_20_STEP: "1.2.840.10008.1.5.4",
}

# Black to blue, then the hues from blue over green to red at full strength.
_RAINBOW = (
    (0.0, (0, 0, 0)),
    (32.0, (0, 0, 255)),
    (87.75, (0, 255, 255)),
    (143.5, (0, 255, 0)),
    (199.25, (255, 255, 0)),
    (255.0, (255, 0, 0)),
)
# The hues from violet to red, between black and white.
_SPECTRUM = (
    (0.0, (0, 0, 0)),
    (32.0, (128, 0, 192)),
    (72.0, (0, 0, 255)),
    (112.0, (0, 255, 255)),
    (152.0, (0, 255, 0)),
    (184.0, (255, 255, 0)),
    (224.0, (255, 0, 0)),
    (255.0, (255, 255, 255)),
)
_KNOTS = {ColourPalette.RAINBOW: _RAINBOW, ColourPalette.SPECTRUM: _SPECTRUM}


@cache
def palette_colours(palette: ColourPalette) -> NDArray[np.uint8]:
    """Return the colours of a palette: uint8, (256, 3), read-only; the first is for the lowest value."""
    if palette in _WELL_KNOWN:
        indexes = np.arange(_ENTRIES, dtype=np.uint8)[None]
        colours: NDArray[np.uint8] = apply_color_lut(indexes, palette=_WELL_KNOWN[palette])[0].astype(
            np.uint8
        )
    elif palette in _KNOTS:
        colours = _between_knots(*zip(*_KNOTS[palette], strict=True))
    else:
        colours = np.repeat(np.arange(_ENTRIES - 1, -1, -1, dtype=np.uint8)[:, None], 3, axis=1)
    colours.setflags(write=False)
    return colours


def _between_knots(
    places: tuple[float, ...], strengths: tuple[tuple[int, int, int], ...]
) -> NDArray[np.uint8]:
    """Return straight lines between colours that are given at some of the 256 places."""
    index = np.arange(_ENTRIES)
    channels = [np.interp(index, places, np.array(strengths)[:, channel]) for channel in range(3)]
    colours: NDArray[np.uint8] = np.floor(np.stack(channels, axis=-1) + 0.5).astype(np.uint8)
    return colours
