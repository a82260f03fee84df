"""Colour spaces to RGB, and whether a grey image is shown inverted.

References
----------
PS3.3 C.7.6.3.1.2 (Photometric Interpretation), C.11.6 (Softcopy Presentation LUT), C.8.11.3 (DX Image).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_inverse(photometric_interpretation: str, *, presentation_lut_shape: str = "") -> bool:
    """Return whether the display turns grey values round: once or not at all, never twice.

    Both attributes may ask for the same thing. The truth table:

    =============  =====================  ========  ===========================================================
    Photometric    Presentation LUT       inverse   reason
    =============  =====================  ========  ===========================================================
    MONOCHROME2    absent or IDENTITY     no        the lowest value is black
    MONOCHROME2    INVERSE                yes       C.11.6.1.2: the output is turned round
    MONOCHROME1    absent                 yes       C.7.6.3.1.2: the lowest value is white
    MONOCHROME1    INVERSE                yes       C.8.11.3.1.2 demands the pair: the file says it twice
    MONOCHROME1    IDENTITY               yes       a contradiction seen in the wild; the photometric wins,
                                                    because viewers that ignore the shape show it so
    =============  =====================  ========  ===========================================================

    It is therefore "or", not "exclusive or": the latter would show every conforming DX MONOCHROME1 image negative.
    """
    return photometric_interpretation == "MONOCHROME1" or presentation_lut_shape == "INVERSE"


def ybr_full_to_rgb(ybr: NDArray[Any], *, bits: int = 8) -> NDArray[Any]:
    """Convert full-range luminance and colour differences to RGB.

    Parameters
    ----------
    ybr
        Unsigned integers, (rows, columns, 3).
    bits
        Bits Stored; the colour differences are centred on half of that range.

    Returns
    -------
    Same shape and dtype, rounded and clipped.

    References
    ----------
    PS3.3 C.7.6.3.1.2 (YBR_FULL).
    """
    middle = np.float32(1 << (bits - 1))
    luminance = ybr[..., 0].astype(np.float32)
    blue_difference = ybr[..., 1].astype(np.float32) - middle
    red_difference = ybr[..., 2].astype(np.float32) - middle
    rgb = np.empty(ybr.shape, np.float32)
    rgb[..., 0] = luminance + np.float32(1.402) * red_difference
    rgb[..., 1] = luminance - np.float32(0.344136) * blue_difference - np.float32(0.714136) * red_difference
    rgb[..., 2] = luminance + np.float32(1.772) * blue_difference
    return _round_clip(rgb, bits, ybr.dtype)


def ybr_partial_to_rgb(ybr: NDArray[Any], *, bits: int = 8) -> NDArray[Any]:
    """Convert studio-range luminance (16 to 235) and colour differences (16 to 240) to RGB.

    References
    ----------
    PS3.3 C.7.6.3.1.2 of 2017 (YBR_PARTIAL_422, retired since).
    """
    scale = np.float32(1 << (bits - 8))
    luminance = (ybr[..., 0].astype(np.float32) - 16 * scale) * np.float32(255 / 219)
    blue_difference = (ybr[..., 1].astype(np.float32) - 128 * scale) * np.float32(255 / 224)
    red_difference = (ybr[..., 2].astype(np.float32) - 128 * scale) * np.float32(255 / 224)
    rgb = np.empty(ybr.shape, np.float32)
    rgb[..., 0] = luminance + np.float32(1.402) * red_difference
    rgb[..., 1] = luminance - np.float32(0.344136) * blue_difference - np.float32(0.714136) * red_difference
    rgb[..., 2] = luminance + np.float32(1.772) * blue_difference
    return _round_clip(rgb, bits, ybr.dtype)


def to_rgb(samples: NDArray[Any], *, photometric_interpretation: str, bits: int = 8) -> NDArray[Any]:
    """Convert three samples of a YBR interpretation to RGB; any other interpretation is returned as it is."""
    if photometric_interpretation.startswith("YBR_PARTIAL"):
        return ybr_partial_to_rgb(samples, bits=bits)
    if photometric_interpretation.startswith("YBR_FULL"):
        return ybr_full_to_rgb(samples, bits=bits)
    return samples


def expand_422(samples: NDArray[Any], *, rows: int, columns: int) -> NDArray[Any]:
    """Give each pixel its own colour differences: Y1 Y2 Cb Cr becomes two pixels with the same Cb and Cr.

    Parameters
    ----------
    samples
        Flat, rows * columns * 2 values.

    Returns
    -------
    (rows, columns, 3), same dtype.

    References
    ----------
    PS3.3 C.7.6.3.1.2 (YBR_FULL_422), PS3.5 D.3.
    """
    pairs = samples.reshape(-1, 4)
    ybr = np.empty((pairs.shape[0], 2, 3), samples.dtype)
    ybr[:, :, 0] = pairs[:, :2]
    ybr[:, :, 1:] = pairs[:, None, 2:]
    return ybr.reshape(rows, columns, 3)


def to_eight_bits(rgb: NDArray[Any], *, bits: int) -> NDArray[np.uint8]:
    """Scale colour samples of `bits` bits down to 8 bits by dropping the low bits."""
    if bits <= 8:
        return np.ascontiguousarray(rgb, dtype=np.uint8)
    return np.ascontiguousarray(rgb >> (bits - 8)).astype(np.uint8)


def _round_clip(values: NDArray[np.float32], bits: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    np.add(values, np.float32(0.5), out=values)
    np.floor(values, out=values)
    return np.clip(values, 0, (1 << bits) - 1, out=values).astype(dtype)
