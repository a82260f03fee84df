"""Voxels of a volume as they are stored, padding among them, and how the samples of a slab become one value.

Voxels are unsigned 16-bit numbers; the highest stands for padding: what was not imaged, and what a plane shows outside
of the volume.

References
----------
PS3.3 C.7.5.1.1.2 (Pixel Padding Value).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dicomkit.reformat import ReformatPlane
from dicomkit.volume_geometry import Floats, VolumeGeometry

PADDING = 0xFFFF
"""The voxel that stands for padding."""

SAME_PLACE = 1e-3
"""A voxel, or a pixel, that is off by less than this is met exactly."""

Voxels = NDArray[np.uint16]


class Projection(StrEnum):
    """How the samples of a slab become one value."""

    MAXIMUM = "max"
    MINIMUM = "min"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Sampling:
    """A plane in voxels, in the order (column, row, mm along the normal of the slices).

    `start`, (3,), is its first pixel; the columns of `steps`, (3, 3), lead to its next column, to its next row, and on by
    1 mm along its normal.
    """

    start: Floats
    steps: Floats


def sampling_of(geometry: VolumeGeometry, plane: ReformatPlane) -> Sampling:
    """Return where the pixels of a plane lie in a volume."""
    down, across = plane.spacing_mm
    directions = np.column_stack(
        (
            np.array(plane.plane.row_direction) * across,
            np.array(plane.plane.column_direction) * down,
            np.array(plane.plane.normal),
        )
    )
    offset = np.array(plane.plane.position) - np.array(geometry.plane.position)
    solved = np.linalg.solve(geometry.matrix, np.column_stack((offset, directions)))
    return Sampling(solved[:, 0], solved[:, 1:])


def project(samples: Voxels, projection: Projection, *, axis: int) -> Voxels:
    """Return maximum, minimum or mean along an axis; padding only where all samples are padding."""
    if samples.shape[axis] == 1:
        return np.squeeze(samples, axis)
    if projection is Projection.MINIMUM:
        lowest: Voxels = samples.min(axis)
        return lowest
    if projection is Projection.MAXIMUM:
        # One more makes padding, the highest number, the lowest.
        highest: Voxels = (samples + np.uint16(1)).max(axis) - np.uint16(1)
        return highest
    is_padding = samples == PADDING
    total = samples.sum(axis, dtype=np.uint32)
    if not is_padding.any():
        return _rounded_mean(total, samples.shape[axis])
    padding = is_padding.sum(axis, dtype=np.uint32)
    count = samples.shape[axis] - padding
    mean = _rounded_mean(total - padding * PADDING, np.maximum(count, 1))
    mean[count == 0] = PADDING
    return mean


def _rounded_mean(total: NDArray[np.uint32], count: NDArray[np.uint32] | int) -> Voxels:
    mean: Voxels = ((total + count // 2) // count).astype(np.uint16)
    return mean
