"""Which pixels lie inside of a drawn outline, and how large it is.

A pixel counts when its centre does: (column + 0.5, row + 0.5). For outlines of straight lines the even-odd rule holds,
and of a centre on the line itself the one with the outline to its right counts. The same rules stand in
frontend/src/geometry/regionShape.ts; tests/golden/regions_of_interest.json keeps both to them.

References
----------
PS3.3 C.18.6.1.2 (Graphic Type POLYLINE, CIRCLE, ELLIPSE).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.marking import MarkingKind

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RegionPixels:
    """The pixels of a region: `mask` is boolean and begins at `top`, `left` of the frame."""

    top: int
    left: int
    mask: NDArray[np.bool_]

    def of(self, frame: NDArray[Any]) -> NDArray[Any]:
        """Return the values of a frame, (rows, columns), at the pixels of the region."""
        rows, columns = self.mask.shape
        values: NDArray[Any] = frame[self.top : self.top + rows, self.left : self.left + columns][self.mask]
        return values


def region_pixels(
    kind: MarkingKind, points: Sequence[Point], *, rows: int, columns: int, aspect: float = 1.0
) -> RegionPixels:
    """Return the pixels of a frame that lie inside.

    Parameters
    ----------
    points
        (column, row) in pixels, as many as the kind has.
    aspect
        Height of a pixel divided by its width; a circle is one in millimetres.
    """
    left, top, right, bottom = _bounds(kind, points, aspect)
    # One centre more on each side, so that rounding never cuts one off.
    left, right = max(0, math.floor(left) - 1), min(columns, math.ceil(right) + 1)
    top, bottom = max(0, math.floor(top) - 1), min(rows, math.ceil(bottom) + 1)
    if left >= right or top >= bottom:
        return RegionPixels(0, 0, np.zeros((0, 0), bool))
    x = np.arange(left, right, dtype=np.float64) + 0.5
    y = np.arange(top, bottom, dtype=np.float64) + 0.5
    match kind:
        case MarkingKind.PROBE:
            mask = (np.floor(points[0][0]) == x - 0.5) & (np.floor(points[0][1]) == y - 0.5)[:, None]
        case MarkingKind.CIRCLE:
            mask = _inside_circle(points, x, y, aspect)
        case MarkingKind.ELLIPSE:
            mask = _inside_ellipse(points, x, y)
        case _:
            mask = _inside_polygon(points, x, y)
    return RegionPixels(top, left, mask)


def region_area_px(kind: MarkingKind, points: Sequence[Point], *, aspect: float = 1.0) -> float:
    """Return the area of the outline in pixels; of a probe, that of its one pixel."""
    if kind is MarkingKind.PROBE:
        return 1.0
    if kind is MarkingKind.CIRCLE:
        return math.pi * _radius(points, aspect) ** 2 / aspect
    if kind is MarkingKind.ELLIPSE:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
        return math.pi * abs((bx - ax) * (dy - cy) - (by - ay) * (dx - cx)) / 4
    corners = np.array(points, np.float64)
    corners -= corners[0]
    following = np.roll(corners, -1, axis=0)
    return abs(float((corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]).sum())) / 2


def _radius(points: Sequence[Point], aspect: float) -> float:
    """Return the radius of a circle in widths of a pixel."""
    (cx, cy), (px, py) = points
    return math.hypot(px - cx, (py - cy) * aspect)


def _bounds(kind: MarkingKind, points: Sequence[Point], aspect: float) -> tuple[float, float, float, float]:
    if kind is MarkingKind.CIRCLE:
        (cx, cy), radius = points[0], _radius(points, aspect)
        return cx - radius, cy - radius / aspect, cx + radius, cy + radius / aspect
    corners = np.array(points, np.float64)
    if kind is MarkingKind.ELLIPSE:
        centre = (corners[0] + corners[1]) / 2
        reach = np.hypot(corners[1] - corners[0], corners[3] - corners[2]) / 2
        corners = np.array([centre - reach, centre + reach])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _inside_circle(
    points: Sequence[Point], x: NDArray[np.float64], y: NDArray[np.float64], aspect: float
) -> NDArray[np.bool_]:
    (cx, cy), (px, py) = points
    squared = (px - cx) ** 2 + ((py - cy) * aspect) ** 2
    inside: NDArray[np.bool_] = (x - cx) ** 2 + (((y - cy) * aspect) ** 2)[:, None] <= squared
    return inside


def _inside_ellipse(
    points: Sequence[Point], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    ux, uy, vx, vy = (bx - ax) / 2, (by - ay) / 2, (dx - cx) / 2, (dy - cy) / 2
    determinant = ux * vy - uy * vx
    if determinant == 0:
        return np.zeros((len(y), len(x)), bool)
    px, py = x - (ax + bx) / 2, (y - (ay + by) / 2)[:, None]
    s, t = (px * vy - py * vx) / determinant, (ux * py - uy * px) / determinant
    inside: NDArray[np.bool_] = s * s + t * t <= 1
    return inside


def _inside_polygon(
    points: Sequence[Point], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Turn, for each edge, all centres to its left inside out; what was turned an odd number of times is inside."""
    turns = np.zeros((len(y), len(x) + 1), np.uint8)
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        crossed = np.flatnonzero((y >= min(y0, y1)) & (y < max(y0, y1)))
        crossings = x0 + (y[crossed] - y0) * (x1 - x0) / (y1 - y0) if crossed.size else y[:0]
        turns[crossed, np.searchsorted(x, crossings, side="left")] ^= 1
    # What lies to the left of a crossing is turned by it: sum from the right.
    parity = np.bitwise_xor.accumulate(turns[:, ::-1], axis=1)[:, ::-1]
    return parity[:, 1:].astype(bool)
