"""Planes through a volume: the axial, coronal and sagittal stacks of a radiologist, and any other plane.

Axial and coronal planes have the patient's right on the left, sagittal ones anterior on the left; coronal and sagittal
ones have the head on top. Stacks run from the head down, from front to back and from right to left. They follow the
acquisition where it is turned in the patient (so that its own images are shown as they are), and the direction in which
slices are stacked where those are tilted.

References
----------
PS3.3 C.7.6.2 (Image Plane), C.7.6.1.1.1 (Patient Orientation).
"""

import itertools
import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from dicomkit.geometry import ImagePlane, Vector
from dicomkit.volume_geometry import Floats, VolumeGeometry

# Rows and columns of a plane of the three stacks, and planes of a stack.
MOST_PIXELS = 4096
MOST_PLANES = 8192
# What is short of a whole pixel by so little is a whole one.
_ROUNDING = 1e-3


class PlaneName(StrEnum):
    """The three stacks."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


@dataclass(frozen=True, slots=True)
class ReformatPlane:
    """A rectangle of pixels in the patient; `plane.position` is the centre of its first pixel.

    `spacing_mm` is row spacing (down) and column spacing (across).
    """

    plane: ImagePlane
    spacing_mm: tuple[float, float]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class PlaneStack:
    """Parallel planes, evenly spaced.

    Attributes
    ----------
    first
        The plane of index 0.
    step
        From each plane to the next, in mm of the patient.
    step_mm
        Its length, which is also the distance of the voxels in that direction.
    is_acquired
        Whether the planes are the images themselves, without interpolation.
    """

    first: ReformatPlane
    step: Vector
    step_mm: float
    count: int
    is_acquired: bool

    def plane(self, index: int) -> ReformatPlane:
        """Return the plane of a 0-based index."""
        start = self.first.plane.position
        x, y, z = (value + index * step for value, step in zip(start, self.step, strict=True))
        return replace(self.first, plane=replace(self.first.plane, position=(x, y, z)))


@dataclass(frozen=True, slots=True)
class VolumeAxis:
    """One of three perpendicular directions of a volume, and the distance of the voxels along it."""

    direction: Vector
    spacing_mm: float


def patient_axes(geometry: VolumeGeometry) -> tuple[VolumeAxis, VolumeAxis, VolumeAxis]:
    """Return the axes of the volume that run most to the patient's left, back and head, in this order."""
    axes = _perpendicular_axes(geometry)
    directions = np.array([axis.direction for axis in axes])
    order = max(
        itertools.permutations(range(3)),
        key=lambda order: sum(abs(directions[axis, patient]) for patient, axis in enumerate(order)),
    )
    left, back, head = (
        _signed(axes[axis], towards=float(directions[axis, patient])) for patient, axis in enumerate(order)
    )
    return left, back, head


def turn_degrees(geometry: VolumeGeometry) -> float:
    """Return the largest angle between an axis of the volume and the axis of the patient that it stands for."""
    cosines = [axis.direction[index] for index, axis in enumerate(patient_axes(geometry))]
    return max(math.degrees(math.acos(min(1.0, cosine))) for cosine in cosines)


def plane_stacks(geometry: VolumeGeometry) -> dict[PlaneName, PlaneStack]:
    """Return the three stacks of a volume.

    Pixels are square and as large as the smaller distance of the voxels in the plane; pixels that are square but for a
    thousandth stay as they are, so that acquired images keep their very values.
    """
    left, back, head = patient_axes(geometry)
    down, front_to_back, right_to_left = _reversed(head), back, left
    return {
        PlaneName.AXIAL: _stack(geometry, across=left, down=back, through=down),
        PlaneName.CORONAL: _stack(geometry, across=left, down=down, through=front_to_back),
        PlaneName.SAGITTAL: _stack(geometry, across=back, down=down, through=right_to_left),
    }


def slab_offsets_mm(thickness_mm: float, *, step_mm: float) -> tuple[float, ...]:
    """Return where a slab is sampled along its normal: the plane itself, and each step within half the thickness."""
    count = math.floor(thickness_mm / 2 / step_mm + _ROUNDING)
    return tuple(index * step_mm for index in range(-count, count + 1))


def _perpendicular_axes(geometry: VolumeGeometry) -> tuple[VolumeAxis, VolumeAxis, VolumeAxis]:
    """Return the directions along rows, along columns and through the stack, the first two made to fit the third."""
    plane, (down, across) = geometry.plane, geometry.spacing_mm
    if geometry.shear == (0.0, 0.0):
        return (
            VolumeAxis(plane.row_direction, across),
            VolumeAxis(plane.column_direction, down),
            VolumeAxis(plane.normal, geometry.slice_spacing_mm),
        )
    stacking = geometry.matrix[:, 2]
    length = float(np.linalg.norm(stacking))
    through = stacking / length
    row, column = np.array(plane.row_direction), np.array(plane.column_direction)
    # The gantry turns about one edge of the image, which stays as it is.
    if abs(row @ through) <= abs(column @ through):
        row = _unit(row - (row @ through) * through)
        column = np.cross(through, row)
    else:
        column = _unit(column - (column @ through) * through)
        row = np.cross(column, through)
    return (
        VolumeAxis(_vector(row), across),
        VolumeAxis(_vector(column), down),
        VolumeAxis(_vector(through), geometry.slice_spacing_mm * length),
    )


def _stack(
    geometry: VolumeGeometry, *, across: VolumeAxis, down: VolumeAxis, through: VolumeAxis
) -> PlaneStack:
    corners = geometry.corners_patient
    low = np.array([(corners @ np.array(axis.direction)).min() for axis in (across, down, through)])
    high = np.array([(corners @ np.array(axis.direction)).max() for axis in (across, down, through)])
    width_mm, height_mm, depth_mm = (high - low).tolist()
    down_mm, across_mm = _square(down.spacing_mm, across.spacing_mm, longest_mm=max(width_mm, height_mm))
    step_mm = max(through.spacing_mm, depth_mm / (MOST_PLANES - 1))
    # The directions are perpendicular, so a point is the sum of its parts along them.
    start = low @ np.array([across.direction, down.direction, through.direction])
    first = ReformatPlane(
        ImagePlane(_vector(start), across.direction, down.direction),
        (down_mm, across_mm),
        _whole(height_mm / down_mm),
        _whole(width_mm / across_mm),
    )
    is_through_slices = abs(np.dot(through.direction, geometry.plane.normal)) > 1 - 1e-9
    is_native = (down_mm, across_mm) == (down.spacing_mm, across.spacing_mm) and step_mm == through.spacing_mm
    return PlaneStack(
        first=first,
        step=_vector(np.array(through.direction) * step_mm),
        step_mm=step_mm,
        count=_whole(depth_mm / step_mm),
        is_acquired=bool(
            is_through_slices and is_native and geometry.is_regular and geometry.shear == (0.0, 0.0)
        ),
    )


def _square(down_mm: float, across_mm: float, *, longest_mm: float) -> tuple[float, float]:
    """Return the spacing of square pixels, as fine as the finer of two spacings and not more than are allowed."""
    smaller = min(down_mm, across_mm)
    least = longest_mm / (MOST_PIXELS - 1)
    if smaller >= least and max(down_mm, across_mm) - smaller <= _ROUNDING * smaller:
        return down_mm, across_mm
    return max(smaller, least), max(smaller, least)


def _whole(steps: float) -> int:
    return math.floor(steps + _ROUNDING) + 1


def _signed(axis: VolumeAxis, *, towards: float) -> VolumeAxis:
    return _reversed(axis) if towards < 0 else axis


def _reversed(axis: VolumeAxis) -> VolumeAxis:
    x, y, z = axis.direction
    return VolumeAxis((-x, -y, -z), axis.spacing_mm)


def _unit(vector: Floats) -> Floats:
    unit: Floats = vector / np.linalg.norm(vector)
    return unit


def _vector(values: Floats) -> Vector:
    # Adding zero turns -0.0 into 0.0, which reads better in JSON.
    x, y, z = (value + 0.0 for value in values.tolist())
    return x, y, z
