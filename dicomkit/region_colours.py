"""Colours of regions whose file recommends none: far apart from each other, and from any grey."""

# Bright and middle tones in turn, so that neighbours in a list differ for the colour-blind too.
_COLOURS = (
    "#ff6b6b", "#4dd0e1", "#ffd54f", "#9575cd", "#81c784", "#ff8a65",
    "#64b5f6", "#f06292", "#d4e157", "#4db6ac", "#ba68c8", "#ffb300",
)  # fmt: skip


def fixed_colour(place: int) -> str:
    """Return the colour of the region at a 0-based place in its list, "#rrggbb"."""
    return _COLOURS[place % len(_COLOURS)]
