"""Lay a drawing that is given in the patient on an image, or on a plane through a volume.

References
----------
PS3.3 C.18.9 (3D spatial coordinates), C.7.6.2 (Image Plane).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from dicomkit.geometry import ImagePlane, Vector
from dicomkit.reformat import PlaneStack, ReformatPlane
from dicomkit.region_shapes import Point
from dicomkit.volume_geometry import Floats

# What is farther off its own plane is not flat.
_FLAT_MM = 0.5
# Half a degree, as for the marks that readers draw.
_SAME_DIRECTION = math.cos(math.radians(0.5))
# Points of a line, or closer together, have no plane of their own.
_LINE_MM = 1e-3
_PIXELS = 512


def points_on(
    points: Sequence[Vector], plane: ImagePlane, *, spacing_mm: tuple[float, float]
) -> tuple[Point, ...]:
    """Return where points of the patient lie over a plane: (column, row) from the corner of its first pixel."""
    offsets = np.array(points) - np.array(plane.position)
    down, across = spacing_mm
    columns = offsets @ np.array(plane.row_direction) / across + 0.5
    rows = offsets @ np.array(plane.column_direction) / down + 0.5
    return tuple(zip(columns.tolist(), rows.tolist(), strict=True))


def farthest_mm(points: Sequence[Vector], plane: ImagePlane) -> float:
    """Return how far the farthest point is from a plane."""
    offsets = np.array(points) - np.array(plane.position)
    return float(np.abs(offsets @ np.array(plane.normal)).max())


def centre_of(points: Sequence[Vector]) -> Vector:
    """Return the mean of points."""
    x, y, z = np.mean(np.array(points), axis=0).tolist()
    return x, y, z


def plane_through(points: Sequence[Vector], stacks: Iterable[PlaneStack]) -> ReformatPlane | None:
    """Return a plane that a drawing lies on; None where it is not flat.

    A plane of one of the stacks is preferred: always for a point, for a line where it runs along one.
    """
    candidates = list(stacks)
    normal = _normal(np.array(points), [np.array(stack.first.plane.normal) for stack in candidates])
    for stack in candidates:
        if abs(normal @ np.array(stack.first.plane.normal)) >= _SAME_DIRECTION:
            through = np.array(stack.first.plane.normal)
            first = np.array(stack.first.plane.position)
            position = first + ((np.array(centre_of(points)) - first) @ through) * through
            plane = replace(stack.first, plane=replace(stack.first.plane, position=_vector(position)))
            break
    else:
        plane = _turned(points, normal, candidates[0])
    return plane if farthest_mm(points, plane.plane) <= _FLAT_MM else None


def _normal(points: Floats, normals: Sequence[Floats]) -> Floats:
    """Return the normal of the plane of points; of a point or a line, that which is nearest to one of the stacks."""
    _, sizes, directions = np.linalg.svd(points - points.mean(axis=0))
    if len(sizes) > 1 and sizes[1] > _LINE_MM:
        flat: Floats = directions[2]
        return flat
    if sizes[0] <= _LINE_MM:
        return normals[0]
    line = directions[0]
    nearest = min(normals, key=lambda normal: abs(normal @ line))
    return _unit(nearest - (nearest @ line) * line)


def _turned(points: Sequence[Vector], normal: Floats, axial: PlaneStack) -> ReformatPlane:
    """Return a plane of that normal around points, with its rows as much to the patient's left as they can run."""
    left, back = np.array(axial.first.plane.row_direction), np.array(axial.first.plane.column_direction)
    along = left if abs(left @ normal) < 0.9 else back
    row = _unit(along - (along @ normal) * normal)
    column = np.cross(normal, row)
    # Down is to the feet, or to the back.
    if column[2] > 1e-6 or (abs(column[2]) <= 1e-6 and column @ back < 0):
        column = -column
    spacing_mm = min(axial.first.spacing_mm)
    position = np.array(centre_of(points)) - (row + column) * spacing_mm * _PIXELS / 2
    plane = ImagePlane(_vector(position), _vector(row), _vector(column))
    return ReformatPlane(plane, (spacing_mm, spacing_mm), _PIXELS, _PIXELS)


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / np.linalg.norm(vector)
    return unit


def _vector(values: Floats) -> Vector:
    x, y, z = (values + 0.0).tolist()
    return x, y, z
