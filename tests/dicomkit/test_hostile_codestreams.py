"""Headers that would take a decoder down never reach it."""

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import HTJ2KLossless

from dicomkit.errors import FrameDecodeError
from dicomkit.pixels.codestream import read_jpeg_2000_header
from dicomkit.pixels.decoders import decode_samples
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.pixel_format import PixelFormat
from dicomkit.pixels.run_length import has_sound_header
from dicomkit.synth import rgb_dataset
from dicomkit.transfer_syntax import transfer_syntax
from tests.dicomkit.test_frames import file_of

VALUES = np.random.default_rng(14).integers(0, 4096, (48, 40)).astype(np.uint16)
# Places in the codestream: after its start the image's size and offset, the tiles' size and offset, the steps.
RIGHT, X_OFFSET, TILE_WIDTH, TILE_OFFSET, STEP = 8, 16, 24, 32, 43


@pytest.mark.parametrize("encode", [imagecodecs.htj2k_encode, imagecodecs.jpeg2k_encode])
def test_the_header_of_a_sound_codestream_is_read(encode) -> None:
    header = read_jpeg_2000_header(encode(VALUES))

    assert (header.rows, header.columns, header.components) == (48, 40, 1)


@pytest.mark.parametrize(
    ("place", "bytes_there"),
    [
        (TILE_WIDTH, b"\0\0\0\0"),
        (TILE_OFFSET, b"\0\0\0\1"),
        (TILE_OFFSET, b"\xff\xff\xff\xff"),
        (X_OFFSET, b"\0\0\x01\0"),
        (STEP, b"\0"),
    ],
    ids=["tiles of no width", "tiles after the image", "tiles far away", "image before its start", "no step"],
)
def test_a_grid_that_cannot_be_is_no_header(place: int, bytes_there: bytes) -> None:
    codestream = bytearray(imagecodecs.htj2k_encode(VALUES))
    start = codestream.find(b"\xff\x4f\xff\x51")
    codestream[start + place : start + place + len(bytes_there)] = bytes_there

    assert read_jpeg_2000_header(bytes(codestream)) is None


def test_millions_of_tiles_are_no_header() -> None:
    codestream = bytearray(imagecodecs.htj2k_encode(VALUES))
    start = codestream.find(b"\xff\x4f\xff\x51")
    codestream[start + RIGHT : start + RIGHT + 8] = (20000).to_bytes(4, "big") * 2
    codestream[start + TILE_WIDTH : start + TILE_WIDTH + 8] = (1).to_bytes(4, "big") * 2

    assert read_jpeg_2000_header(bytes(codestream)) is None


@pytest.mark.parametrize(
    ("numbers", "is_sound"),
    [
        ([2, 64, 80], True),
        ([2, 64, 200], False),
        ([2, 0, 80], False),
        ([2, 90, 80], False),
        ([3, 64, 80], False),
    ],
    ids=["sound", "beyond the data", "in the header", "backwards", "another number"],
)
def test_only_run_length_segments_inside_of_the_data_are_sound(numbers: list[int], is_sound: bool) -> None:
    data = np.array(numbers + [0] * (16 - len(numbers)), "<u4").tobytes() + bytes(36)

    assert has_sound_header(data, segments=2) is is_sound


def test_a_name_that_only_ends_like_subsampled_colour_is_not_taken_for_it() -> None:
    dataset = rgb_dataset()
    dataset.PhotometricInterpretation = "ZBR_FULL_422"

    assert FrameSource.open(file_of(dataset)).stored_frame(0).shape == (32, 48, 3)


@pytest.mark.parametrize("damage", [(123, 0), (129, 255), (143, 0)], ids=["early", "later", "latest"])
def test_what_the_codec_only_mumbles_about_is_an_error_and_no_picture(damage: tuple[int, int]) -> None:
    codestream = bytearray(imagecodecs.htj2k_encode(VALUES))
    place, value = damage
    codestream[codestream.find(b"\xff\x4f\xff\x51") + place] = value
    layout = PixelFormat(48, 40, 1, 16, 12, 11, False, "MONOCHROME2", is_planar=False, number_of_frames=1)

    with pytest.raises(FrameDecodeError, match="damaged"):
        decode_samples(bytes(codestream), syntax=transfer_syntax(HTJ2KLossless), layout=layout)
