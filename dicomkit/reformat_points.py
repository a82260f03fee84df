"""Planes in any direction: every pixel is interpolated from the eight voxels around it.

References
----------
PS3.3 C.7.6.2 (Image Plane).
"""

import numpy as np
from numpy.typing import NDArray

from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_voxels import PADDING, Projection, Sampling, Voxels, project
from dicomkit.volume_geometry import VolumeGeometry

# Points that are sampled at once: their coordinates stay in the processor's cache.
_POINTS_AT_ONCE = 1 << 15


def plane_by_points(
    voxels: Voxels,
    geometry: VolumeGeometry,
    plane: ReformatPlane,
    sampling: Sampling,
    offsets_mm: tuple[float, ...],
    projection: Projection,
) -> Voxels:
    """Return a plane in any direction; parameters and result are those of `reformat_sampling.reformat`."""
    result: Voxels = np.empty((plane.rows, plane.columns), np.uint16)
    flat = voxels.reshape(-1)
    columns = np.arange(plane.columns, dtype=np.float32)
    rows_at_once = max(1, _POINTS_AT_ONCE // plane.columns)
    for first in range(0, plane.rows, rows_at_once):
        rows = np.arange(first, min(first + rows_at_once, plane.rows), dtype=np.float32)[:, None]
        samples = np.empty((len(offsets_mm), len(rows), plane.columns), np.uint16)
        for index, offset in enumerate(offsets_mm):
            starts = sampling.start + sampling.steps[:, 2] * offset
            places = [
                rows * np.float32(steps[1]) + (columns * np.float32(steps[0]) + np.float32(start))
                for start, steps in zip(starts, sampling.steps, strict=True)
            ]
            samples[index] = _sampled(flat, geometry, *places)
        result[first : first + len(rows)] = project(samples, projection, axis=0)
    return result


def _sampled(
    flat: Voxels,
    geometry: VolumeGeometry,
    columns: NDArray[np.float32],
    rows: NDArray[np.float32],
    positions_mm: NDArray[np.float32],
) -> Voxels:
    """Return the values at points: float32 coordinates of any one shape."""
    slices, is_missing = geometry.slice_coordinates(positions_mm)
    for coordinates, count in ((columns, geometry.columns), (rows, geometry.rows)):
        is_missing |= (coordinates < -0.5) | (coordinates > count - 0.5)
    if is_missing.all():
        nothing: Voxels = np.full(columns.shape, PADDING, np.uint16)
        return nothing
    in_stack, w_slice = _split(slices, geometry.slices)
    in_slice, w_row = _split(rows, geometry.rows)
    in_row, w_column = _split(columns, geometry.columns)
    index = (in_stack * geometry.rows + in_slice) * geometry.columns + in_row
    row_step, slice_step = geometry.columns, geometry.rows * geometry.columns
    starts = [
        slice_ + row + column for slice_ in (0, slice_step) for row in (0, row_step) for column in (0, 1)
    ]
    corners = [np.take(flat[start:], index, mode="clip") for start in starts]
    edges = [_mixed(corners[at], corners[at + 1], w_column) for at in (0, 2, 4, 6)]
    faces = [_mixed(edges[0], edges[1], w_row), _mixed(edges[2], edges[3], w_row)]
    values: Voxels = (_mixed(faces[0], faces[1], w_slice) + np.float32(0.5)).astype(np.uint16)
    touches = np.maximum.reduce(corners) == PADDING
    if touches.any():
        nearest = index + (w_column >= 0.5)
        nearest += (w_row >= 0.5) * row_step
        nearest += (w_slice >= 0.5) * slice_step
        values[touches] = flat[nearest[touches]]
    values[is_missing] = PADDING
    return values


def _split(values: NDArray[np.floating], count: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the lower neighbour of each coordinate and the weight of the upper one."""
    within = np.clip(values, 0, count - 1)
    lower = np.minimum(within.astype(np.intp), count - 2)
    return lower, (within - lower).astype(np.float32)


def _mixed(
    before: Voxels | NDArray[np.float32], after: Voxels | NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    mixed = after.astype(np.float32)
    mixed -= before
    mixed *= weight
    mixed += before
    return mixed
