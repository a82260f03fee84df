"""An image that is cut off shows what is there and says so, or is refused in words."""

import zlib
from contextlib import suppress
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import RLELossless

from dicomkit.errors import FrameDecodeError
from dicomkit.pixels.frames import FrameSource
from dicomkit.synth import ramp_dataset, rgb_dataset
from dicomkit.synth.known import ramp_values, rgb_values

JPEG, JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
HTJ2K, DEFLATED_FRAME = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.8.1"
VALUES = ramp_values(64, 64, bits_stored=12, is_signed=False)
NOISE = np.random.default_rng(11).integers(1, 4096, (64, 64)).astype(np.uint16)


def source_of(dataset: Dataset, codestream: bytes, syntax: str) -> FrameSource:
    # pydicom does not write the youngest transfer syntax; its UID takes the place of one that is as long with padding.
    dataset.file_meta.TransferSyntaxUID = JPEG_2000 if syntax == DEFLATED_FRAME else syntax
    dataset.PixelData = encapsulate([codestream])
    dataset["PixelData"].is_undefined_length = True
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    data = stream.getvalue()
    if syntax == DEFLATED_FRAME:
        data = data.replace(JPEG_2000.encode(), DEFLATED_FRAME.encode() + b"\0")
    return FrameSource.open(BytesIO(data))


def run_length_data(dataset: Dataset) -> bytes:
    """Return the run-length data of a native image of one frame."""
    dataset.compress(RLELossless)
    return next(generate_frames(dataset.PixelData, number_of_frames=1))


@pytest.mark.parametrize(
    ("syntax", "codestream"),
    [
        (JPEG, imagecodecs.ljpeg_encode(NOISE, bitspersample=12)),
        (HTJ2K, imagecodecs.htj2k_encode(NOISE)),
    ],
    ids=["JPEG lossless", "HTJ2K"],
)
def test_a_codestream_without_its_end_is_shown_and_marked(syntax: str, codestream: bytes) -> None:
    whole = source_of(ramp_dataset(), codestream, syntax)
    cut = source_of(ramp_dataset(), codestream[: len(codestream) * 2 // 3], syntax)

    assert np.array_equal(whole.stored_frame(0), NOISE)
    assert not whole.is_truncated
    assert cut.stored_frame(0).shape == (64, 64)
    assert cut.is_truncated


def test_rows_before_the_cut_of_a_jpeg_are_exact() -> None:
    codestream = imagecodecs.ljpeg_encode(VALUES, bitspersample=12)
    cut = source_of(ramp_dataset(), codestream[: len(codestream) // 2], JPEG)

    assert np.array_equal(cut.stored_frame(0)[:20], VALUES[:20])


@pytest.mark.parametrize(
    ("syntax", "codestream"),
    [
        (JPEG_LS, imagecodecs.jpegls_encode(VALUES)),
        (JPEG_2000, imagecodecs.jpeg2k_encode(VALUES, codecformat="j2k", reversible=True, level=0)),
    ],
    ids=["JPEG-LS", "JPEG 2000"],
)
def test_a_codestream_that_its_decoder_gives_up_is_called_cut_off(syntax: str, codestream: bytes) -> None:
    source = source_of(ramp_dataset(), codestream[: len(codestream) // 2], syntax)

    with pytest.raises(FrameDecodeError, match="cut off"):
        source.stored_frame(0)


@pytest.mark.parametrize("share", [0.7, 0.9])
def test_run_length_data_shows_the_pixels_that_have_all_their_bytes(share: float) -> None:
    dataset = ramp_dataset()
    dataset.PixelData = NOISE.astype("<u2").tobytes()
    codestream = run_length_data(dataset)
    source = source_of(dataset, codestream[: int(len(codestream) * share)], str(RLELossless))

    frame = source.stored_frame(0)

    assert source.is_truncated
    # A fragment of odd length is padded, and the last pixel may be made of that.
    there = int(np.flatnonzero(frame.ravel())[-1])
    # The high bytes come first, so more of the pixels than of the bytes are missing.
    assert 4096 * (2 * share - 1.1) < there < 4096 * share
    assert np.array_equal(frame.ravel()[:there], NOISE.ravel()[:there])


def test_run_length_colour_keeps_its_planes_apart() -> None:
    dataset = rgb_dataset()
    codestream = run_length_data(dataset)
    whole = source_of(dataset, codestream, str(RLELossless))
    cut = source_of(dataset, codestream[:-40], str(RLELossless))

    assert np.array_equal(whole.stored_frame(0), rgb_values(32, 48))
    assert np.array_equal(cut.stored_frame(0)[..., :2], rgb_values(32, 48)[..., :2])
    assert cut.is_truncated


def test_run_length_data_without_a_single_pixel_is_refused() -> None:
    dataset = ramp_dataset()
    codestream = run_length_data(dataset)
    for part in (codestream[:40], codestream[:66]):
        with pytest.raises(FrameDecodeError, match="cut off"):
            source_of(dataset, part, str(RLELossless)).stored_frame(0)


@pytest.mark.parametrize(
    "offset", [0, 1, 63, 3000, 2**31, 2**32 - 1], ids=["start", "one", "header", "order", "far", "farthest"]
)
def test_run_length_segments_outside_of_the_data_do_no_harm(offset: int) -> None:
    dataset = ramp_dataset()
    codestream = bytearray(run_length_data(dataset))
    codestream[4:8] = offset.to_bytes(4, "little")
    source = source_of(dataset, bytes(codestream), str(RLELossless))

    # Without its high bytes a ramp has nothing left but zeros, or whatever the header points to.
    with suppress(FrameDecodeError):
        source.stored_frame(0)
        assert source.is_truncated


def deflated(values: NDArray[np.generic]) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(values.tobytes()) + deflater.flush()


def test_a_deflated_frame_that_is_too_short_ends_in_zeros() -> None:
    whole = source_of(ramp_dataset(), deflated(VALUES), DEFLATED_FRAME)
    cut = source_of(ramp_dataset(), deflated(VALUES[:40]), DEFLATED_FRAME)

    assert np.array_equal(whole.stored_frame(0), VALUES)
    assert not whole.is_truncated
    assert np.array_equal(cut.stored_frame(0)[:40], VALUES[:40])
    assert not cut.stored_frame(0)[40:].any()
    assert cut.is_truncated


@pytest.mark.parametrize("syntax", [DEFLATED_FRAME, JPEG_2000])
def test_compressed_single_bits_come_back(syntax: str) -> None:
    bits = np.random.default_rng(12).integers(0, 2, (16, 24), np.uint8)
    dataset = ramp_dataset(rows=16, columns=24)
    dataset.BitsAllocated = dataset.BitsStored = 1
    dataset.HighBit = 0
    if syntax == DEFLATED_FRAME:
        codestream = deflated(np.packbits(bits, bitorder="little"))
    else:
        codestream = imagecodecs.jpeg2k_encode(
            bits, codecformat="j2k", reversible=True, level=0, bitspersample=1
        )

    source = source_of(dataset, codestream, syntax)

    assert np.array_equal(source.stored_frame(0), bits)
