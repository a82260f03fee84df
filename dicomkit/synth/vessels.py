"""Tubes of the chest phantom: great vessels, airways, collar bones, and the branching vessels of the lungs.

Points are in mm, in the coordinates of the phantom: x to the left, y to the back, z to the head.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Point = tuple[float, float, float]

_VESSEL_HU = 70.0
_SMALLEST_RADIUS_MM = 0.7


@dataclass(frozen=True, slots=True)
class Tube:
    """A straight piece of a tube with round ends."""

    start: Point
    end: Point
    radius_mm: float
    hu: float = _VESSEL_HU


def great_vessels(blood_hu: float) -> list[Tube]:
    """Return aorta, pulmonary trunk, veins, oesophagus and airways, in the order in which they cover each other."""
    vessels: list[tuple[float, list[Point]]] = [
        (15.5, [(-2, -10, 145), (-12, -22, 176), (-14, -20, 206)]),
        (13.0, [(-14, -20, 206), (-4, -8, 220), (12, 14, 221), (23, 28, 208)]),
        (12.0, [(23, 28, 208), (25, 36, 150), (20, 38, 90), (9, 34, -80)]),
        (14.0, [(16, -34, 160), (10, -14, 188)]),
        (11.0, [(10, -14, 188), (44, 10, 190)]),
        (10.5, [(10, -14, 186), (-46, 4, 180)]),
        (9.0, [(-26, -14, 242), (-28, -14, 150)]),
        (7.5, [(-26, -14, 242), (-48, -22, 266)]),
        (6.5, [(-26, -16, 240), (16, -34, 250), (48, -26, 266)]),
        (6.0, [(-8, -14, 220), (-20, -6, 262), (-24, 0, 350)]),
        (4.6, [(3, -2, 224), (14, -2, 262), (20, 0, 350)]),
        (5.0, [(14, 14, 222), (28, 14, 262), (44, 2, 278)]),
        (7.0, [(10, 8, 142), (46, 8, 152)]),
        (7.0, [(10, 8, 142), (-42, 6, 150)]),
        (12.5, [(-24, 8, 104), (-22, 18, 60), (-20, 20, -80)]),
    ]
    tubes = [
        Tube(start, end, radius, blood_hu)
        for radius, points in vessels
        for start, end in itertools.pairwise(points)
    ]
    oesophagus: list[Point] = [(2, 25, 350), (2, 26, 200), (5, 27, 40)]
    airways: list[tuple[float, list[Point]]] = [
        (8.8, [(0, 0, 360), (0, 4, 260), (0, 9, 190)]),
        (7.2, [(0, 9, 190), (-34, 14, 168)]),
        (6.2, [(0, 9, 190), (42, 17, 166)]),
        (4.2, [(-34, 14, 168), (-58, 16, 130)]),
        (3.8, [(-30, 13, 172), (-56, 2, 204)]),
        (4.0, [(42, 17, 166), (62, 20, 128)]),
        (3.6, [(38, 16, 168), (60, 0, 202)]),
    ]
    tubes += _tubes(oesophagus, 7.5, 38.0) + _tubes(oesophagus, 1.8, -700.0)
    for wall in (True, False):
        for radius, points in airways:
            tubes += _tubes(points, radius + 1.4, 25.0) if wall else _tubes(points, radius, -995.0)
    return tubes


def clavicles() -> list[Tube]:
    """Return both collar bones: a dense shell around a lighter core."""
    shells: list[Tube] = []
    for radius, hu in ((6.2, 560.0), (3.6, 260.0)):
        for side in (-1.0, 1.0):
            points: list[Point] = [(side * 20, -66, 254), (side * 62, -58, 268), (side * 126, -18, 279)]
            shells += _tubes(points, radius, hu)
    return shells


def lung_trees(seed: int) -> list[Tube]:
    """Return the vessels of both lungs: trees that fork from each hilum until they are thinner than a pixel."""
    rng = np.random.default_rng(seed)
    tubes: list[Tube] = []
    for side, hilum in ((-1.0, (-44.0, 8.0, 176.0)), (1.0, (46.0, 12.0, 174.0))):
        for turn in np.linspace(0, 2 * np.pi, 9, endpoint=False):
            for outwards in (0.35, 0.95):
                direction = np.array([side * outwards, 0.75 * np.cos(turn), 1.0 * np.sin(turn)])
                direction += rng.normal(0, 0.12, 3)
                _grow(tubes, np.array(hilum), direction, 4.6 if outwards < 0.5 else 3.8, 30.0, rng)
    return tubes


def paint_tubes(
    hu: Plane, tubes: list[Tube], x_mm: NDArray[np.float32], y_mm: NDArray[np.float32], z_mm: float
) -> None:
    """Fill the cross-sections of tubes at a height with their value."""
    for tube in tubes:
        box = _box(tube, x_mm, y_mm, z_mm)
        if box is not None:
            distance = _distance(tube, x_mm[box[1]], y_mm[box[0]], z_mm)
            hu[box][distance < tube.radius_mm] = tube.hu


def paint_vessels(
    hu: Plane,
    tubes: list[Tube],
    x_mm: NDArray[np.float32],
    y_mm: NDArray[np.float32],
    z_mm: float,
    lung: NDArray[np.bool_],
) -> None:
    """Blend the cross-sections of thin vessels into the lung, with soft edges."""
    for tube in tubes:
        box = _box(tube, x_mm, y_mm, z_mm)
        if box is None:
            continue
        distance = _distance(tube, x_mm[box[1]], y_mm[box[0]], z_mm)
        share = np.where(lung[box], np.clip(tube.radius_mm + 0.4 - distance, 0, 1), 0)
        part = hu[box]
        part[...] = np.maximum(part, part * (1 - share) + tube.hu * share)


def _tubes(points: list[Point], radius_mm: float, hu: float) -> list[Tube]:
    return [Tube(start, end, radius_mm, hu) for start, end in itertools.pairwise(points)]


def _grow(
    tubes: list[Tube],
    start: NDArray[np.float64],
    direction: NDArray[np.float64],
    radius_mm: float,
    length_mm: float,
    rng: np.random.Generator,
) -> None:
    """Append a piece of vessel and the two that it forks into."""
    if radius_mm < _SMALLEST_RADIUS_MM:
        return
    direction = direction / np.linalg.norm(direction)
    end = start + direction * length_mm
    tubes.append(Tube((start[0], start[1], start[2]), (end[0], end[1], end[2]), radius_mm))
    across = rng.normal(size=3)
    across -= direction * (across @ direction)
    across /= np.linalg.norm(across)
    for bend, thinner in ((0.42, 0.80), (-0.62, 0.66)):
        _grow(tubes, end, direction + across * bend, radius_mm * thinner, length_mm * 0.80, rng)


def _box(
    tube: Tube, x_mm: NDArray[np.float32], y_mm: NDArray[np.float32], z_mm: float
) -> tuple[slice, slice] | None:
    """Return the rows and columns that a tube can touch at a height, or None."""
    reach = tube.radius_mm + 1.0
    if not min(tube.start[2], tube.end[2]) - reach < z_mm < max(tube.start[2], tube.end[2]) + reach:
        return None
    # Only the part of the axis near this height counts, which keeps the box of a long tube small.
    rise = tube.end[2] - tube.start[2]
    ends = (0.0, 1.0)
    if abs(rise) > 1e-6:
        shares = sorted(((z_mm - reach - tube.start[2]) / rise, (z_mm + reach - tube.start[2]) / rise))
        ends = (max(0.0, shares[0]), min(1.0, shares[1]))
    xs = [tube.start[0] + share * (tube.end[0] - tube.start[0]) for share in ends]
    ys = [tube.start[1] + share * (tube.end[1] - tube.start[1]) for share in ends]
    columns = slice(*np.searchsorted(x_mm, [min(xs) - reach, max(xs) + reach]))
    rows = slice(*np.searchsorted(y_mm, [min(ys) - reach, max(ys) + reach]))
    return None if columns.start >= columns.stop or rows.start >= rows.stop else (rows, columns)


def _distance(tube: Tube, x_mm: NDArray[np.float32], y_mm: NDArray[np.float32], z_mm: float) -> Plane:
    """Return the distance of points of a plane from the axis of a tube."""
    axis = np.subtract(tube.end, tube.start)
    dx, dy = x_mm[None, :] - np.float32(tube.start[0]), y_mm[:, None] - np.float32(tube.start[1])
    dz = z_mm - tube.start[2]
    share = np.clip((dx * axis[0] + dy * axis[1] + dz * axis[2]) / float(axis @ axis), 0, 1)
    squared = (dx - share * axis[0]) ** 2 + (dy - share * axis[1]) ** 2 + (dz - share * axis[2]) ** 2
    return np.asarray(np.sqrt(squared), np.float32)
