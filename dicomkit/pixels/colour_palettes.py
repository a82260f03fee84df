"""Palettes that give grey values colours: those that the standard knows by name, a rainbow, and grey turned round.

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
# Of a rainbow: where pure blue is reached, so that nothing stays black.
_FIRST_COLOUR = 32


class ColourPalette(StrEnum):
    """Palettes by the name that an address carries."""

    HOT_IRON = "hot-iron"
    PET = "pet"
    HOT_METAL_BLUE = "hot-metal-blue"
    PET_20_STEP = "pet-20-step"
    RAINBOW = "rainbow"
    GREY_INVERSE = "grey-inverse"


_WELL_KNOWN = {
    ColourPalette.HOT_IRON: "1.2.840.10008.1.5.1",
    ColourPalette.PET: "1.2.840.10008.1.5.2",
    ColourPalette.HOT_METAL_BLUE: "1.2.840.10008.1.5.3",
    ColourPalette.PET_20_STEP: "1.2.840.10008.1.5.4",
}


@cache
def palette_colours(palette: ColourPalette) -> NDArray[np.uint8]:
    """Return the colours of a palette: uint8, (256, 3), read-only; the first is for the lowest value."""
    if palette in _WELL_KNOWN:
        indexes = np.arange(_ENTRIES, dtype=np.uint8)[None]
        colours: NDArray[np.uint8] = apply_color_lut(indexes, palette=_WELL_KNOWN[palette])[0].astype(
            np.uint8
        )
    elif palette is ColourPalette.RAINBOW:
        colours = _rainbow()
    else:
        colours = np.repeat(np.arange(_ENTRIES - 1, -1, -1, dtype=np.uint8)[:, None], 3, axis=1)
    colours.setflags(write=False)
    return colours


def _rainbow() -> NDArray[np.uint8]:
    """Return black to blue, then all hues from blue over green to red at full strength."""
    knots = np.linspace(_FIRST_COLOUR, _ENTRIES - 1, 5)
    places = np.array([0.0, *knots])
    # Black, blue, cyan, green, yellow, red.
    strengths = np.array([(0, 0, 0), (0, 0, 255), (0, 255, 255), (0, 255, 0), (255, 255, 0), (255, 0, 0)])
    index = np.arange(_ENTRIES)
    channels = [np.interp(index, places, strengths[:, channel]) for channel in range(3)]
    rainbow: NDArray[np.uint8] = np.floor(np.stack(channels, axis=-1) + 0.5).astype(np.uint8)
    return rainbow
