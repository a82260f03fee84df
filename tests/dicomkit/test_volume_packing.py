"""Slices with packings of their own become voxels of one packing."""

import numpy as np
import pytest

from dicomkit.pixels.packing import PackedFrame, Packing
from dicomkit.reformat_voxels import PADDING
from dicomkit.volume_packing import common_packing, to_packed_frame, to_voxels

VALUES = np.array([[0, 1], [65534, 65535]], np.uint16)


def test_slices_of_one_packing_keep_their_values_but_for_the_highest() -> None:
    packing = common_packing([Packing(1.0, -1024.0)] * 3)

    voxels = to_voxels(PackedFrame(VALUES, None, 1.0, -1024.0), packing)

    assert packing == Packing(1.0, -1024.0)
    assert voxels.tolist() == [[0, 1], [65534, 65534]]


def test_padding_is_marked_and_comes_back_as_a_mask() -> None:
    mask = np.array([[False, True], [False, True]])

    voxels = to_voxels(PackedFrame(VALUES, mask, 1.0, 0.0), Packing(1.0, 0.0))
    frame = to_packed_frame(voxels, Packing(1.0, 0.0))

    assert voxels.tolist() == [[0, PADDING], [65534, PADDING]]
    assert frame.padding_mask is not None
    assert frame.padding_mask.tolist() == mask.tolist()
    assert frame.values.tolist() == [[0, 0], [65534, 0]]
    assert VALUES[0, 1] == 1


@pytest.mark.parametrize(
    "packings",
    [
        [Packing(0.5, -10.0), Packing(2.0, 7.0)],
        [Packing(-1.0, 100.0), Packing(-1.0, 100.0)],
        [Packing(1.0, 0.0), Packing(1.0, -32768.0)],
    ],
    ids=["slopes", "falling", "offsets"],
)
def test_different_packings_keep_their_modality_values_within_half_a_step(packings: list[Packing]) -> None:
    common = common_packing(packings)

    assert common.scale > 0
    for packing in packings:
        voxels = to_voxels(PackedFrame(VALUES, None, packing.scale, packing.offset), common)
        meant = VALUES * packing.scale + packing.offset
        assert np.abs(voxels * common.scale + common.offset - meant).max() <= common.scale / 2 + 1e-9
        assert voxels.max() < PADDING
