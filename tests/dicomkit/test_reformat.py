"""Planes through volumes, against functions whose value at every point is known, numpy, and scipy where it is there."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from dicomkit.geometry import ImagePlane, Vector, orientation_letters
from dicomkit.reformat import (
    PlaneName,
    ReformatPlane,
    plane_stacks,
    slab_offsets_mm,
    turn_degrees,
)
from dicomkit.reformat_points import plane_by_points
from dicomkit.reformat_sampling import reformat, slices_needed
from dicomkit.reformat_voxels import PADDING, Projection, sampling_of
from dicomkit.volume import VolumeImage, volume_of
from dicomkit.volume_geometry import VolumeGeometry

ACQUISITIONS: dict[str, tuple[Vector, Vector]] = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "axial, prone": ((-1, 0, 0), (0, -1, 0)),
    "axial, feet first": ((-1, 0, 0), (0, 1, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "oblique": ((math.cos(0.3), math.sin(0.3), 0), (0, 0, -1)),
}
LETTERS = {PlaneName.AXIAL: ("L", "P"), PlaneName.CORONAL: ("L", "F"), PlaneName.SAGITTAL: ("P", "F")}


def geometry_of(
    row: Vector = (1, 0, 0),
    column: Vector = (0, 1, 0),
    *,
    positions: Sequence[float] = tuple(2.5 * k for k in range(13)),
    spacing: tuple[float, float] = (0.7, 1.1),
    rows: int = 24,
    columns: int = 20,
    stacking: Vector | None = None,
) -> VolumeGeometry:
    direction = np.array(stacking or np.cross(row, column), float)
    corner = np.array((-11.0, 4.0, -13.0))
    places = [tuple((corner + position * direction).tolist()) for position in positions]
    images = [VolumeImage(ImagePlane(place, row, column), spacing, rows, columns) for place in places]
    return volume_of(images).geometry


def at(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the known value at points of the patient, (..., 3): trilinear interpolation gives it back exactly."""
    return 30000 + points @ np.array((61.0, -47.0, 83.0))


def filled(geometry: VolumeGeometry) -> NDArray[np.uint16]:
    """Return the voxels of the known function."""
    columns, rows, positions = np.meshgrid(
        np.arange(geometry.columns), np.arange(geometry.rows), geometry.positions_mm, indexing="ij"
    )
    points = np.stack((columns, rows, positions), axis=-1) @ geometry.matrix.T + geometry.plane.position
    return np.ascontiguousarray(np.rint(at(points)).astype(np.uint16).T)


def noise(geometry: VolumeGeometry, *, seed: int = 1) -> NDArray[np.uint16]:
    return np.random.default_rng(seed).integers(100, 60000, geometry.shape, dtype=np.uint16)


def points_of(plane: ReformatPlane) -> NDArray[np.float64]:
    """Return the patient coordinates of every pixel, (rows, columns, 3)."""
    down, across = plane.spacing_mm
    x, y = np.meshgrid(np.arange(plane.columns) * across, np.arange(plane.rows) * down)
    return (
        np.array(plane.plane.position)
        + x[..., None] * plane.plane.row_direction
        + y[..., None] * plane.plane.column_direction
    )


def turned_plane(geometry: VolumeGeometry, *, seed: int, rows: int = 30, columns: int = 34) -> ReformatPlane:
    """Return a plane in some direction through the middle of a volume."""
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    row, column = axes[:, 0], axes[:, 1]
    corner = geometry.corners_patient.mean(axis=0) - 0.45 * (row * columns + column * rows)
    plane = ImagePlane(tuple(corner.tolist()), tuple(row.tolist()), tuple(column.tolist()))
    return ReformatPlane(plane, (0.9, 0.9), rows, columns)


@pytest.mark.parametrize("acquisition", ACQUISITIONS)
@pytest.mark.parametrize("name", PlaneName)
def test_each_stack_is_oriented_as_a_radiologist_expects(acquisition: str, name: PlaneName) -> None:
    stack = plane_stacks(geometry_of(*ACQUISITIONS[acquisition]))[name]

    plane = stack.first.plane
    letters = orientation_letters(plane.row_direction)[0], orientation_letters(plane.column_direction)[0]
    assert letters == LETTERS[name]
    towards = {PlaneName.AXIAL: "F", PlaneName.CORONAL: "P", PlaneName.SAGITTAL: "L"}[name]
    assert orientation_letters((np.array(stack.step) / stack.step_mm).tolist())[0] == towards


@pytest.mark.parametrize("acquisition", ACQUISITIONS)
@pytest.mark.parametrize("name", PlaneName)
def test_each_stack_shows_at_every_pixel_what_is_there_in_the_patient(
    acquisition: str, name: PlaneName
) -> None:
    geometry = geometry_of(*ACQUISITIONS[acquisition])
    voxels, stack = filled(geometry), plane_stacks(geometry)[name]

    for index in (0, stack.count // 3, stack.count - 1):
        plane = stack.plane(index)
        shown = reformat(voxels, geometry=geometry, plane=plane)
        assert np.abs(shown - at(points_of(plane))).max() <= 1


@pytest.mark.parametrize("acquisition", ACQUISITIONS)
def test_the_stacks_reach_from_one_end_of_the_volume_to_the_other(acquisition: str) -> None:
    geometry = geometry_of(*ACQUISITIONS[acquisition])
    corners = geometry.corners_patient

    for stack in plane_stacks(geometry).values():
        first, last = points_of(stack.plane(0)), points_of(stack.plane(stack.count - 1))
        ends = np.concatenate((first[[0, -1]][:, [0, -1]], last[[0, -1]][:, [0, -1]])).reshape(-1, 3)
        assert np.abs(ends.mean(axis=0) - corners.mean(axis=0)).max() < 1.1
        assert (
            stack.first.spacing_mm[0]
            == stack.first.spacing_mm[1]
            == pytest.approx(min(*[axis for axis in (0.7, 1.1, 2.5) if axis != pytest.approx(stack.step_mm)]))
        )


def test_axial_planes_of_an_axial_series_are_its_images_from_the_head_down() -> None:
    geometry = geometry_of(spacing=(0.8, 0.8))
    voxels = noise(geometry)
    stack = plane_stacks(geometry)[PlaneName.AXIAL]

    assert (stack.count, stack.is_acquired) == (13, True)
    for index in range(13):
        assert np.array_equal(
            reformat(voxels, geometry=geometry, plane=stack.plane(index)), voxels[12 - index]
        )
        assert slices_needed(geometry, stack.plane(index)) == range(12 - index, 13 - index)


def test_coronal_and_sagittal_planes_equal_slicing_and_linear_interpolation() -> None:
    geometry = geometry_of(spacing=(0.8, 0.8), positions=[2.0 * k for k in range(13)])
    voxels = noise(geometry)
    stacks = plane_stacks(geometry)
    heights = np.arange(31) * 0.8

    for name, cut in ((PlaneName.CORONAL, voxels[:, 7, :]), (PlaneName.SAGITTAL, voxels[:, :, 7])):
        shown = reformat(voxels, geometry=geometry, plane=stacks[name].plane(7))
        from_the_head = cut[::-1].astype(float)
        expected = np.array([np.interp(heights / 2.0, np.arange(13), line) for line in from_the_head.T]).T
        assert shown.shape == expected.shape
        assert np.abs(shown - expected).max() <= 0.51
        assert np.array_equal(shown[::5], cut[::-1][::2])
        assert slices_needed(geometry, stacks[name].plane(7)) == range(13)


@pytest.mark.parametrize("degrees", [-25.0, 15.0])
def test_a_tilted_stack_is_shown_upright_and_black_where_nothing_was_imaged(degrees: float) -> None:
    tilt = math.radians(degrees)
    geometry = geometry_of(
        column=(0, math.cos(tilt), math.sin(tilt)), stacking=(0, 0, 1), positions=[2.0 * k for k in range(20)]
    )
    voxels = filled(geometry)

    for name, stack in plane_stacks(geometry).items():
        assert orientation_letters(stack.first.plane.row_direction) == LETTERS[name][0]
        assert orientation_letters(stack.first.plane.column_direction) == LETTERS[name][1]
        plane = stack.plane(stack.count // 2)
        shown = reformat(voxels, geometry=geometry, plane=plane)
        is_imaged = shown != PADDING
        assert is_imaged.mean() > 0.3
        places = np.array(
            [geometry.patient_to_voxel(tuple(p)) for p in points_of(plane).reshape(-1, 3).tolist()]
        )
        inside = (
            (places[:, :2] > 0) & (places[:, :2] < (19, 23)) & (places[:, 2:] > 0) & (places[:, 2:] < 19)
        ).all(axis=1)
        assert is_imaged.reshape(-1)[inside].all()
        difference = (shown.astype(float) - at(points_of(plane))).reshape(-1)
        assert np.abs(difference[inside]).max() <= 1
    assert not (
        reformat(voxels, geometry=geometry, plane=plane_stacks(geometry)[PlaneName.SAGITTAL].plane(5))
        != PADDING
    ).all()


@pytest.mark.parametrize("seed", range(6))
def test_an_oblique_plane_shows_the_known_values_and_padding_outside(seed: int) -> None:
    geometry = geometry_of()
    plane = turned_plane(geometry, seed=seed)

    shown = reformat(filled(geometry), geometry=geometry, plane=plane)

    offsets = points_of(plane) - np.array(geometry.plane.position)
    places = np.linalg.solve(geometry.matrix, offsets.reshape(-1, 3).T).T.reshape(offsets.shape)
    ends = np.array((19, 23, 12 * 2.5))
    half = np.array((0.5, 0.5, 1.25))
    inside = ((places >= 0) & (places <= ends)).all(axis=-1)
    outside = ((places < -half - 0.01) | (places > ends + half + 0.01)).any(axis=-1)
    assert inside.sum() > 100
    assert np.abs(shown[inside] - at(points_of(plane))[inside]).max() <= 1
    assert (shown[outside] == PADDING).all()
    assert (shown[inside] != PADDING).all()


@pytest.mark.parametrize("seed", range(4))
def test_an_oblique_plane_of_noise_equals_map_coordinates(seed: int) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    geometry = geometry_of()
    voxels, plane = noise(geometry), turned_plane(geometry, seed=seed)

    shown = reformat(voxels, geometry=geometry, plane=plane)

    offsets = (points_of(plane) - np.array(geometry.plane.position)).reshape(-1, 3)
    column, row, position = np.linalg.solve(geometry.matrix, offsets.T)
    expected = ndimage.map_coordinates(
        voxels.astype(float), (position / 2.5, row, column), order=1, mode="nearest"
    ).reshape(shown.shape)
    seen = shown != PADDING
    assert np.abs(shown[seen] - expected[seen]).max() <= 1


@pytest.mark.parametrize("name", PlaneName)
@pytest.mark.parametrize("acquisition", ["axial", "sagittal"])
def test_both_ways_of_sampling_agree(name: PlaneName, acquisition: str) -> None:
    geometry = geometry_of(*ACQUISITIONS[acquisition])
    voxels = noise(geometry)
    plane = plane_stacks(geometry)[name].plane(3)

    cut = reformat(voxels, geometry=geometry, plane=plane)

    by_points = plane_by_points(
        voxels, geometry, plane, sampling_of(geometry, plane), (0.0,), Projection.MAXIMUM
    )
    # Coordinates of points have 24 bits, and noise changes by 60,000 from voxel to voxel.
    assert np.abs(cut.astype(int) - by_points).max() <= 2


def test_irregular_slices_are_interpolated_between_their_own_positions() -> None:
    geometry = geometry_of(positions=[0, 2.5, 5, 7.5, 10, 15, 20, 25, 30])
    voxels = filled(geometry)

    for stack in plane_stacks(geometry).values():
        plane = stack.plane(stack.count // 2)
        assert np.abs(reformat(voxels, geometry=geometry, plane=plane) - at(points_of(plane))).max() <= 1
    plane = turned_plane(geometry, seed=5)
    shown = reformat(voxels, geometry=geometry, plane=plane)
    middle = shown[12:18, 14:20]
    assert np.abs(middle - at(points_of(plane))[12:18, 14:20]).max() <= 1


def test_a_gap_stays_black_and_the_slices_around_it_keep_their_places() -> None:
    geometry = geometry_of(spacing=(1.0, 1.0), positions=[*range(10), *range(15, 25)])
    voxels = noise(geometry)
    stacks = plane_stacks(geometry)

    coronal = reformat(voxels, geometry=geometry, plane=stacks[PlaneName.CORONAL].plane(4))[::-1]
    axial = [
        reformat(voxels, geometry=geometry, plane=stacks[PlaneName.AXIAL].plane(24 - height))
        for height in range(25)
    ]

    assert np.array_equal(coronal[:10], voxels[:10, 4])
    assert np.array_equal(coronal[15:], voxels[10:, 4])
    assert (coronal[10:15] == PADDING).all()
    assert np.array_equal(axial[9], voxels[9])
    assert np.array_equal(axial[15], voxels[10])
    assert all((plane == PADDING).all() for plane in axial[10:15])
    assert not stacks[PlaneName.AXIAL].is_acquired


def test_a_slab_takes_each_layer_within_half_its_thickness() -> None:
    assert slab_offsets_mm(0, step_mm=2.5) == (0.0,)
    assert slab_offsets_mm(4.9, step_mm=2.5) == (0.0,)
    assert slab_offsets_mm(5, step_mm=2.5) == (-2.5, 0.0, 2.5)
    assert len(slab_offsets_mm(10, step_mm=1 / 3)) == 31


PROJECTIONS = {
    Projection.MAXIMUM: lambda block, axis: block.max(axis),
    Projection.MINIMUM: lambda block, axis: block.min(axis),
    Projection.MEAN: lambda block, axis: np.floor(block.mean(axis) + 0.5),
}


@pytest.mark.parametrize("projection", Projection)
def test_a_slab_projects_its_layers(projection: Projection) -> None:
    geometry = geometry_of(spacing=(1.0, 1.0), positions=range(24))
    voxels = noise(geometry)
    stacks, project = plane_stacks(geometry), PROJECTIONS[projection]

    def slab(name: PlaneName, index: int) -> NDArray[np.uint16]:
        return reformat(
            voxels,
            geometry=geometry,
            plane=stacks[name].plane(index),
            offsets_mm=slab_offsets_mm(4.0, step_mm=1.0),
            projection=projection,
        )

    assert np.array_equal(slab(PlaneName.AXIAL, 10), project(voxels[11:16], 0))
    assert np.array_equal(slab(PlaneName.CORONAL, 10), project(voxels[::-1, 8:13], 1))
    assert np.array_equal(slab(PlaneName.SAGITTAL, 0), project(voxels[::-1, :, 0:3], 2))


@pytest.mark.parametrize("projection", Projection)
def test_an_oblique_slab_projects_the_planes_within_it(projection: Projection) -> None:
    geometry = geometry_of()
    voxels, plane = noise(geometry), turned_plane(geometry, seed=2)
    offsets = slab_offsets_mm(4.0, step_mm=0.7)

    shown = reformat(voxels, geometry=geometry, plane=plane, offsets_mm=offsets, projection=projection)

    layers = []
    for offset in offsets:
        place = np.array(plane.plane.position) + offset * np.array(plane.plane.normal)
        moved = ImagePlane(tuple(place.tolist()), plane.plane.row_direction, plane.plane.column_direction)
        layers.append(
            reformat(
                voxels,
                geometry=geometry,
                plane=ReformatPlane(moved, plane.spacing_mm, plane.rows, plane.columns),
            )
        )
    stacked = np.stack(layers)
    everywhere = (stacked != PADDING).all(axis=0)
    assert everywhere.sum() > 300
    expected = PROJECTIONS[projection](stacked.astype(int), 0)
    assert np.abs(shown[everywhere] - expected[everywhere]).max() <= 60
    assert ((shown == PADDING) == (stacked == PADDING).all(axis=0)).mean() > 0.99


@pytest.mark.parametrize("projection", Projection)
def test_padding_takes_no_part(projection: Projection) -> None:
    geometry = geometry_of(spacing=(1.0, 1.0), positions=[2.0 * k for k in range(13)])
    voxels = np.full(geometry.shape, 1000, np.uint16)
    voxels[:, :, 12:] = PADDING
    voxels[5:, :5, :] = PADDING
    for plane in (
        turned_plane(geometry, seed=1),
        *(s.plane(s.count // 2) for s in plane_stacks(geometry).values()),
    ):
        shown = reformat(
            voxels,
            geometry=geometry,
            plane=plane,
            offsets_mm=slab_offsets_mm(4.0, step_mm=1.0),
            projection=projection,
        )

        assert set(np.unique(shown)) <= {1000, int(PADDING)}
        assert (shown == 1000).any()


@pytest.mark.parametrize("seed", range(3))
def test_only_the_slices_that_are_needed_are_looked_at(seed: int) -> None:
    geometry = geometry_of()
    voxels = noise(geometry)
    plane = turned_plane(geometry, seed=seed, rows=6, columns=6)
    offsets = slab_offsets_mm(2.0, step_mm=0.7)
    needed = slices_needed(geometry, plane, offsets_mm=offsets)
    whole = reformat(voxels, geometry=geometry, plane=plane, offsets_mm=offsets)

    partly = np.zeros_like(voxels)
    partly[needed.start : needed.stop] = voxels[needed.start : needed.stop]

    assert len(needed) < geometry.slices
    assert np.array_equal(reformat(partly, geometry=geometry, plane=plane, offsets_mm=offsets), whole)


def test_a_plane_beside_the_volume_needs_no_slices_and_is_padding() -> None:
    geometry = geometry_of()
    plane = ReformatPlane(ImagePlane((0.0, 0.0, 500.0), (1, 0, 0), (0, 1, 0)), (1.0, 1.0), 5, 6)

    assert len(slices_needed(geometry, plane)) == 0
    assert (reformat(noise(geometry), geometry=geometry, plane=plane) == PADDING).all()


def test_the_turn_of_an_acquisition_is_measured() -> None:
    assert turn_degrees(geometry_of()) == 0
    assert turn_degrees(geometry_of(*ACQUISITIONS["oblique"])) == pytest.approx(math.degrees(0.3))
