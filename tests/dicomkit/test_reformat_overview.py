"""The maximum through a whole volume, against numpy."""

import numpy as np
import pytest

from dicomkit.geometry import ImagePlane
from dicomkit.reformat import ReformatPlane, slab_offsets_mm
from dicomkit.reformat_overview import overview_factors, overview_of, projected_maximum
from dicomkit.reformat_voxels import PADDING
from dicomkit.volume import VolumeImage, volume_of
from dicomkit.volume_geometry import VolumeGeometry

ROWS, COLUMNS = 30, 26


def geometry_of(positions: list[float]) -> VolumeGeometry:
    images = [
        VolumeImage(ImagePlane((0.0, 0.0, z), (1, 0, 0), (0, 1, 0)), (1.0, 1.0), ROWS, COLUMNS)
        for z in positions
    ]
    return volume_of(images).geometry


def from_the_front(spacing_mm: float, rows: int, columns: int) -> ReformatPlane:
    """Return a coronal plane in the middle of the volume, the head on top."""
    half = (spacing_mm - 1) / 2
    return ReformatPlane(
        ImagePlane((half, ROWS / 2, 19.0 - half), (1, 0, 0), (0, 0, -1)),
        (spacing_mm, spacing_mm),
        rows,
        columns,
    )


@pytest.mark.parametrize("spacing_mm", [1.0, 2.0])
def test_a_view_along_the_rows_shows_the_maximum_of_each_column_of_voxels(spacing_mm):
    geometry = geometry_of([float(k) for k in range(20)])
    voxels = np.random.default_rng(1).integers(0, 60000, (20, ROWS, COLUMNS), np.uint16)
    factor = int(spacing_mm)
    plane = from_the_front(spacing_mm, 20 // factor, COLUMNS // factor)

    overview = overview_of(voxels, factors=overview_factors(geometry, spacing_mm=spacing_mm))
    found = projected_maximum(
        overview, geometry=geometry, plane=plane, offsets_mm=slab_offsets_mm(80, step_mm=spacing_mm)
    )

    columns_of_voxels = voxels.max(axis=1)[::-1]
    blocks = columns_of_voxels.reshape(20 // factor, factor, COLUMNS // factor, factor)
    assert np.array_equal(found, blocks.max(axis=(1, 3)))


@pytest.mark.parametrize("degrees", [0, 40, 95, 210])
def test_a_single_bright_voxel_keeps_its_height_from_every_side(degrees):
    geometry = geometry_of([float(k) for k in range(20)])
    voxels = np.full((20, ROWS, COLUMNS), 100, np.uint16)
    voxels[7, 11, 5] = 54321
    angle = np.deg2rad(degrees)
    row = (float(np.cos(angle)), float(np.sin(angle)), 0.0)
    start = np.array((COLUMNS / 2, ROWS / 2, 24.0)) - 25 * np.array(row)
    plane = ReformatPlane(ImagePlane(tuple(start.tolist()), row, (0, 0, -1)), (2.0, 2.0), 15, 26)

    overview = overview_of(voxels, factors=overview_factors(geometry, spacing_mm=2.0))
    found = projected_maximum(
        overview, geometry=geometry, plane=plane, offsets_mm=slab_offsets_mm(80, step_mm=1.0)
    )

    assert found[found != PADDING].max() == 54321
    assert found[0, 0] == PADDING


def test_padding_is_lower_than_every_value():
    geometry = geometry_of([float(k) for k in range(20)])
    voxels = np.full((20, ROWS, COLUMNS), PADDING, np.uint16)
    voxels[:, 3, 4] = 9

    overview = overview_of(voxels, factors=(1, 1, 1))
    found = projected_maximum(
        overview,
        geometry=geometry,
        plane=from_the_front(1.0, 20, COLUMNS),
        offsets_mm=slab_offsets_mm(80, step_mm=1.0),
    )

    assert (found[:, 4] == 9).all()
    assert (np.delete(found, 4, axis=1) == PADDING).all()


def test_a_gap_in_the_stack_stays_empty():
    geometry = geometry_of([float(k) for k in range(20) if not 5 <= k <= 9])
    voxels = np.full((15, ROWS, COLUMNS), 700, np.uint16)

    found = projected_maximum(
        overview_of(voxels, factors=(1, 1, 1)),
        geometry=geometry,
        plane=from_the_front(1.0, 20, COLUMNS),
        offsets_mm=slab_offsets_mm(80, step_mm=1.0),
    )

    assert sorted(set(np.flatnonzero(found[:, 3] == PADDING).tolist())) == [10, 11, 12, 13, 14] or (
        found[12, 3] == PADDING
    )
