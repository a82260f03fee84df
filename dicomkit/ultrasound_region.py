"""Regions of an ultrasound image, each with axes and units of its own: a sector in mm, an M-mode or a spectrum over time.

References
----------
PS3.3 C.8.5.5 (US Region Calibration Module).
"""

from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from dicomkit.pixels.numbers import finite_float, first_int

MILLIMETRE, MILLISECOND = "mm", "ms"
_TWO_DIMENSIONAL = 1
_LOW_PRIORITY = 1

# Physical Units X and Y Direction: the unit that is written, and how many of it the stored one is.
_UNITS: dict[int, tuple[str, float]] = {
    1: ("%", 1.0),
    2: ("dB", 1.0),
    3: (MILLIMETRE, 10.0),
    4: (MILLISECOND, 1000.0),
    5: ("Hz", 1.0),
    6: ("dB/s", 1.0),
    7: ("cm/s", 1.0),
    8: ("cm²", 1.0),
    9: ("cm²/s", 1.0),
    10: ("cm³", 1.0),
    11: ("cm³/s", 1.0),
    12: ("°", 1.0),
}


@dataclass(frozen=True, slots=True)
class RegionAxis:
    """What one step to the right, or down, means: value = (coordinate - zero_px) * per_pixel.

    Coordinates are those of the image, a pixel reaching from its number to the next. `zero_px` is None where the file
    names no reference pixel: then differences are known, and no values.
    """

    unit: str
    per_pixel: float
    zero_px: float | None


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """A region of the image: inclusive pixel borders, and its axes, None where an axis has no physical meaning.

    `is_spatial` is true where both axes are lengths in the plane of the scan, so that distances, areas and angles exist.
    """

    left: int
    top: int
    right: int
    bottom: int
    across: RegionAxis | None
    down: RegionAxis | None
    is_spatial: bool

    @property
    def spacing_mm(self) -> tuple[float, float] | None:
        """Size of a pixel (down, across); None where the axes are not lengths."""
        if not self.is_spatial or self.across is None or self.down is None:
            return None
        return abs(self.down.per_pixel), abs(self.across.per_pixel)


def read_ultrasound_regions(dataset: Dataset) -> tuple[UltrasoundRegion, ...]:
    """Return the regions that have at least one axis with a unit; of two that overlap the one on top comes first."""
    items = sorted(
        dataset.get("SequenceOfUltrasoundRegions") or [],
        key=lambda item: first_int(item.get("RegionFlags"), default=0) & _LOW_PRIORITY,
    )
    regions = (_region(item) for item in items)
    return tuple(region for region in regions if region.across is not None or region.down is not None)


def region_attributes(region: UltrasoundRegion) -> dict[str, Any]:
    """Return a region as JSON-able values."""
    spacing_mm = region.spacing_mm
    return {
        "left": region.left,
        "top": region.top,
        "right": region.right,
        "bottom": region.bottom,
        "pixel_spacing_mm": list(spacing_mm) if spacing_mm else None,
        "across": _axis_attributes(region.across),
        "down": _axis_attributes(region.down),
    }


def _axis_attributes(axis: RegionAxis | None) -> dict[str, Any] | None:
    if axis is None:
        return None
    return {"unit": axis.unit, "per_pixel": axis.per_pixel, "zero_px": axis.zero_px}


def _region(item: Dataset) -> UltrasoundRegion:
    left, top = (first_int(item.get(f"RegionLocationMin{axis}0"), default=0) for axis in "XY")
    across, down = _axis(item, "X", left), _axis(item, "Y", top)
    is_flat = first_int(item.get("RegionSpatialFormat"), default=0) == _TWO_DIMENSIONAL
    are_lengths = all(axis is not None and axis.unit == MILLIMETRE for axis in (across, down))
    return UltrasoundRegion(
        left=left,
        top=top,
        right=first_int(item.get("RegionLocationMaxX1"), default=0),
        bottom=first_int(item.get("RegionLocationMaxY1"), default=0),
        across=across,
        down=down,
        is_spatial=is_flat and are_lengths,
    )


def _axis(item: Dataset, name: str, start: int) -> RegionAxis | None:
    unit = _UNITS.get(first_int(item.get(f"PhysicalUnits{name}Direction"), default=0))
    delta = finite_float(item.get(f"PhysicalDelta{name}"))
    if unit is None or not delta:
        return None
    word, factor = unit
    per_pixel = delta * factor
    reference = item.get(f"ReferencePixel{name}0")
    if reference is None:
        return RegionAxis(word, per_pixel, None)
    # The reference pixel counts from the corner of its region; its value belongs to its middle.
    value = (finite_float(item.get(f"ReferencePixelPhysicalValue{name}")) or 0.0) * factor
    middle = start + first_int(reference, default=0) + 0.5
    return RegionAxis(word, per_pixel, middle - value / per_pixel)
