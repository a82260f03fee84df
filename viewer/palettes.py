"""The palettes as the reading page gets them."""

from dicomkit.pixels.colour_palettes import ColourPalette, palette_colours

_LABELS = {
    ColourPalette.HOT_IRON: "Hot iron",
    ColourPalette.PET: "PET",
    ColourPalette.HOT_METAL_BLUE: "Hot metal blue",
    ColourPalette.PET_20_STEP: "PET 20 step",
    ColourPalette.RAINBOW: "Rainbow",
    ColourPalette.SPECTRUM: "Spectrum",
    ColourPalette.GREY_INVERSE: "Grey, inverse",
}


def palettes_body() -> list[dict[str, str]]:
    """Return name, label and colours (256 times red, green and blue in hexadecimal) of every palette."""
    return [
        {"name": str(name), "label": label, "colours": palette_colours(name).tobytes().hex()}
        for name, label in _LABELS.items()
    ]
