"""Padding is black and counts for nothing, whatever the sign, the depth and the writer's value representation."""

from io import BytesIO

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dicomkit.pixels.display import default_inverse, default_voi, display_frame, render
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.packing import PackedFrame, RealFrame
from dicomkit.pixels.voi_lut import VOIWindow
from dicomkit.synth import ramp_dataset


def opened(dataset: Dataset) -> FrameSource:
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return FrameSource.open(stream)


def mask_of(source: FrameSource) -> list[list[bool]]:
    frame = display_frame(source, 0)
    assert isinstance(frame, (PackedFrame, RealFrame))
    mask = frame.padding_mask
    return np.zeros(frame.values.shape, bool).tolist() if mask is None else mask.tolist()


def image_of(values: list[int], dtype: str, **attributes: str) -> Dataset:
    dataset = ramp_dataset(
        rows=1, columns=len(values), bits_stored=16, is_signed=dtype == "<i2", **attributes
    )
    dataset.PixelData = np.array(values, dtype).tobytes()
    return dataset


@pytest.mark.parametrize(
    ("vr", "value"), [("SS", -2000), ("US", 63536)], ids=["as it should be", "unsigned by mistake"]
)
def test_padding_of_signed_values_is_found(vr: str, value: int) -> None:
    dataset = image_of([-2000, -1999, 0, 2000], "<i2")
    dataset.add_new("PixelPaddingValue", vr, value)

    assert mask_of(opened(dataset)) == [[True, False, False, False]]


@pytest.mark.parametrize(("value", "limit"), [(-2000, -1024), (-1024, -2000)], ids=["upwards", "downwards"])
def test_a_range_of_padding_includes_both_its_ends(value: int, limit: int) -> None:
    dataset = image_of([-2001, -2000, -1500, -1024, -1023], "<i2")
    dataset.add_new("PixelPaddingValue", "SS", value)
    dataset.add_new("PixelPaddingRangeLimit", "SS", limit)

    assert mask_of(opened(dataset)) == [[False, True, True, True, False]]


def test_padding_of_unsigned_values_is_found_where_it_was_written_signed() -> None:
    dataset = image_of([0, 63536, 65535], "<u2")
    dataset.add_new("PixelPaddingValue", "SS", -2000)

    assert mask_of(opened(dataset)) == [[False, True, False]]


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_stays_out_of_the_automatic_window(photometric: str) -> None:
    dataset = image_of([-2000, *range(100, 200)], "<i2", Modality="MR", PhotometricInterpretation=photometric)
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    source = opened(dataset)
    frame = display_frame(source, 0)

    voi = default_voi(frame, dataset=source.dataset, layout=source.pixel_format)
    picture = render(frame, voi=voi, inverse=default_inverse(source.dataset, layout=source.pixel_format))

    assert voi == VOIWindow(150.0, 100.0)
    assert picture[0, 0] == 0
    assert picture[0, [1, 100]].tolist() == ([255, 0] if photometric == "MONOCHROME1" else [0, 255])


def test_an_image_that_is_padding_all_over_is_black() -> None:
    dataset = image_of([7, 7, 7], "<u2", Modality="CT")
    dataset.add_new("PixelPaddingValue", "US", 7)
    source = opened(dataset)
    frame = display_frame(source, 0)

    voi = default_voi(frame, dataset=source.dataset, layout=source.pixel_format)

    assert not render(frame, voi=voi, inverse=True).any()


@pytest.mark.parametrize(("prefix", "dtype"), [("", "<f4"), ("Double", "<f8")], ids=["float", "double float"])
def test_fractions_have_padding_of_their_own_and_are_never_undefined(prefix: str, dtype: str) -> None:
    dataset = ramp_dataset(rows=1, columns=6, bits_stored=32)
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        del dataset[keyword]
    dataset.BitsAllocated = np.dtype(dtype).itemsize * 8
    values = np.array([-0.1, -1.5, -7.0, np.nan, np.inf, 0.25], dtype)
    setattr(dataset, f"{prefix}FloatPixelData", values.tobytes())
    setattr(dataset, f"{prefix}FloatPixelPaddingValue", float(values[0]))
    setattr(dataset, f"{prefix}FloatPixelPaddingRangeLimit", -2.0)
    source = opened(dataset)
    frame = display_frame(source, 0)

    assert mask_of(source) == [[True, True, False, True, True, False]]
    assert isinstance(frame, RealFrame)
    assert np.isfinite(frame.values).all()
    picture = render(frame, voi=VOIWindow(0.0, 1.0))
    assert picture.tolist() == [[0, 0, 0, 0, 0, 255]]
