"""An image whose file has no window gets one that suits what its values mean."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray

from dicomkit.pixels.automatic_window import SOFT_TISSUE
from dicomkit.pixels.display import default_voi, display_frame
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.voi_lut import VOIWindow
from dicomkit.synth import ramp_dataset

RNG = np.random.default_rng(13)


def range_of(
    values: NDArray[np.integer], modality: str, bits_stored: int = 16, **attributes: str
) -> list[float]:
    """Return the values that the automatic window shows black and white."""
    rows, columns = values.shape
    dataset = ramp_dataset(
        rows=rows,
        columns=columns,
        bits_stored=bits_stored,
        is_signed=values.dtype.kind == "i",
        Modality=modality,
        **attributes,
    )
    dataset.PixelData = values.tobytes()
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    with FrameSource.open(stream) as source:
        voi = default_voi(display_frame(source, 0), dataset=source.dataset, layout=source.pixel_format)
    assert isinstance(voi, VOIWindow)
    return [voi.center - voi.width / 2, voi.center + voi.width / 2 - 1]


def body(low: int, high: int, *, background: int | None = 0, dtype: str = "<u2") -> NDArray[np.integer]:
    """Return even noise from `low` to `high`, a third of it background."""
    values = RNG.integers(low, high + 1, (96, 96)).astype(dtype)
    if background is not None:
        values[:32] = background
    return values


def test_hounsfield_units_are_shown_as_soft_tissue() -> None:
    values = body(-1000, 1200, background=-1024, dtype="<i2")

    edges = range_of(values, "CT", RescaleSlope="1", RescaleIntercept="0", RescaleType="HU")

    assert edges == [SOFT_TISSUE.center - 200, SOFT_TISSUE.center + 199]


@pytest.mark.parametrize("modality", ["MR", "CR", "DX", "MG", "XA", "CT"])
def test_a_background_of_zeros_does_not_stretch_the_window(modality: str) -> None:
    low, high = range_of(body(1000, 2000), modality)

    assert 1000 <= low <= 1011
    assert 1985 <= high <= 2000


@pytest.mark.parametrize("modality", ["MR", "CR", "DX", "MG", "XA"])
def test_a_few_outliers_do_not_stretch_the_window(modality: str) -> None:
    values = body(1000, 2000, background=None)
    values[0, :3] = 60000

    low, high = range_of(values, modality)

    assert 1000 <= low <= 1011
    assert 1985 <= high <= 2000


@pytest.mark.parametrize("background", [0, None], ids=["with nothing around", "without background"])
@pytest.mark.parametrize("modality", ["PT", "NM", "RTDOSE", "SEG"])
def test_amounts_begin_at_nothing(modality: str, background: int | None) -> None:
    low, high = range_of(body(1000, 2000, background=background), modality)

    assert low == 0
    assert 1995 <= high <= 2000


@pytest.mark.parametrize("modality", ["NM", "SEG", "RTDOSE"])
def test_a_few_counts_or_labels_of_eight_bits_are_visible(modality: str) -> None:
    assert range_of(body(1, 20, dtype="u1"), modality, bits_stored=8) == [0, 20]


def test_negative_amounts_are_not_cut_off() -> None:
    low, high = range_of(body(-50, 400, dtype="<i2"), "NM")

    assert low == -50
    assert 398 <= high <= 400


@pytest.mark.parametrize("modality", ["US", "OT", "CR", "ES"])
def test_eight_bits_made_for_a_screen_keep_their_range(modality: str) -> None:
    assert range_of(body(90, 110, dtype="u1"), modality, bits_stored=8) == [0, 255]


def test_single_bits_are_black_and_white() -> None:
    assert range_of(body(0, 1, dtype="u1"), "OT", bits_stored=1) == [0, 1]


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "NM", "DX", "SEG", "RTDOSE", ""])
@pytest.mark.parametrize("value", [0, 700])
def test_an_even_image_gets_a_window_too(modality: str, value: int) -> None:
    low, high = range_of(np.full((8, 8), value, "<u2"), modality)

    assert low <= value <= high
    assert high > low
