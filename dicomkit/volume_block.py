"""A whole volume on one coarse, even grid along the axes of the patient, small enough to be drawn elsewhere.

Tilted, irregular and oblique stacks are resampled onto the same kind of grid, so whoever draws it needs no geometry but a
position and one spacing.

References
----------
PS3.3 C.7.6.2 (Image Plane): x grows to the patient's left, y to the back, z to the head.
"""

import itertools
from dataclasses import dataclass, replace

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

    def slice_plane(self, index: int) -> ReformatPlane:
        """Return the pixels of one slice."""
        x, y, z = self.position
        plane = ImagePlane((x, y, z + index * self.spacing_mm), _ALONG_X, _ALONG_Y)
        return ReformatPlane(plane, (self.spacing_mm, self.spacing_mm), self.shape[1], self.shape[2])


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
    """Return a volume on its coarse grid. Where cubes are much larger than pixels, these are averaged first.

    Parameters
    ----------
    voxels
        (slices, rows, columns) as `geometry` says, all of them. Seconds of work for a large volume.
    """
    grid = block_grid(geometry)
    coarser = max(1, int(grid.spacing_mm / min(geometry.spacing_mm) + _ROUNDING))
    averaged, places = _averaged(voxels, coarser), _averaged_geometry(geometry, coarser)
    values = np.empty(grid.shape, np.uint16)
    for index in range(grid.shape[0]):
        values[index] = reformat(averaged, geometry=places, plane=grid.slice_plane(index))
    is_padding = values == PADDING
    lowest = int(values.min())
    highest = max(lowest + 1, int(values.max(initial=0, where=~is_padding)))
    shares = (values.astype(np.float32) - lowest) / (highest - lowest)
    shares[is_padding] = 0
    return VolumeBlock(grid, shares.astype(np.float16), lowest, highest)


def _shape(sides_mm: NDArray[np.float64], spacing_mm: float) -> tuple[int, int, int]:
    columns, rows, slices = (int(side / spacing_mm + _ROUNDING) + 1 for side in sides_mm)
    return slices, rows, columns


def _averaged(voxels: Voxels, factor: int) -> Voxels:
    """Return the mean of squares of so many pixels of each slice, of those that are no padding."""
    if factor == 1:
        return voxels
    rows, columns = (size // factor for size in voxels.shape[1:])
    averaged: Voxels = np.empty((voxels.shape[0], rows, columns), np.uint16)
    for index, slice_voxels in enumerate(voxels):
        total, count = np.zeros((rows, columns), np.uint32), np.zeros((rows, columns), np.uint16)
        for down, across in itertools.product(range(factor), repeat=2):
            part = slice_voxels[down::factor, across::factor][:rows, :columns]
            is_value = part != PADDING
            total += part * is_value
            count += is_value
        averaged[index] = np.where(count > 0, total // np.maximum(count, 1), PADDING)
    return averaged


def _averaged_geometry(geometry: VolumeGeometry, factor: int) -> VolumeGeometry:
    """Return where the means lie: each in the middle of its pixels."""
    down, across = geometry.spacing_mm
    middle = (factor - 1) / 2
    position = geometry.voxel_to_patient(middle, middle, 0)
    return replace(
        geometry,
        plane=replace(geometry.plane, position=position),
        spacing_mm=(down * factor, across * factor),
        rows=geometry.rows // factor,
        columns=geometry.columns // factor,
    )
