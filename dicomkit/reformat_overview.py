"""The maximum through a whole volume in any direction, from a coarser volume that keeps the height of each maximum.

Blocks of voxels become their maximum, which is then met by the nearest block: no value is shown that the volume does not
have, and what is thinner than a block becomes broader, not darker.

References
----------
PS3.3 C.7.6.2 (Image Plane).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_voxels import SAME_PLACE, Voxels, sampling_of
from dicomkit.volume_geometry import Floats, VolumeGeometry

_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class VolumeOverview:
    """Maxima of blocks of voxels.

    Attributes
    ----------
    raised
        (slices + 2, rows + 2, columns + 2) of blocks, each value one more than stored, so that padding, which is the
        highest number, becomes 0. There is one block of nothing all around.
    factors
        Voxels of a block along columns, rows and slices.
    """

    raised: Voxels
    factors: tuple[int, int, int]


def overview_factors(geometry: VolumeGeometry, *, spacing_mm: float) -> tuple[int, int, int]:
    """Return how many voxels of each direction (columns, rows, slices) make a block that is not smaller than a pixel.

    Smaller blocks could lie between the points at which a view looks.
    """
    down, across = geometry.spacing_mm
    columns, rows, slices = (
        max(1, math.ceil(spacing_mm / size - _ROUNDING)) for size in (across, down, geometry.slice_spacing_mm)
    )
    return columns, rows, slices


def overview_of(voxels: Voxels, *, factors: tuple[int, int, int]) -> VolumeOverview:
    """Return the maxima of blocks of voxels, (slices, rows, columns) as stored. Reads the whole volume once."""
    in_row, in_column, in_stack = factors
    shape = tuple(
        -(-size // factor) for size, factor in zip(voxels.shape, (in_stack, in_column, in_row), strict=True)
    )
    raised: Voxels = np.zeros([size + 2 for size in shape], np.uint16)
    for index in range(shape[0]):
        block = voxels[index * in_stack : (index + 1) * in_stack] + np.uint16(1)
        highest: Voxels = block[0] if len(block) == 1 else block.max(axis=0)
        by_rows = _highest_of_neighbours(highest.T, in_column).T
        raised[index + 1, 1:-1, 1:-1] = _highest_of_neighbours(by_rows, in_row)
    return VolumeOverview(raised, factors)


def projected_maximum(
    overview: VolumeOverview,
    *,
    geometry: VolumeGeometry,
    plane: ReformatPlane,
    offsets_mm: tuple[float, ...],
) -> Voxels:
    """Return the highest value behind and before each pixel of a plane, `PADDING` where there is none.

    Parameters
    ----------
    offsets_mm
        Where along the normal of the plane blocks are looked up.

    Returns
    -------
    (rows, columns) of voxels.
    """
    sampling = sampling_of(geometry, plane)
    flat = overview.raised.reshape(-1)
    in_row, in_column, in_stack = overview.factors
    high = np.array(overview.raised.shape[::-1]) - 1
    row_stride, slice_stride = int(high[0]) + 1, (int(high[0]) + 1) * (int(high[1]) + 1)
    best: Voxels = np.zeros((plane.rows, plane.columns), np.uint16)
    for offset in offsets_mm:
        starts = sampling.start + sampling.steps[:, 2] * offset
        if not _meets(starts, sampling.steps, plane, geometry):
            continue
        across, down, positions_mm = (
            _places(float(start), step, plane) for start, step in zip(starts, sampling.steps, strict=True)
        )
        index = _blocks(_slices(geometry, positions_mm), in_stack, high[2]) * slice_stride
        index = index + _blocks(down, in_column, high[1]) * row_stride
        index = index + _blocks(across, in_row, high[0])
        np.maximum(best, flat.take(index), out=best)
    lowered: Voxels = best - np.uint16(1)
    return lowered


def _places(start: float, step: Floats, plane: ReformatPlane) -> NDArray[np.float32]:
    """Return one coordinate of all pixels; of one row or column only where the others have the same.

    Around the head axis this spares most of the work: rows then decide the slice, and columns the place in it.
    """
    place = np.full((1, 1), start, np.float32)
    if abs(step[0]) * plane.columns > SAME_PLACE:
        place = place + np.arange(plane.columns, dtype=np.float32) * np.float32(step[0])
    if abs(step[1]) * plane.rows > SAME_PLACE:
        place = place + np.arange(plane.rows, dtype=np.float32)[:, None] * np.float32(step[1])
    return place


def _slices(geometry: VolumeGeometry, positions_mm: NDArray[np.float32]) -> NDArray[np.floating]:
    """Return slices, with fractions, at positions along the normal; what lies outside or in a gap comes before them."""
    if geometry.is_regular:
        return positions_mm / np.float32(geometry.slice_spacing_mm)
    slices, is_missing = geometry.slice_coordinates(positions_mm)
    slices[is_missing] = -1.0
    return slices


def _blocks(voxels: NDArray[np.floating], factor: int, highest: int) -> NDArray[np.intp]:
    """Return the block, with the border as 0 and as the highest number, in which each voxel lies."""
    blocks = (voxels + 0.5) * (1.0 / factor)
    blocks += 1.0
    np.clip(blocks, 0, highest, out=blocks)
    whole: NDArray[np.intp] = blocks.astype(np.intp)
    return whole


def _meets(starts: Floats, steps: Floats, plane: ReformatPlane, geometry: VolumeGeometry) -> bool:
    """Tell whether a layer comes near the volume."""
    ends = np.array(
        [
            starts + steps[:, 0] * column + steps[:, 1] * row
            for column in (0, plane.columns - 1)
            for row in (0, plane.rows - 1)
        ]
    )
    margin = np.array((1.0, 1.0, geometry.slice_spacing_mm))
    highest = np.array((geometry.columns, geometry.rows, geometry.positions_mm[-1])) + margin
    return bool(((ends.max(axis=0) >= -margin) & (ends.min(axis=0) <= highest)).all())


def _highest_of_neighbours(values: Voxels, factor: int) -> Voxels:
    """Return the maxima of so many neighbours in each row, the last ones of what is left."""
    highest = values[:, ::factor].copy()
    for start in range(1, factor):
        others = values[:, start::factor]
        reached = highest[:, : others.shape[1]]
        np.maximum(reached, others, out=reached)
    return highest
