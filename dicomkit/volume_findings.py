"""What a radiologist is told about the images that became a volume: what was left out, what is missing, what is tilted.

References
----------
PS3.3 C.7.6.2 (Image Plane module), C.7.4.1 (Frame of Reference).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dicomkit.geometry import Vector

_AXIS_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))


class FindingKind(StrEnum):
    """What was noticed; also how often it may be told: gaps are told one by one, the others once."""

    GAP = "gap"
    IRREGULAR_SPACING = "irregular_spacing"
    SLICES_APART = "slices_apart"
    GANTRY_TILT = "gantry_tilt"
    OBLIQUE = "oblique"
    DUPLICATES = "duplicates"
    OTHER_ORIENTATION = "other_orientation"
    OTHER_MATRIX = "other_matrix"
    OTHER_PIXEL_SPACING = "other_pixel_spacing"
    OTHER_FRAME_OF_REFERENCE = "other_frame_of_reference"
    NO_GEOMETRY = "no_geometry"
    COLOUR = "colour"
    NO_GREY_VALUES = "no_grey_values"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed.

    Attributes
    ----------
    text
        A sentence for a radiologist.
    count
        Images concerned; 0 where images are not counted.
    size_mm
        Of a gap, or the largest distance between slices.
    degrees
        Of a tilt or a turn.
    """

    kind: FindingKind
    text: str
    count: int = 0
    size_mm: float | None = None
    degrees: float | None = None


_LEFT_OUT = {
    FindingKind.OTHER_ORIENTATION: "in another orientation (a localizer, for example)",
    FindingKind.OTHER_MATRIX: "with another number of rows or columns",
    FindingKind.OTHER_PIXEL_SPACING: "with pixels of another size",
    FindingKind.OTHER_FRAME_OF_REFERENCE: "in another frame of reference (the patient was positioned anew)",
    FindingKind.NO_GEOMETRY: "that do not say where they lie in the patient",
    FindingKind.COLOUR: "in colour",
    FindingKind.NO_GREY_VALUES: "with more than 16 bits a pixel",
}


def left_out(kind: FindingKind, count: int) -> Finding:
    """Return the finding that images do not belong to the volume."""
    images = "One image" if count == 1 else f"{count} images"
    return Finding(kind, f"{images} {_LEFT_OUT[kind]} {'is' if count == 1 else 'are'} left out.", count=count)


def duplicates(count: int, total: int, *, shown: str) -> Finding:
    """Return the finding that several images lie at one position, and which of them are shown."""
    return Finding(
        FindingKind.DUPLICATES,
        f"{count} of {total} images lie where another image lies already. Shown: {shown}.",
        count=count,
    )


def gap(before: Vector, after: Vector, size_mm: float) -> Finding:
    """Return the finding that slices are missing between two positions in the patient."""
    axis = max(range(3), key=lambda index: abs(after[index] - before[index]))
    return Finding(
        FindingKind.GAP,
        f"No images between {_place(before, axis)} and {_place(after, axis)}: the gap of {size_mm:.1f} mm stays black.",
        size_mm=size_mm,
    )


def irregular_spacing(spacings_mm: Sequence[float]) -> Finding:
    """Return the finding that the slices are not equally far apart."""
    smallest, largest = min(spacings_mm), max(spacings_mm)
    return Finding(
        FindingKind.IRREGULAR_SPACING,
        f"The slices lie {smallest:.1f} to {largest:.1f} mm apart; values between them are interpolated.",
        size_mm=largest,
    )


def slices_apart(thickness_mm: float, spacing_mm: float) -> Finding:
    """Return the finding that thin slices lie far from each other."""
    return Finding(
        FindingKind.SLICES_APART,
        f"Slices of {thickness_mm:.1f} mm lie {spacing_mm:.1f} mm apart: what is between them was not imaged and is "
        "interpolated.",
        size_mm=spacing_mm,
    )


def gantry_tilt(degrees: float) -> Finding:
    """Return the finding that slices are stacked at an angle to their normal."""
    return Finding(
        FindingKind.GANTRY_TILT,
        f"The slices are tilted by {degrees:.1f} degrees against the direction of the stack; the planes are corrected "
        "for it.",
        degrees=degrees,
    )


def oblique(degrees: float) -> Finding:
    """Return the finding that the planes follow an acquisition that is turned in the patient."""
    return Finding(
        FindingKind.OBLIQUE,
        f"The planes follow the acquisition, which is turned by {degrees:.1f} degrees from the axes of the patient.",
        degrees=degrees,
    )


def _place(position: Vector, axis: int) -> str:
    value = position[axis]
    return f"{_AXIS_LETTERS[axis][value < 0]} {abs(value):.1f} mm"
