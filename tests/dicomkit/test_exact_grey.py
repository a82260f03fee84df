"""Grey to the last level: what the formulas of the standard give, computed a second time without floating point."""

from decimal import Decimal, getcontext
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.pixels.display import default_inverse, default_voi, display_frame, render
from dicomkit.pixels.frames import FrameSource
from dicomkit.synth import multiframe_dataset, ramp_dataset
from dicomkit.synth.known import ramp_values

getcontext().prec = 50


def shown(dataset: Dataset, frame_index: int = 0) -> np.ndarray:
    """Return a frame as the viewer first shows it."""
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    with FrameSource.open(stream) as source:
        dataset, layout = source.dataset, source.pixel_format
        frame = display_frame(source, frame_index)
        voi = default_voi(frame, dataset=dataset, layout=layout, frame_index=frame_index)
        return render(frame, voi=voi, inverse=default_inverse(dataset, layout=layout))


def linear(x: Fraction, center: Fraction, width: Fraction) -> Fraction:
    """PS3.3 C.11.2.1.2.1."""
    if x <= center - Fraction(1, 2) - (width - 1) / 2:
        return Fraction(0)
    if x > center - Fraction(1, 2) + (width - 1) / 2:
        return Fraction(255)
    return ((x - (center - Fraction(1, 2))) / (width - 1) + Fraction(1, 2)) * 255


def linear_exact(x: Fraction, center: Fraction, width: Fraction) -> Fraction:
    """PS3.3 C.11.2.1.3.2."""
    if x <= center - width / 2:
        return Fraction(0)
    if x > center + width / 2:
        return Fraction(255)
    return ((x - center) / width + Fraction(1, 2)) * 255


def sigmoid(x: Fraction, center: Fraction, width: Fraction) -> Fraction:
    """PS3.3 C.11.2.1.3.1."""
    exponent = -4 * (x - center) / width
    power = (Decimal(exponent.numerator) / Decimal(exponent.denominator)).exp()
    return Fraction(255 / (1 + power))


def farthest(grey: np.ndarray, levels: list[Fraction]) -> Fraction:
    """Return the largest distance of a grey from the level that it stands for."""
    return max(abs(int(one) - level) for one, level in zip(grey, levels, strict=True))


# The nearest integer is at most a half away; a level just between two of them may become either.
NEAREST = Fraction(1, 2) + Fraction(1, 10**9)
FORMULAS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}
WINDOWS = {
    "whole range": ("128", "256"),
    "inside": ("100", "51"),
    "fractions": ("99.25", "37.5"),
    "one value": ("64", "1"),
    "two values": ("64", "2"),
    "wider than the image": ("40", "4000"),
    "partly below": ("-10", "60"),
    "below": ("-5000", "100"),
    "above": ("5000", "100"),
}


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize(("center", "width"), WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("function", FORMULAS)
def test_a_ramp_has_the_grey_of_the_formula(function: str, center: str, width: str, photometric: str) -> None:
    dataset = ramp_dataset(
        rows=16,
        columns=16,
        bits_stored=8,
        photometric_interpretation=photometric,
        WindowCenter=center,
        WindowWidth=width,
        VOILUTFunction=function,
    )

    grey = shown(dataset).ravel().astype(int)
    if photometric == "MONOCHROME1":
        grey = 255 - grey
    levels = [FORMULAS[function](Fraction(x), Fraction(center), Fraction(width)) for x in range(256)]
    assert farthest(grey, levels) <= NEAREST


@pytest.mark.parametrize("function", FORMULAS)
@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "signed"])
def test_a_window_selects_values_after_the_rescale(function: str, is_signed: bool) -> None:
    dataset = ramp_dataset(
        bits_stored=12,
        is_signed=is_signed,
        RescaleSlope="0.25",
        RescaleIntercept="-300",
        WindowCenter="40",
        WindowWidth="400",
        VOILUTFunction=function,
    )

    stored = ramp_values(64, 64, bits_stored=12, is_signed=is_signed).ravel()
    values = [Fraction(int(value), 4) - 300 for value in stored]
    levels = [FORMULAS[function](value, Fraction(40), Fraction(400)) for value in values]
    assert farthest(shown(dataset).ravel(), levels) <= NEAREST


@pytest.mark.parametrize("function", FORMULAS)
@pytest.mark.parametrize("inverse", [False, True], ids=["upright", "inverse"])
def test_a_window_beside_the_values_shows_black_or_white(function: str, inverse: bool) -> None:
    shape = "INVERSE" if inverse else "IDENTITY"
    for center, grey in (("30000", 0), ("-30000", 255)):
        dataset = ramp_dataset(
            WindowCenter=center, WindowWidth="10", VOILUTFunction=function, PresentationLUTShape=shape
        )
        assert np.unique(shown(dataset)).tolist() == [255 - grey if inverse else grey]


def test_frames_of_an_enhanced_object_have_their_own_rescale_and_window() -> None:
    dataset = multiframe_dataset(frames=3, rows=2, columns=2)
    shared = Dataset()
    shared.FrameVOILUTSequence = Sequence([window("LINEAR_EXACT", "10", "20")])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [
            frame_group(slope="2", intercept="0"),
            frame_group(slope="2", intercept="6"),
            frame_group(slope="1", intercept="0", voi=window("LINEAR_EXACT", "3", "4")),
        ]
    )

    # Frame n holds n + 1: values 2 and 10 of 0 to 20, and 3 in the middle of 1 to 5.
    levels = [linear_exact(Fraction(2), Fraction(10), Fraction(20)), Fraction(255, 2), Fraction(255, 2)]
    assert farthest(np.array([shown(dataset, index)[0, 0] for index in range(3)]), levels) <= NEAREST


def window(function: str, center: str, width: str) -> Dataset:
    item = Dataset()
    item.WindowCenter, item.WindowWidth, item.VOILUTFunction = center, width, function
    return item


def frame_group(*, slope: str, intercept: str, voi: Dataset | None = None) -> Dataset:
    transform, group = Dataset(), Dataset()
    transform.RescaleSlope, transform.RescaleIntercept, transform.RescaleType = slope, intercept, "US"
    group.PixelValueTransformationSequence = Sequence([transform])
    if voi is not None:
        group.FrameVOILUTSequence = Sequence([voi])
    return group
