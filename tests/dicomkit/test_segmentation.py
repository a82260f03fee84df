"""Segmentations on images: the very pixels that were marked, on the same grid and on another one."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.errors import InvalidSegmentationError
from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.pixels.frames import FrameSource
from dicomkit.placed_image import PlacedImage, placed_image
from dicomkit.segmentation import Segmentation, SegmentationType, read_segmentation, read_segments
from dicomkit.segments_on import segments_on
from dicomkit.synth.regions import MarkedPlane, marked, segmentation
from tests.dicom_samples import about, image, part10

AXIAL = ["1", "0", "0", "0", "1", "0"]


def ct(number: int = 1, *, z_mm: float | None = None, **attributes: Any) -> Dataset:
    """Return a slice of 16 x 16 pixels of 2 mm, 5 mm above the one before."""
    placed: dict[str, Any] = {
        "Modality": "CT",
        "FrameOfReferenceUID": "1.2.3",
        "ImagePositionPatient": ["-10", "-20", str(5 * number if z_mm is None else z_mm)],
        "ImageOrientationPatient": AXIAL,
        "PixelSpacing": ["2", "2"],
        "SliceThickness": "5",
    }
    return image(number=number, **{**placed, **attributes})


def mask(rows: slice, columns: slice, *, size: int = 16, value: int = 1) -> NDArray[np.uint8]:
    """Return a rectangle."""
    pixels = np.zeros((size, size), np.uint8)
    pixels[rows, columns] = value
    return pixels


BOX = mask(slice(3, 6), slice(4, 11))


def placed(dataset: Dataset, frame_number: int = 1) -> PlacedImage:
    """Return an image as the archive knows it."""
    stored = display_attributes(dataset)
    return placed_image(
        dataset.SOPInstanceUID,
        frame_number,
        stored["number_of_frames"],
        attributes=frame_attributes(stored, frame_number - 1),
    )


def shown(dataset: Dataset, on: Dataset, **options: Any) -> NDArray[np.uint8]:
    """Return a segmentation as a bitmap of an image, through a file."""
    with FrameSource.open(io.BytesIO(part10(dataset))) as source:
        return segments_on(
            read_segmentation(source.dataset), placed(on), stored_frame=source.stored_frame, **options
        )


def test_what_was_drawn_on_an_image_is_shown_on_it_and_on_no_other():
    slices = [ct(number) for number in (1, 2, 3)]
    dataset = segmentation(
        about(), slices[0], [marked(slices[0], BOX), marked(slices[1], BOX.T)], labels=("Nodule",)
    )

    assert np.array_equal(shown(dataset, slices[0]), BOX)
    assert np.array_equal(shown(dataset, slices[1]), BOX.T)
    assert not shown(dataset, slices[2]).any()


def test_a_reference_counts_where_nothing_has_a_place():
    plain, other = image(), image(number=2)
    frame = MarkedPlane(pixels=BOX, position=(0, 0, 0), source=plain)
    dataset = segmentation(about(), plain, [frame], ImageOrientationPatient=None)

    assert np.array_equal(shown(dataset, plain), BOX)
    assert not shown(dataset, other).any()


def test_a_reference_to_an_image_that_lies_elsewhere_does_not_count():
    here, far = ct(1), ct(9)
    frame = MarkedPlane(pixels=BOX, position=(-10, -20, 5), source=far)

    dataset = segmentation(about(), here, [frame])

    assert not shown(dataset, far).any()
    assert np.array_equal(shown(dataset, here), BOX)


def test_an_image_on_which_nothing_was_marked_shows_nothing_of_its_neighbour():
    marked_slice, bare = ct(1), ct(2, z_mm=6)
    dataset = segmentation(about(), marked_slice, [marked(marked_slice, BOX)])
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = bare.SOPClassUID, bare.SOPInstanceUID
    dataset.ReferencedSeriesSequence[0].ReferencedInstanceSequence.append(item)

    assert not shown(dataset, bare).any()
    assert shown(dataset, ct(3, z_mm=6)).any()


@pytest.mark.parametrize(
    ("z_mm", "is_shown"), [(5.0, True), (7.4, True), (2.6, True), (7.6, False), (2.4, False)]
)
def test_a_mark_reaches_half_a_slice_up_and_down(z_mm: float, is_shown: bool):
    first = ct(1)
    dataset = segmentation(about(), first, [MarkedPlane(pixels=BOX, position=(-10, -20, 5))])

    assert shown(dataset, ct(4, z_mm=z_mm)).any() == is_shown


def test_the_nearest_plane_is_shown_and_planes_closer_than_thick_do_not_reach_over():
    first = ct(1)
    frames = [MarkedPlane(pixels=BOX, position=(-10, -20, z)) for z in (5, 6)]
    frames.append(MarkedPlane(pixels=BOX.T, position=(-10, -20, 7)))
    dataset = segmentation(about(), first, frames)

    assert np.array_equal(shown(dataset, ct(4, z_mm=6.6)), BOX.T)
    assert not shown(dataset, ct(4, z_mm=7.6)).any()


def test_another_grid_is_sampled_at_the_centres_of_the_images_pixels():
    fine = ct(1, PixelSpacing=["1", "1"], ImagePositionPatient=["-11", "-20", "5"])
    dataset = segmentation(
        about(),
        ct(1),
        [MarkedPlane(pixels=mask(slice(2, 4), slice(1, 3)), position=(-10, -20, 5))],
    )

    # The mark covers x from -9 to -5 mm and y from -17 to -13; centres on a border belong to the latter pixel.
    expected = np.zeros((16, 16), np.uint8)
    expected[3:7, 2:6] = 1
    assert np.array_equal(shown(dataset, fine), expected)


def test_a_grid_that_runs_the_other_way_is_turned():
    first = ct(1)
    dataset = segmentation(
        about(),
        first,
        [MarkedPlane(pixels=BOX[::-1, ::-1], position=(20, 10, 5), source=first)],
        ImageOrientationPatient=["-1", "0", "0", "0", "-1", "0"],
    )

    assert np.array_equal(shown(dataset, first), BOX)


def test_another_frame_of_reference_is_another_place():
    dataset = segmentation(about(), ct(1), [MarkedPlane(pixels=BOX, position=(-10, -20, 5))])

    assert not shown(dataset, ct(1, FrameOfReferenceUID="1.2.4")).any()


def test_a_plane_that_is_tilted_shows_nothing():
    dataset = segmentation(about(), ct(1), [MarkedPlane(pixels=BOX, position=(-10, -20, 5))])
    tilted = ct(1, ImageOrientationPatient=["1", "0", "0", "0", "0.866", "-0.5"])

    assert not shown(dataset, tilted).any()


def test_later_segments_lie_over_earlier_ones_whatever_the_order_of_frames():
    first = ct(1)
    whole = np.ones((16, 16), np.uint8)
    dataset = segmentation(
        about(),
        first,
        [marked(first, BOX, segment_number=2), marked(first, whole, segment_number=1)],
        labels=("Lung", "Nodule"),
    )

    assert np.array_equal(shown(dataset, first), whole + BOX)
    assert np.array_equal(shown(dataset, first, hidden={1}), whole)
    assert np.array_equal(shown(dataset, first, hidden={0}), 2 * BOX)


@pytest.mark.parametrize(("maximum", "first_shown"), [(255, 128), (100, 50)])
def test_a_fraction_counts_from_half_of_the_largest_on(maximum: int, first_shown: int):
    first = ct(1)
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    dataset = segmentation(
        about(),
        first,
        [marked(first, values)],
        kind=SegmentationType.FRACTIONAL,
        MaximumFractionalValue=maximum,
    )

    assert np.array_equal(shown(dataset, first), (values >= first_shown).astype(np.uint8))


def test_a_label_map_shows_described_numbers_by_their_place():
    first = ct(1)
    numbers = np.zeros((16, 16), np.uint8)
    numbers[0, :4] = [1, 2, 3, 9]
    dataset = segmentation(
        about(), first, [marked(first, numbers)], labels=("A", "B", "C"), kind=SegmentationType.LABELMAP
    )
    dataset.SegmentSequence[1].SegmentNumber = 9

    bitmap = shown(dataset, first)

    assert bitmap[0, :5].tolist() == [1, 0, 3, 2, 0]
    assert not bitmap[1:].any()


def test_the_background_of_a_label_map_is_no_segment():
    first = ct(1)
    dataset = segmentation(about(), first, [marked(first, BOX)], kind=SegmentationType.LABELMAP)
    background = Dataset()
    background.SegmentNumber, background.SegmentLabel = 0, "Background"
    dataset.SegmentSequence.insert(0, background)

    assert [segment.label for segment in read_segments(dataset).segments] == ["Nodule"]
    assert np.array_equal(shown(dataset, first), BOX)


def test_names_and_colours_are_those_of_the_file_else_of_a_fixed_list():
    first = ct(1)
    dataset = segmentation(about(), first, [marked(first, BOX)], labels=("Lung", "Nodule", "Rib"))

    found = read_segments(dataset)

    assert [(one.number, one.label, one.note) for one in found.segments][:2] == [
        (1, "Lung", "manual"),
        (2, "Nodule", "manual"),
    ]
    assert found.segments[0].colour == "#fa0006"
    assert found.segments[1].colour != found.segments[2].colour
    assert found.frames == ()


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"SegmentationType": "SURFACE"}, "of which type"),
        ({"SegmentSequence": Sequence()}, "what is marked"),
        ({"DimensionOrganizationType": "TILED_FULL"}, "whole slide"),
        ({"TotalPixelMatrixColumns": 50}, "whole slide"),
        ({"NumberOfFrames": "20001"}, "20001 frames"),
    ],
)
def test_what_cannot_be_used_says_so(attributes: dict[str, Any], words: str):
    first = ct(1)
    dataset = segmentation(about(), first, [marked(first, BOX)], **attributes)

    with pytest.raises(InvalidSegmentationError, match=words):
        read_segments(dataset)


def test_segments_beyond_the_bitmaps_values_are_counted():
    first = ct(1)
    dataset = segmentation(about(), first, [marked(first, BOX)], labels=[str(n) for n in range(300)])

    found = read_segments(dataset)

    assert (len(found.segments), found.omitted) == (255, 45)


def test_an_image_without_bounds_is_refused():
    empty = Segmentation(
        "", "", None, SegmentationType.BINARY, 1, 1, "", 1.0, False, (), 0, None, frozenset()
    )
    huge = PlacedImage("1.2", 1, 1, 65535, 65535, "", None, None, None)

    with pytest.raises(InvalidSegmentationError, match="too large"):
        segments_on(empty, huge, stored_frame=lambda _: BOX)
