"""Halve frames by averaging boxes of 2 x 2 pixels, and resize to thumbnails by exact areas.

An odd last row or column is averaged with itself alone. Padding takes no part: a box averages what is image in it,
and is padding only when nothing is. Averages of integers round half upwards at each level.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.packing import PackedFrame, RealFrame


def halve(values: NDArray[Any]) -> NDArray[Any]:
    """Average boxes of 2 x 2.

    Parameters
    ----------
    values
        uint8, uint16, float32 or float64, (rows, columns) or (rows, columns, samples).

    Returns
    -------
    Same dtype, rows and columns halved and rounded up.
    """
    even = _pad_to_even(values)
    if values.dtype.kind == "f":
        average: NDArray[Any] = _box_sum(even) / 4
        return average
    wide = np.uint16 if values.dtype == np.uint8 else np.uint32
    rows = np.add(even[0::2], even[1::2], dtype=wide)
    total: NDArray[Any] = rows[:, 0::2] + rows[:, 1::2]
    total += 2
    total >>= 2
    return total.astype(values.dtype)


def halve_masked(
    values: NDArray[Any], padding_mask: NDArray[np.bool_]
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Average boxes of 2 x 2 without the padding; return the values and the padding of the smaller frame."""
    is_float = values.dtype.kind == "f"
    image = np.where(padding_mask, values.dtype.type(0), values)
    total = _box_sum(_pad_to_even(image).astype(values.dtype if is_float else np.uint32))
    # Values of an odd edge are doubled by the padding to even size, and so is their count.
    count = _box_sum(_pad_to_even(~padding_mask).astype(np.uint32))
    mask = count == 0
    divisor = np.maximum(count, 1)
    average = total / divisor if is_float else (2 * total + divisor) // (2 * divisor)
    return average.astype(values.dtype), mask if mask.any() else None


def level_of(
    frame: PackedFrame | RealFrame | NDArray[np.uint8], level: int
) -> PackedFrame | RealFrame | NDArray[np.uint8]:
    """Return a frame at a level of its pyramid, each level halved from the one before; level 0 is the frame."""
    for _ in range(level):
        frame = half_of(frame)
    return frame


def half_of(
    frame: PackedFrame | RealFrame | NDArray[np.uint8],
) -> PackedFrame | RealFrame | NDArray[np.uint8]:
    """Return a grey or RGB frame at half its size."""
    if isinstance(frame, np.ndarray):
        return halve(frame)
    mask = frame.padding_mask
    values, mask = (halve(frame.values), None) if mask is None else halve_masked(frame.values, mask)
    if isinstance(frame, PackedFrame):
        return PackedFrame(values, mask, frame.scale, frame.offset)
    return RealFrame(values, mask, None if frame.colour is None else halve(frame.colour))


def resize_area(picture: NDArray[np.uint8], *, rows: int, columns: int) -> NDArray[np.uint8]:
    """Resize a picture so that each new pixel is the average of the area that it covers.

    Parameters
    ----------
    picture
        uint8, (rows, columns) or (rows, columns, 3).
    """
    down, across = _area_weights(picture.shape[0], rows), _area_weights(picture.shape[1], columns)
    values = picture.astype(np.float32)
    if picture.ndim == 2:
        resized = down @ values @ across.T
    else:
        resized = np.stack([down @ values[..., index] @ across.T for index in range(3)], axis=-1)
    return np.clip(np.floor(resized + 0.5), 0, 255).astype(np.uint8)


def _area_weights(before: int, after: int) -> NDArray[np.float32]:
    """Return a matrix (after, before): the share of each old pixel in each new one."""
    edges = np.arange(after + 1) * (before / after)
    old = np.arange(before)
    overlap = np.minimum(edges[1:, None], old + 1) - np.maximum(edges[:-1, None], old)
    weights: NDArray[np.float32] = (np.maximum(overlap, 0) / (before / after)).astype(np.float32)
    return weights


def _box_sum(values: NDArray[Any]) -> NDArray[Any]:
    rows = values[0::2] + values[1::2]
    total: NDArray[Any] = rows[:, 0::2] + rows[:, 1::2]
    return total


def _pad_to_even(values: NDArray[Any]) -> NDArray[Any]:
    rows, columns = values.shape[:2]
    if rows % 2 == 0 and columns % 2 == 0:
        return values
    widths = [(0, rows % 2), (0, columns % 2)] + [(0, 0)] * (values.ndim - 2)
    return np.pad(values, widths, mode="edge")
