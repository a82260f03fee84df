"""Luminance and colour differences become the nearest levels that the standard's matrix gives."""

import numpy as np
import pytest

from dicomkit.pixels.photometric import to_rgb

# Weights of red, green and blue in the luminance (PS3.3 C.7.6.3.1.2).
RED, GREEN, BLUE = 0.299, 0.587, 0.114
EVERY_SIXTEENTH = np.stack(np.meshgrid(*[np.r_[0:256:17, 16, 128, 235, 240]] * 3), axis=-1).reshape(1, -1, 3)


def by_matrix(luminance: np.ndarray, blue: np.ndarray, red: np.ndarray, maximum: float) -> np.ndarray:
    """Solve the standard's equations for red, green and blue; the differences lie around zero."""
    r = luminance + 2 * (1 - RED) * red
    b = luminance + 2 * (1 - BLUE) * blue
    g = (luminance - RED * r - BLUE * b) / GREEN
    return np.clip(np.stack([r, g, b], axis=-1), 0, maximum)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("interpretation", ["YBR_FULL", "YBR_FULL_422"])
def test_full_range_colours_are_the_nearest_to_the_matrix(bits: int, interpretation: str) -> None:
    ybr = (EVERY_SIXTEENTH << (bits - 8)).astype(f"u{bits // 8}")

    rgb = to_rgb(ybr, photometric_interpretation=interpretation, bits=bits)

    y, blue, red = np.moveaxis(ybr.astype(np.float64), -1, 0)
    middle = 1 << (bits - 1)
    expected = by_matrix(y, blue - middle, red - middle, (1 << bits) - 1)
    # Single precision carries 24 bits, so 16-bit colours may miss the half by a little.
    assert np.abs(rgb - expected).max() <= 0.5 + 1e-6 * (1 << bits)


def test_studio_range_is_stretched_to_the_whole_range() -> None:
    ybr = EVERY_SIXTEENTH.astype(np.uint8)

    rgb = to_rgb(ybr, photometric_interpretation="YBR_PARTIAL_422", bits=8)

    y, blue, red = np.moveaxis(ybr.astype(np.float64), -1, 0)
    stretched = (y - 16) * 255 / 219, (blue - 128) * 255 / 224, (red - 128) * 255 / 224
    assert np.abs(rgb - by_matrix(*stretched, 255)).max() <= 0.5 + 1e-4
    ends = np.array([[[16, 128, 128], [235, 128, 128]]], np.uint8)
    assert to_rgb(ends, photometric_interpretation="YBR_PARTIAL_420").tolist() == [
        [[0, 0, 0], [255, 255, 255]]
    ]


def test_other_interpretations_stay_as_they_are() -> None:
    rgb = EVERY_SIXTEENTH.astype(np.uint8)

    for interpretation in ("RGB", "YBR_RCT", "YBR_ICT"):
        assert to_rgb(rgb, photometric_interpretation=interpretation) is rgb
