"""The values of a plane or slab out of the voxels of a volume.

Between voxels values are interpolated linearly in all three directions. Padding takes no part: next to it the nearest
voxel decides. Half a voxel around the outermost centres belongs to the volume.

References
----------
PS3.3 C.7.6.2 (Image Plane).
"""

import math

import numpy as np

from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_aligned import aligned_plane, axes_of
from dicomkit.reformat_points import plane_by_points
from dicomkit.reformat_voxels import SAME_PLACE, Projection, Voxels, sampling_of
from dicomkit.volume_geometry import VolumeGeometry

# The axis of the volume through its slices.
_ALONG_NORMAL = 2


def reformat(
    voxels: Voxels,
    *,
    geometry: VolumeGeometry,
    plane: ReformatPlane,
    offsets_mm: tuple[float, ...] = (0.0,),
    projection: Projection = Projection.MAXIMUM,
) -> Voxels:
    """Return the values of a plane.

    Parameters
    ----------
    voxels
        (slices, rows, columns) as `geometry` says, contiguous; may be mapped from a file. Only the slices that
        `slices_needed` names are looked at.
    offsets_mm
        Where along the normal of the plane samples are taken, see `reformat.slab_offsets_mm`.
    projection
        What becomes of several samples.

    Returns
    -------
    (rows, columns), `PADDING` outside of the volume.
    """
    sampling = sampling_of(geometry, plane)
    aligned = aligned_plane(voxels, geometry, plane, sampling, offsets_mm, projection)
    if aligned is not None:
        return aligned
    return plane_by_points(voxels, geometry, plane, sampling, offsets_mm, projection)


def slices_needed(
    geometry: VolumeGeometry, plane: ReformatPlane, *, offsets_mm: tuple[float, ...] = (0.0,)
) -> range:
    """Return the indexes of the slices that a plane or slab is made from."""
    sampling = sampling_of(geometry, plane)
    ends = np.array(
        [
            sampling.start + sampling.steps @ np.array((column, row, offset))
            for column in (0, plane.columns - 1)
            for row in (0, plane.rows - 1)
            for offset in (offsets_mm[0], offsets_mm[-1])
        ]
    )
    positions = np.array([ends[:, 2].min(), ends[:, 2].max()])
    half = geometry.slice_spacing_mm / 2
    if positions[1] < -half or positions[0] > geometry.positions_mm[-1] + half:
        return range(0)
    first, last = geometry.slice_coordinates(positions)[0].tolist()
    axes = axes_of(geometry, plane, sampling, offsets_mm)
    # Layers are met within the tolerance; what is sampled by points may need the next slice for a trace of it.
    margin = SAME_PLACE if axes is not None and axes[2] == _ALONG_NORMAL else -SAME_PLACE
    return range(max(0, math.floor(first + margin)), min(geometry.slices - 1, math.ceil(last - margin)) + 1)
