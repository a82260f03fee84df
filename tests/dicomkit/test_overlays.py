"""Overlay planes come out bit by bit, wherever the file keeps them, and DCMTK draws the same ones."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.overlays import frame_overlays, read_overlays
from dicomkit.synth import add_overlay, hide_overlay_in_pixels, multiframe_dataset, ramp_dataset
from dicomkit.synth.known import ramp_values

BITS = np.random.default_rng(4).random((5, 7)) < 0.5
IMPLICIT, EXPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


def opened(dataset: Dataset) -> FrameSource:
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return FrameSource.open(stream)


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG_ENDIAN])
def test_an_overlay_comes_with_its_bits_its_place_and_its_texts(syntax: str) -> None:
    dataset = ramp_dataset(rows=16, columns=16, transfer_syntax_uid=syntax)
    add_overlay(dataset, BITS, group=0x6004, origin=(3, -2), kind="R", label="Nodule")

    (plane,) = frame_overlays(opened(dataset), 0)

    assert np.array_equal(plane.bits, BITS)
    assert (plane.group, plane.rows, plane.columns) == (0x6004, 5, 7)
    assert (plane.origin_row, plane.origin_column) == (3, -2)
    assert (plane.kind, plane.label) == ("R", "Nodule")


@pytest.mark.parametrize(
    ("origin", "image_rows", "image_columns"),
    [
        ((1, 1), 5, 7),
        ((3, 4), 16, 16),
        ((-1, -2), 16, 16),
        ((4, 5), 6, 6),
        ((40, 1), 16, 16),
        ((1, -20), 16, 16),
    ],
    ids=["same size", "inside", "before the image", "beyond its end", "below", "left of it"],
)
def test_what_lies_outside_of_the_image_is_cut_off(
    origin: tuple[int, int], image_rows: int, image_columns: int
) -> None:
    dataset = ramp_dataset(rows=image_rows, columns=image_columns)
    add_overlay(dataset, BITS, origin=origin)
    (plane,) = frame_overlays(opened(dataset), 0)

    expected = np.zeros((image_rows, image_columns), bool)
    for row, column in np.argwhere(BITS):
        at = row + origin[0] - 1, column + origin[1] - 1
        if 0 <= at[0] < image_rows and 0 <= at[1] < image_columns:
            expected[at] = True
    assert np.array_equal(plane.placed(image_rows, image_columns), expected)


def test_an_overlay_of_several_frames_gives_each_image_frame_its_own() -> None:
    bits = np.random.default_rng(5).random((2, 5, 7)) < 0.5
    dataset = multiframe_dataset(frames=4)
    add_overlay(dataset, bits, image_frame_origin=2)
    source = opened(dataset)

    shown = [[plane.bits for plane in frame_overlays(source, index)] for index in range(4)]

    assert [len(planes) for planes in shown] == [0, 1, 1, 0]
    # 35 bits a frame: the second one begins inside of a byte.
    assert np.array_equal(shown[1][0], bits[0])
    assert np.array_equal(shown[2][0], bits[1])


def test_an_overlay_without_frame_numbers_lies_over_every_frame() -> None:
    dataset = multiframe_dataset(frames=3)
    add_overlay(dataset, BITS)

    assert [len(read_overlays(dataset, frame_index=index)) for index in range(3)] == [1, 1, 1]


@pytest.mark.parametrize("bit_position", [12, 15])
def test_an_overlay_in_unused_bits_is_found_and_is_no_part_of_the_values(bit_position: int) -> None:
    dataset = ramp_dataset(rows=8, columns=9, bits_stored=12)
    bits = np.random.default_rng(6).random((8, 9)) < 0.5
    hide_overlay_in_pixels(dataset, bits, bit_position=bit_position)
    source = opened(dataset)

    (plane,) = frame_overlays(source, 0)

    assert np.array_equal(plane.bits, bits)
    assert np.array_equal(source.stored_frame(0), ramp_values(8, 9, bits_stored=12, is_signed=False))
    assert read_overlays(source.dataset) == ()


def test_an_overlay_in_unused_bits_of_a_later_frame_is_that_frames() -> None:
    dataset = multiframe_dataset(frames=3, rows=4, columns=4)
    dataset.BitsStored, dataset.HighBit = 12, 11
    bits = np.random.default_rng(7).random((3, 4, 4)) < 0.5
    hide_overlay_in_pixels(dataset, bits, bit_position=13)

    (plane,) = frame_overlays(opened(dataset), 2)

    assert np.array_equal(plane.bits, bits[2])


def test_a_cut_off_overlay_ends_in_zeros_and_an_impossible_one_is_left_out() -> None:
    dataset = ramp_dataset()
    add_overlay(dataset, np.ones((8, 8), bool))
    dataset[0x6000, 0x3000].value = b"\xff\xff"
    add_overlay(dataset, BITS, group=0x6002)
    dataset[0x6002, 0x0010].value = dataset[0x6002, 0x0011].value = 65535
    add_overlay(dataset, BITS, group=0x6004)
    dataset[0x6004, 0x3000].value = b""

    (plane,) = read_overlays(dataset)

    assert plane.bits.ravel().tolist() == [True] * 16 + [False] * 48


def drawn_by_dcmtk(path: Path) -> NDArray[np.uint8]:
    """Return the image with its overlays in white, over a picture that is black."""
    options = ["--display-overlay", "0", "--ovl-replace", "--set-window", "100000", "2"]
    answer = subprocess.run(
        ["dcm2pnm", "--quiet", "--write-raw-pnm", *options, str(path)], capture_output=True, check=True
    )
    return np.asarray(Image.open(BytesIO(answer.stdout)))


@pytest.mark.skipif(shutil.which("dcm2pnm") is None, reason="DCMTK is not installed")
@pytest.mark.parametrize("case", ["bundled", "inside", "before the image", "in the pixels"])
def test_dcmtk_draws_the_same_overlay(case: str, tmp_path: Path) -> None:
    path = tmp_path / "image.dcm"
    if case == "bundled":
        path = Path(str(get_testdata_file("examples_overlay.dcm", download=False)))
    else:
        dataset = ramp_dataset(rows=16, columns=16)
        if case == "in the pixels":
            hide_overlay_in_pixels(dataset, np.random.default_rng(8).random((16, 16)) < 0.5, bit_position=14)
        else:
            add_overlay(dataset, BITS, origin=(4, 6) if case == "inside" else (-1, -2))
        dataset.save_as(path, enforce_file_format=True)
    with FrameSource.open(path) as source:
        layout = source.pixel_format
        (plane,) = frame_overlays(source, 0)

    assert np.array_equal(drawn_by_dcmtk(path) == 255, plane.placed(layout.rows, layout.columns))
