"""One packing for all slices of a volume, so that their voxels can be mixed.

Slices of a CT have the same packing, and their values stay what they are. A PET has a slope of its own in each slice:
its values are put on one scale whose steps are no coarser than those of the coarsest slice.

References
----------
PS3.3 C.11.1 (Modality LUT), C.8.9.4 (PET Image: Rescale Slope may differ between the images of a series).
"""

from collections.abc import Sequence

import numpy as np

from dicomkit.pixels.packing import PackedFrame, Packing
from dicomkit.reformat_voxels import PADDING, Voxels

# The highest number stands for padding, so values end below it.
_HIGHEST = PADDING - 1


def common_packing(packings: Sequence[Packing]) -> Packing:
    """Return the packing of a volume: that of its slices, where all have the same and values rise with it."""
    first = packings[0]
    if first.scale > 0 and all(packing == first for packing in packings):
        return first
    ends = [packing.offset + packing.scale * end for packing in packings for end in (0, PADDING)]
    return Packing((max(ends) - min(ends)) / _HIGHEST, min(ends))


def to_voxels(frame: PackedFrame, packing: Packing, *, factor: float = 1.0) -> Voxels:
    """Return a slice in the packing of its volume.

    Parameters
    ----------
    factor
        From the slice's own values to those of the volume, where the volume has another unit.

    Returns
    -------
    `PADDING` where the slice has padding. The value 65,535 itself becomes 65,534.
    """
    if factor == 1.0 and frame.packing == packing:
        voxels: Voxels = np.minimum(frame.values, np.uint16(_HIGHEST))
    else:
        values = (frame.values * frame.scale + frame.offset) * factor
        steps = np.floor((values - packing.offset) / packing.scale + 0.5)
        voxels = np.clip(steps, 0, _HIGHEST).astype(np.uint16)
    if frame.padding_mask is not None:
        voxels[frame.padding_mask] = PADDING
    return voxels


def to_packed_frame(voxels: Voxels, packing: Packing) -> PackedFrame:
    """Return a plane of a volume as what levels, tiles and windows take; padding becomes a mask over zeros."""
    mask = voxels == PADDING
    if not mask.any():
        return PackedFrame(voxels, None, packing.scale, packing.offset)
    return PackedFrame(np.where(mask, np.uint16(0), voxels), mask, packing.scale, packing.offset)
