"""Planes along the axes of a volume: cut out of the array, then interpolated by rows and columns.

Slabs project voxels before anything is interpolated, so that a maximum keeps its height.

References
----------
PS3.3 C.7.6.2 (Image Plane).
"""

import numpy as np
from numpy.typing import NDArray

from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_voxels import PADDING, SAME_PLACE, Projection, Sampling, Voxels, project
from dicomkit.volume_geometry import Floats, VolumeGeometry


def aligned_plane(
    voxels: Voxels,
    geometry: VolumeGeometry,
    plane: ReformatPlane,
    sampling: Sampling,
    offsets_mm: tuple[float, ...],
    projection: Projection,
) -> Voxels | None:
    """Return a plane along the axes of the volume whose samples lie on layers of voxels; None for another plane.

    Parameters and result are those of `reformat_sampling.reformat`.
    """
    axes = axes_of(geometry, plane, sampling, offsets_mm)
    if axes is None:
        return None
    along_columns, along_rows, through = axes
    layers, is_missing = _coordinates(
        geometry, through, sampling.start[through] + np.array(offsets_mm) * sampling.steps[through, 2]
    )
    whole = np.rint(layers[~is_missing])
    if whole.size and np.abs(layers[~is_missing] - whole).max() > SAME_PLACE:
        return None
    empty: Voxels = np.full((plane.rows, plane.columns), PADDING, np.uint16)
    if not whole.size:
        return empty
    indexes = np.unique(whole.astype(np.intp))
    source = project(_layers(voxels, indexes, axis=2 - through), projection, axis=2 - through)
    # The array has the axes of the volume in reverse order, and the columns of the plane come last.
    source = source if along_columns < along_rows else source.T
    rows, rows_missing = _coordinates(
        geometry,
        along_rows,
        sampling.start[along_rows] + np.arange(plane.rows) * sampling.steps[along_rows, 1],
    )
    columns, columns_missing = _coordinates(
        geometry,
        along_columns,
        sampling.start[along_columns] + np.arange(plane.columns) * sampling.steps[along_columns, 0],
    )
    values = _interpolated(_interpolated(source, rows, axis=0), columns, axis=1)
    if rows_missing.any() or columns_missing.any():
        values[rows_missing[:, None] | columns_missing[None, :]] = PADDING
    return values


def axes_of(
    geometry: VolumeGeometry, plane: ReformatPlane, sampling: Sampling, offsets_mm: tuple[float, ...]
) -> tuple[int, int, int] | None:
    """Return the axes of the volume along which columns, rows and normal of a plane run, if they do."""
    voxel = np.array((1.0, 1.0, geometry.slice_spacing_mm))
    reach = np.array((max(plane.columns - 1, 1), max(plane.rows - 1, 1), max(offsets_mm[-1], 1.0)))
    travelled = np.abs(sampling.steps) / voxel[:, None] * reach
    axes = travelled.argmax(axis=0)
    if len(set(axes.tolist())) < 3:
        return None
    travelled[axes, np.arange(3)] = 0
    if travelled.max() > 10 * SAME_PLACE:
        return None
    columns, rows, through = axes.tolist()
    return columns, rows, through


def _coordinates(geometry: VolumeGeometry, axis: int, values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return indexes into the array, with fractions, and where there are none."""
    if axis == 2:
        return geometry.slice_coordinates(values)
    last = (geometry.columns, geometry.rows)[axis] - 1
    return np.clip(values, 0, last), (values < -0.5 - SAME_PLACE) | (values > last + 0.5 + SAME_PLACE)


def _layers(voxels: Voxels, indexes: NDArray[np.intp], *, axis: int) -> Voxels:
    first, last = int(indexes[0]), int(indexes[-1])
    if last - first + 1 == len(indexes):
        return voxels[(slice(None),) * axis + (slice(first, last + 1),)]
    chosen: Voxels = voxels.take(indexes, axis)
    return chosen


def _interpolated(values: Voxels, coordinates: Floats, *, axis: int) -> Voxels:
    """Interpolate the rows (axis 0) or columns (axis 1) of a picture."""
    whole = np.rint(coordinates)
    if np.abs(coordinates - whole).max() <= SAME_PLACE:
        met: Voxels = values.take(whole.astype(np.intp), axis)
        return met
    lower = np.minimum(coordinates.astype(np.intp), values.shape[axis] - 2)
    weight = (coordinates - lower).astype(np.float32)
    weight = weight[:, None] if axis == 0 else weight[None, :]
    before, after = values.take(lower, axis), values.take(lower + 1, axis)
    mixed = after.astype(np.float32)
    mixed -= before
    mixed *= weight
    mixed += before
    mixed += np.float32(0.5)
    result: Voxels = mixed.astype(np.uint16)
    touches = np.maximum(before, after) == PADDING
    if touches.any():
        nearest = np.where(weight < 0.5, before, after)
        result[touches] = nearest[touches]
    return result
