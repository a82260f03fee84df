"""The numbers of what was drawn: lengths, angles, areas, in units that say no more than is known.

References
----------
PS3.16 CID 7469 to 7475 (what is measured), TID 1410; UCUM (units).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dicomkit.marking import MarkingKind
from dicomkit.pixel_scale import PixelScale
from dicomkit.region_shapes import Point, region_area_px
from dicomkit.ultrasound_region import RegionAxis


class Quantity(StrEnum):
    """What is measured."""

    LENGTH = "length"
    LONG_AXIS = "long axis"
    SHORT_AXIS = "short axis"
    ANGLE = "angle"
    COBB_ANGLE = "cobb angle"
    AREA = "area"
    DURATION = "duration"
    VELOCITY_DIFFERENCE = "velocity difference"
    SLOPE = "slope"
    """How fast what is measured down changes over the time across: a speed in an M-mode, an acceleration in a spectrum."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit: "mm", "mm2", "deg", "px", "px2", "ms", "cm/s", "mm/s" or "cm/s2"."""

    quantity: Quantity
    value: float
    unit: str


def measures_of(kind: MarkingKind, points: Sequence[Point], scale: PixelScale) -> tuple[Measure, ...]:
    """Return what a drawing measures by its shape alone; nothing for those that measure nothing.

    Parameters
    ----------
    points
        (column, row) in pixels, as many as the kind has.
    scale
        See `dicomkit.pixel_scale`. Without a spacing lengths are in widths of a pixel, areas in pixels. Where the axes
        are time, velocity and the like, only a line measures, along each of them.
    """
    if scale.axes is not None:
        return _along_axes(points, scale.axes) if kind is MarkingKind.LENGTH else ()
    down, across = scale.spacing_mm or (scale.aspect, 1.0)
    length_unit, area_unit = ("mm", "mm2") if scale.spacing_mm else ("px", "px2")
    ends = [(x * across, y * down) for x, y in points]
    match kind:
        case MarkingKind.LENGTH:
            return (Measure(Quantity.LENGTH, _distance(ends[0], ends[1]), length_unit),)
        case MarkingKind.BIDIRECTIONAL:
            short, long = sorted((_distance(ends[0], ends[1]), _distance(ends[2], ends[3])))
            return (
                Measure(Quantity.LONG_AXIS, long, length_unit),
                Measure(Quantity.SHORT_AXIS, short, length_unit),
            )
        case MarkingKind.ANGLE:
            return _angle(Quantity.ANGLE, (ends[1], ends[0]), (ends[1], ends[2]))
        case MarkingKind.COBB:
            return _angle(Quantity.COBB_ANGLE, (ends[0], ends[1]), (ends[2], ends[3]))
        case (
            MarkingKind.ELLIPSE
            | MarkingKind.RECTANGLE
            | MarkingKind.CIRCLE
            | MarkingKind.POLYGON
            | MarkingKind.FREEHAND
        ):
            area_px = region_area_px(kind, points, aspect=scale.aspect)
            area = area_px * down * across if scale.spacing_mm else area_px
            return (Measure(Quantity.AREA, area, area_unit),)
        case _:
            return ()


_QUANTITY_OF_UNIT = {
    "mm": Quantity.LENGTH,
    "ms": Quantity.DURATION,
    "cm/s": Quantity.VELOCITY_DIFFERENCE,
}


_PER_SECOND = {"mm": "mm/s", "cm/s": "cm/s2"}


def _along_axes(
    points: Sequence[Point], axes: tuple[RegionAxis | None, RegionAxis | None]
) -> tuple[Measure, ...]:
    """Return how far apart two points are along each axis, and the slope of their line where that is over time."""
    (x0, y0), (x1, y1) = points
    apart = tuple(
        Measure(_QUANTITY_OF_UNIT[axis.unit], abs(step * axis.per_pixel), axis.unit)
        for axis, step in zip(axes, (x1 - x0, y1 - y0), strict=True)
        if axis is not None and axis.unit in _QUANTITY_OF_UNIT
    )
    across, down = axes
    if across is None or down is None or across.unit != "ms" or down.unit not in _PER_SECOND or x1 == x0:
        return apart
    seconds = (x1 - x0) * across.per_pixel / 1000
    slope = (y1 - y0) * down.per_pixel / seconds
    return (*apart, Measure(Quantity.SLOPE, slope, _PER_SECOND[down.unit]))


def _distance(a: Point, b: Point) -> float:
    return math.hypot(b[0] - a[0], b[1] - a[1])


def _angle(
    quantity: Quantity, first: tuple[Point, Point], second: tuple[Point, Point]
) -> tuple[Measure, ...]:
    """Return the angle between two lines; of a Cobb angle the lines have no direction, so it is at most 90 degrees."""
    ux, uy = first[1][0] - first[0][0], first[1][1] - first[0][1]
    vx, vy = second[1][0] - second[0][0], second[1][1] - second[0][1]
    if (ux == uy == 0) or (vx == vy == 0):
        return ()
    degrees = math.degrees(math.atan2(abs(ux * vy - uy * vx), ux * vx + uy * vy))
    if quantity is Quantity.COBB_ANGLE:
        degrees = min(degrees, 180 - degrees)
    return (Measure(quantity, degrees, "deg"),)
