"""MR mosaics: every slice has its own pixels and its own place; hostile headers cost nothing."""

import io
import struct

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.csa_header import read_csa_texts
from dicomkit.errors import FrameNotFoundError
from dicomkit.geometry import read_image_plane
from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.mosaic import read_mosaic
from dicomkit.pixels.frames import FrameSource
from dicomkit.synth import StudyAttributes
from dicomkit.synth.mosaic import MosaicOptions, csa_header, mosaic_dataset

SLICES, ROWS, COLUMNS = 7, 20, 24


@pytest.fixture
def slices() -> NDArray[np.uint16]:
    return np.random.default_rng(3).integers(0, 4096, (SLICES, ROWS, COLUMNS), dtype=np.uint16)


def opened(dataset: Dataset) -> FrameSource:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return FrameSource.open(buffer)


@pytest.mark.parametrize(
    "options",
    [
        MosaicOptions(csa_version=2),
        MosaicOptions(csa_version=1),
        MosaicOptions(csa_version=None, has_private_count=True),
    ],
    ids=["second CSA header", "first CSA header", "private element"],
)
def test_the_slices_of_a_mosaic_are_frames(slices: NDArray[np.uint16], options: MosaicOptions) -> None:
    source = opened(mosaic_dataset(StudyAttributes(), slices, options))

    found = [source.stored_frame(index) for index in range(SLICES)]

    assert np.array_equal(np.stack(found), slices)
    assert (source.pixel_format.rows, source.pixel_format.columns) == (ROWS, COLUMNS)


def test_the_empty_places_of_a_mosaic_are_no_frames(slices: NDArray[np.uint16]) -> None:
    source = opened(mosaic_dataset(StudyAttributes(), slices))

    with pytest.raises(FrameNotFoundError, match="it has 7"):
        source.stored_frame(SLICES)


@pytest.mark.parametrize("step", [1, -1])
def test_every_slice_lies_where_the_scanner_put_it(slices: NDArray[np.uint16], step: int) -> None:
    tilt = np.radians(20)
    column = (0.0, float(np.cos(tilt)), float(np.sin(tilt)))
    normal = np.array([0.0, -np.sin(tilt), np.cos(tilt)]) * step
    options = MosaicOptions(orientation=(1, 0, 0, *column), normal=tuple(normal), slice_spacing_mm=4.0)
    dataset = mosaic_dataset(StudyAttributes(), slices, options)

    planes = [read_image_plane(dataset, frame_index=index) for index in range(SLICES)]

    for index, plane in enumerate(planes):
        assert plane is not None
        expected = np.array(options.first_position) + index * 4.0 * normal
        assert np.allclose(plane.position, expected, atol=1e-5)


def test_the_attributes_of_each_slice_are_its_own(slices: NDArray[np.uint16]) -> None:
    dataset = mosaic_dataset(StudyAttributes(), slices)
    dataset.SliceLocation = 12.0

    attributes = display_attributes(dataset)

    assert attributes["number_of_frames"] == SLICES
    assert (attributes["shared"]["rows"], attributes["shared"]["columns"]) == (ROWS, COLUMNS)
    heights = [frame_attributes(attributes, index)["image_position_patient"][2] for index in range(SLICES)]
    assert np.allclose(heights, -40 + 3.6 * np.arange(SLICES))
    assert frame_attributes(attributes, 2)["slice_location_mm"] == pytest.approx(-40 + 3.6 * 2)
    assert attributes["shared"]["title"] == ""


def test_a_mosaic_that_does_not_say_how_it_is_made_up_is_shown_whole_and_says_so(
    slices: NDArray[np.uint16],
) -> None:
    dataset = mosaic_dataset(StudyAttributes(), slices, MosaicOptions(csa_version=None))

    attributes = display_attributes(dataset)

    assert attributes["number_of_frames"] == 1
    assert (attributes["shared"]["rows"], attributes["shared"]["columns"]) == (3 * ROWS, 3 * COLUMNS)
    assert attributes["shared"]["title"].startswith("Mosaic shown whole")
    # The position of the file is that of no pixel of the picture.
    assert attributes["shared"]["image_position_patient"] is None


@pytest.mark.parametrize("count", [0, 1025, 2**31 - 1])
def test_a_count_that_cannot_be_is_not_believed(slices: NDArray[np.uint16], count: int) -> None:
    dataset = mosaic_dataset(StudyAttributes(), slices, MosaicOptions(csa_version=None))
    block = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x10, "OB", csa_header({"NumberOfImagesInMosaic": [str(count)]}))

    assert read_mosaic(dataset) is None


def test_a_picture_that_does_not_divide_is_not_split(slices: NDArray[np.uint16]) -> None:
    dataset = mosaic_dataset(StudyAttributes(), slices)
    dataset.Rows = 3 * ROWS - 1

    assert read_mosaic(dataset) is None


def test_an_image_that_is_no_mosaic_is_not_split(slices: NDArray[np.uint16]) -> None:
    dataset = mosaic_dataset(StudyAttributes(), slices)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND"]

    assert read_mosaic(dataset) is None


@pytest.mark.parametrize("version", [1, 2])
def test_a_csa_header_that_is_cut_off_anywhere_is_read_without_harm(version: int) -> None:
    whole = csa_header({"First": ["1"], "Wanted": ["40", "41"]}, version=version)

    found = [read_csa_texts(whole[:length], "Wanted") for length in range(len(whole) + 1)]

    assert found[-1] == ("40", "41")
    assert set(found) <= {(), ("40", "41")}


def test_lengths_that_lie_are_not_followed() -> None:
    tag = struct.pack("<64si4siii", b"Wanted", 1, b"IS", 6, 1, 77)
    head = b"SV10\4\3\2\1" + struct.pack("<II", 2**32 - 1, 77)

    for length in (2**31 - 1, -1, 100):
        data = head + tag + struct.pack("<4i", 0, length, 205, 0) + b"40\0\0"
        assert read_csa_texts(data, "Wanted") == ()
    for items in (2**31 - 1, -1):
        data = head + struct.pack("<64si4siii", b"Wanted", 1, b"IS", 6, items, 77)
        assert read_csa_texts(data, "Wanted") == ()
