"""A whole volume on one coarse, even grid along the axes of the patient, small enough to be drawn elsewhere.

Tilted, irregular and oblique stacks are resampled onto the same kind of grid, so whoever draws it needs no geometry but a
position and one spacing.

References
----------
PS3.3 C.7.6.2 (Image Plane): x grows to the patient's left, y to the back, z to the head.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicomkit.geometry import ImagePlane, Vector
from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_sampling import reformat
from dicomkit.reformat_voxels import PADDING, Voxels
from dicomkit.volume_geometry import VolumeGeometry

MOST_SIDE = 256
MOST_VOXELS = 1 << 23

_ALONG_X, _ALONG_Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class BlockGrid:
    """Cubes along the axes of the patient.

    Attributes
    ----------
    position
        Centre of the first cube: that most to the right, front and feet.
    spacing_mm
        Of the cubes, in all directions.
    shape
        (slices towards the head, rows towards the back, columns towards the left).
    """

    position: Vector
    spacing_mm: float
    shape: tuple[int, int, int]

    def slice_plane(self, index: int, *, finer: int) -> ReformatPlane:
        """Return the pixels of one slice, each cube divided into so many rows and columns."""
        spacing_mm = self.spacing_mm / finer
        inwards_mm = (spacing_mm - self.spacing_mm) / 2
        x, y, z = self.position
        start = (x + inwards_mm, y + inwards_mm, z + index * self.spacing_mm)
        return ReformatPlane(
            ImagePlane(start, _ALONG_X, _ALONG_Y),
            (spacing_mm, spacing_mm),
            self.shape[1] * finer,
            self.shape[2] * finer,
        )


@dataclass(frozen=True, slots=True, eq=False)
class VolumeBlock:
    """The values of a grid.

    Attributes
    ----------
    shares
        float16, (slices, rows, columns): 0 for the lowest voxel, and for padding, 1 for the highest.
    lowest, highest
        The voxels that are 0 and 1.
    """

    grid: BlockGrid
    shares: NDArray[np.float16]
    lowest: int
    highest: int


def block_grid(geometry: VolumeGeometry) -> BlockGrid:
    """Return the finest grid around a volume that is not finer than its voxels and has not too many of them."""
    corners = geometry.corners_patient
    low, high = corners.min(axis=0), corners.max(axis=0)
    sides_mm = high - low
    finest_mm = min(*geometry.spacing_mm, geometry.slice_spacing_mm)
    spacing_mm = max(finest_mm, float(sides_mm.max()) / (MOST_SIDE - 1))
    while (shape := _shape(sides_mm, spacing_mm))[0] * shape[1] * shape[2] > MOST_VOXELS:
        spacing_mm *= 1.02
    x, y, z = low.tolist()
    return BlockGrid((x, y, z), spacing_mm, shape)


def volume_block(voxels: Voxels, *, geometry: VolumeGeometry) -> VolumeBlock:
    """Return a volume on its coarse grid. Each cube is the mean of what lies across it in its slice.

    Parameters
    ----------
    voxels
        (slices, rows, columns) as `geometry` says, all of them. Seconds of work for a large volume.
    """
    grid = block_grid(geometry)
    finer = 1 if grid.spacing_mm < 1.5 * min(geometry.spacing_mm) else 2
    means = np.zeros(grid.shape, np.float32)
    has_value = np.zeros(grid.shape, np.bool_)
    for index in range(grid.shape[0]):
        values = reformat(voxels, geometry=geometry, plane=grid.slice_plane(index, finer=finer))
        means[index], has_value[index] = _mean_of_parts(values, finer)
    if not has_value.any():
        return VolumeBlock(grid, np.zeros(grid.shape, np.float16), 0, 1)
    lowest = int(means[has_value].min())
    highest = max(lowest + 1, int(np.ceil(means[has_value].max())))
    means -= lowest
    means /= highest - lowest
    means[~has_value] = 0
    return VolumeBlock(grid, means.astype(np.float16), lowest, highest)


def _shape(sides_mm: NDArray[np.float64], spacing_mm: float) -> tuple[int, int, int]:
    columns, rows, slices = (int(side / spacing_mm + _ROUNDING) + 1 for side in sides_mm)
    return slices, rows, columns


def _mean_of_parts(values: Voxels, finer: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the mean of the parts of each cube that are no padding, and where there is any."""
    rows, columns = (size // finer for size in values.shape)
    parts = values.reshape(rows, finer, columns, finer)
    is_value = parts != PADDING
    count = is_value.sum(axis=(1, 3), dtype=np.uint8)
    total = np.where(is_value, parts, 0).sum(axis=(1, 3), dtype=np.float32)
    mean: NDArray[np.float32] = total / np.maximum(count, 1)
    return mean, count > 0
