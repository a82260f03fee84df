"""Maps in colour over grey: each value takes the one or the other, and averages mix what is seen."""

from io import BytesIO

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.image_attributes import display_attributes
from dicomkit.pixels.display import crop, default_voi, display_frame, render
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.scale import half_of
from dicomkit.pixels.voi_lut import VOIWindow
from dicomkit.synth import supplemental_palette_dataset
from dicomkit.tiles import TileRectangle

WHOLE_RANGE = VOIWindow(128, 256)
VALUES = np.arange(256).reshape(16, 16)
COLOURS = np.stack([255 - VALUES, np.full((16, 16), 7), VALUES], axis=-1)


def opened(dataset: Dataset) -> FrameSource:
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return FrameSource.open(stream)


def test_values_below_the_palette_are_grey_and_those_above_have_its_colour() -> None:
    frame = display_frame(opened(supplemental_palette_dataset(first_coloured=192)), 0)

    expected = np.where(VALUES[..., None] >= 192, COLOURS, VALUES[..., None])
    assert np.array_equal(render(frame, voi=WHOLE_RANGE), expected)
    part = render(crop(frame, TileRectangle(11, 3, 4, 5)), voi=WHOLE_RANGE)
    assert np.array_equal(part, expected[11:15, 3:8])


def test_a_window_and_the_inversion_leave_the_colours_alone() -> None:
    frame = display_frame(opened(supplemental_palette_dataset()), 0)

    picture = render(frame, voi=VOIWindow(1000, 10), inverse=True)

    assert np.array_equal(picture[12:], COLOURS[12:])
    assert (picture[:12] == 255).all()


def test_a_smaller_level_mixes_grey_and_colour_by_their_share() -> None:
    dataset = supplemental_palette_dataset()
    values = np.full((16, 16), 100, "<u2")
    values[0, 0] = 200
    dataset.PixelData = values.tobytes()

    half = render(half_of(display_frame(opened(dataset), 0)), voi=WHOLE_RANGE)

    # A quarter of (55, 7, 200) and three quarters of 100.
    assert np.abs(half[0, 0].astype(int) - [89, 77, 125]).max() <= 1
    assert half[1, 1].tolist() == [100, 100, 100]


def test_a_palette_for_every_value_makes_a_colour_image() -> None:
    source = opened(supplemental_palette_dataset(first_coloured=0))
    frame = display_frame(source, 0)

    assert isinstance(frame, np.ndarray)
    assert np.array_equal(frame, COLOURS)
    assert default_voi(frame, dataset=source.dataset, layout=source.pixel_format) is None


@pytest.mark.parametrize(("first_coloured", "kind"), [(192, "grey"), (0, "colour")])
def test_the_header_promises_no_sixteen_bit_tiles(first_coloured: int, kind: str) -> None:
    shared = display_attributes(supplemental_palette_dataset(first_coloured=first_coloured))["shared"]

    assert (shared["kind"], shared["packing"], shared["problem"]) == (kind, None, "")


@pytest.mark.parametrize("reason", ["monochrome", "damaged", "frame"])
def test_a_grey_image_stays_grey(reason: str) -> None:
    dataset = supplemental_palette_dataset()
    if reason == "monochrome":
        dataset.PixelPresentation = "MONOCHROME"
    elif reason == "damaged":
        del dataset.GreenPaletteColorLookupTableDescriptor
    else:
        dataset.PixelPresentation = "MIXED"
        group, kind = Dataset(), Dataset()
        kind.PixelPresentation = "MONOCHROME"
        group.CTImageFrameTypeSequence = Sequence([kind])
        dataset.PerFrameFunctionalGroupsSequence = Sequence([group])

    assert np.array_equal(render(display_frame(opened(dataset), 0), voi=WHOLE_RANGE), VALUES)


def test_a_tenth_of_colour_does_not_decide_the_automatic_window() -> None:
    dataset = supplemental_palette_dataset(first_coloured=1024)
    values = np.arange(256, dtype="<u2")
    values[:26] = 1100
    dataset.PixelData = values.tobytes()
    dataset.Modality = "MR"
    source = opened(dataset)
    frame = display_frame(source, 0)

    voi = default_voi(frame, dataset=source.dataset, layout=source.pixel_format)

    assert isinstance(voi, VOIWindow)
    assert voi.center + voi.width / 2 < 260
