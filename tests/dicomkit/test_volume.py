"""From the planes of images to a volume: order, geometry, and what a reader is told."""

import math
import random
from collections.abc import Sequence

import numpy as np
import pytest

from dicomkit.errors import NotAVolumeError
from dicomkit.geometry import ImagePlane, Vector
from dicomkit.volume import VolumeImage, VolumeStack, volume_of
from dicomkit.volume_findings import FindingKind

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
DOWN = (0.0, 0.0, -1.0)


def image(
    position: Vector,
    *,
    row: Vector = X,
    column: Vector = Y,
    spacing: tuple[float, float] = (0.5, 0.8),
    rows: int = 20,
    columns: int = 30,
    frame_of_reference_uid: str = "1.2.3",
    thickness: float | None = None,
    has_grey_values: bool = True,
) -> VolumeImage:
    return VolumeImage(
        ImagePlane(position, row, column),
        spacing,
        rows,
        columns,
        frame_of_reference_uid,
        thickness,
        has_grey_values,
    )


def axial(heights: Sequence[float], **more: object) -> list[VolumeImage]:
    return [image((-10.0, 5.0, height), **more) for height in heights]  # type: ignore[arg-type]


def kinds(stack: VolumeStack) -> list[str]:
    return [str(finding.kind) for finding in stack.findings]


def test_slices_are_sorted_along_their_normal_whatever_their_order() -> None:
    heights = [float(height) for height in range(12)]
    random.Random(3).shuffle(heights)

    stack = volume_of(axial(heights))

    assert [heights[index] for index in stack.image_indexes] == sorted(heights)
    assert (stack.geometry.shape, stack.geometry.slice_spacing_mm, stack.findings) == ((12, 20, 30), 1.0, ())


@pytest.mark.parametrize(
    ("row", "column"),
    [(X, Y), (X, DOWN), (Y, DOWN), ((0.8, 0.6, 0.0), (0.0, 0.0, -1.0))],
    ids=["axial", "coronal", "sagittal", "oblique"],
)
def test_voxels_lie_where_the_standards_equation_puts_them(row: Vector, column: Vector) -> None:
    normal = np.cross(row, column)
    corner = np.array((-31.0, 12.0, 77.0))
    images = [image(tuple((corner + 2.5 * k * normal).tolist()), row=row, column=column) for k in range(5)]

    geometry = volume_of(images).geometry

    expected = corner + np.array(row) * 0.8 * 7 + np.array(column) * 0.5 * 11 + normal * 2.5 * 3
    assert geometry.voxel_to_patient(7, 11, 3) == pytest.approx(expected)
    assert geometry.patient_to_voxel(tuple(expected.tolist())) == pytest.approx((7, 11, 3))


def test_positions_written_with_few_digits_are_still_regular() -> None:
    stack = volume_of(axial([round(index / 3, 2) for index in range(31)]))

    assert stack.geometry.is_regular
    assert stack.geometry.positions_mm[30] == pytest.approx(10.0)
    assert stack.findings == ()


@pytest.mark.parametrize("degrees", [5.0, -20.0, 30.0])
def test_a_tilted_gantry_is_measured_and_sheared(degrees: float) -> None:
    tilt = math.radians(degrees)
    column = (0.0, math.cos(tilt), math.sin(tilt))
    images = [image((-10.0, 5.0, 4.0 * k), column=column) for k in range(10)]

    stack = volume_of(images)

    assert stack.geometry.tilt_degrees == pytest.approx(abs(degrees))
    assert stack.geometry.slice_spacing_mm == pytest.approx(4.0 * math.cos(tilt))
    assert kinds(stack) == ["gantry_tilt"]
    assert stack.findings[0].degrees == pytest.approx(abs(degrees))
    for k in range(10):
        assert stack.geometry.voxel_to_patient(0, 0, k) == pytest.approx((-10.0, 5.0, 4.0 * k))


def test_slices_without_order_from_side_to_side_are_refused() -> None:
    images = [image((float(k % 2) * 12, 0.0, float(k))) for k in range(10)]

    with pytest.raises(NotAVolumeError, match="shifted sideways against each other by up to"):
        volume_of(images)


def test_a_stack_steeper_than_any_gantry_is_refused() -> None:
    with pytest.raises(NotAVolumeError, match="stacked at 63 degrees"):
        volume_of([image((0.0, 2.0 * k, 1.0 * k)) for k in range(10)])


def test_missing_slices_are_a_gap_with_its_place_and_size() -> None:
    stack = volume_of(axial([*range(-5, 10), *range(13, 30)]))

    (finding,) = stack.findings
    assert (finding.kind, finding.size_mm) == (FindingKind.GAP, pytest.approx(4.0))
    assert finding.text == "No images between H 9.0 mm and H 13.0 mm: the gap of 4.0 mm stays black."
    assert (stack.geometry.gaps, stack.geometry.is_regular) == ((14,), False)
    slices, is_missing = stack.geometry.slice_coordinates(
        np.array([14.0, 14.4, 15.0, 16.0, 17.0, 17.6, 18.0])
    )
    assert is_missing.tolist() == [False, False, True, True, True, False, False]
    assert slices[[0, 1, 5, 6]].tolist() == [14, 14, 15, 15]


def test_two_blocks_of_thin_and_thick_slices_are_irregular_without_a_gap() -> None:
    thin = axial([2.5 * k for k in range(12)], thickness=2.5)
    thick = axial([27.5 + 5 * k for k in range(1, 5)], thickness=5.0)

    stack = volume_of([*thin, *thick])

    assert kinds(stack) == ["irregular_spacing"]
    assert "2.5 to 5.0 mm apart" in stack.findings[0].text
    assert stack.geometry.slice_coordinates(np.array([25.0, 30.0, 35.0]))[0].tolist() == [10.0, 11.5, 12.5]


def test_a_head_scanned_in_two_parts_that_meet_is_one_volume() -> None:
    tilt = math.radians(18.5)
    column = (0.0, math.cos(tilt), math.sin(tilt))
    along = [4.0 * k for k in range(14)] + [53.1 + 7.0 * k for k in range(14)]
    images = [
        image((0.0, 0.0, s / math.cos(tilt)), column=column, thickness=4.0 if s < 53 else 7.0) for s in along
    ]

    stack = volume_of(images)

    assert kinds(stack) == ["irregular_spacing", "gantry_tilt"]
    assert stack.geometry.positions_mm == pytest.approx(along)
    assert stack.geometry.slice_spacing_mm == pytest.approx(4.0)


def test_thin_slices_far_apart_are_named() -> None:
    stack = volume_of(axial([10.0 * k for k in range(8)], thickness=1.0))

    assert kinds(stack) == ["slices_apart"]
    assert stack.geometry.is_regular


def test_several_phases_are_named_and_the_first_image_at_each_position_is_used() -> None:
    images = [*axial(range(10)), *axial(range(10)), *axial([z + 0.004 for z in range(10)])]

    stack = volume_of(images)

    assert stack.image_indexes == tuple(range(10))
    assert kinds(stack) == ["duplicates"]
    assert stack.findings[0].count == 20
    assert "20 of 30 images" in stack.findings[0].text


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ({"column": DOWN}, FindingKind.OTHER_ORIENTATION),
        ({"rows": 21}, FindingKind.OTHER_MATRIX),
        ({"spacing": (0.5, 0.9)}, FindingKind.OTHER_PIXEL_SPACING),
        ({"frame_of_reference_uid": "1.2.4"}, FindingKind.OTHER_FRAME_OF_REFERENCE),
        ({"has_grey_values": False}, FindingKind.NO_GREY_VALUES),
        ({"spacing": (1e-9, 0.5)}, FindingKind.NO_GEOMETRY),
    ],
    ids=lambda value: str(value) if isinstance(value, FindingKind) else "",
)
def test_images_that_do_not_belong_are_left_out_and_named(
    other: dict[str, object], kind: FindingKind
) -> None:
    localizers = axial([3.0, 4.0], **other)

    stack = volume_of([*localizers, *axial(range(10))])

    assert stack.image_indexes == tuple(range(2, 12))
    assert [(one.kind, one.count) for one in stack.findings] == [(kind, 2)]
    assert stack.findings[0].text.startswith("2 images")


def test_directions_that_differ_by_rounding_are_the_same() -> None:
    images = [image((0.0, 0.0, float(k)), row=(1.0, 0.00499 + 0.00002 * (k % 2), 0.0)) for k in range(10)]

    assert len(volume_of(images).image_indexes) == 10


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (axial([1.0, 2.0]), "at least 3 parallel slices; the series has 2 images"),
        (axial([1.0, 2.0, 2.0]), "only 2 of the 3 images fit together"),
        (axial([1.0] * 9), "only 1 of the 9 images fits together"),
        (axial(range(9), has_grey_values=False), "only be computed from grey images"),
        ([VolumeImage(None, (1.0, 1.0), 9, 9)] * 9, "do not say where they lie in the patient"),
        (
            [VolumeImage(ImagePlane((0, 0, k), X, Y), None, 9, 9) for k in range(9)],
            "do not say where they lie",
        ),
        ([image((1e30, 0.0, float(k))) for k in range(9)], "do not say where they lie"),
        (
            [image((0.0, 0.0, 0.0), row=(math.cos(a), math.sin(a), 0.0), column=DOWN) for a in range(6)],
            "only 1 of the 6 images fits together",
        ),
        ([], "the series has 0 images"),
    ],
    ids=[
        "too few",
        "two positions",
        "one position",
        "colour",
        "no plane",
        "no spacing",
        "far away",
        "radial",
        "nothing",
    ],
)
def test_what_is_no_volume_says_why(images: list[VolumeImage], reason: str) -> None:
    with pytest.raises(NotAVolumeError, match=reason):
        volume_of(images)


def test_a_series_of_thousands_of_different_images_is_judged_soon() -> None:
    images = [image((0.0, 0.0, float(k)), spacing=(0.5 + k * 0.01, 0.5)) for k in range(5000)]

    with pytest.raises(NotAVolumeError, match="only 1 of the 5000"):
        volume_of(images)
