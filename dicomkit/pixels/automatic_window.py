"""A window for images whose file has none: robust against outliers, aware of the modality.

References
----------
PS3.3 C.11.2: without a VOI the display is left to the implementation. The choices here are our own.
"""

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.lookup import PACKED_VALUES
from dicomkit.pixels.packing import PackedFrame, Packing, RealFrame, quantise
from dicomkit.pixels.voi_lut import VOIFunction, VOIWindow

SOFT_TISSUE = VOIWindow(40.0, 400.0)
"""Default of a CT in Hounsfield units."""

FULL_UPTAKE_SUV = 10.0
"""The uptake that a PET shows as the far end of its greys, from zero on."""

_BACKGROUND_SHARE = 0.1
_PERCENT = (1.0, 99.0)
# Amounts of something: nothing of it is black, and the largest value that is not an outlier is white.
_PERCENT_OF_AMOUNTS = {"PT": 99.9, "NM": 99.9, "RTDOSE": 100.0, "SEG": 100.0}
_PERCENT_BY_MODALITY = {
    "MR": (1.0, 99.5),
    "MG": (0.5, 99.9),
    "DX": (0.5, 99.7),
    "CR": (0.5, 99.7),
}


def automatic_window(
    frame: PackedFrame | RealFrame,
    *,
    modality: str = "",
    bits_stored: int = 16,
    value_units: str = "",
    suv_factor: float | None = None,
) -> VOIWindow:
    """Choose a window from the values of a whole frame, padding left out.

    Parameters
    ----------
    frame
        Level 0, not a tile: the answer must not depend on where one looks.
    modality
        Modality (0008,0060).
    bits_stored
        Images of at most 8 bits were made for the screen and keep their whole range, unless they hold amounts (counts,
        dose, probabilities, labels) or are magnetic resonance.
    value_units
        "HU" lets a CT have its soft tissue window, when its values lie there at all.
    suv_factor
        SUV of one modality value. A PET that has it is shown from SUV 0 to 10, so that patients can be compared.
    """
    if suv_factor:
        full = FULL_UPTAKE_SUV / suv_factor
        return VOIWindow(full / 2, full, VOIFunction.LINEAR_EXACT)
    if isinstance(frame, RealFrame):
        packed = quantise(frame)
    else:
        packed = frame
        if bits_stored <= 8 and modality != "MR" and modality not in _PERCENT_OF_AMOUNTS:
            return _whole_range(packed.packing, bits_stored)
    if modality in _PERCENT_OF_AMOUNTS:
        return _window_from_zero(packed, _PERCENT_OF_AMOUNTS[modality])
    histogram = _histogram(packed)
    low, high = _percentile_values(histogram, packed.packing, _PERCENT_BY_MODALITY.get(modality, _PERCENT))
    if (
        modality == "CT"
        and value_units == "HU"
        and low < SOFT_TISSUE.center + SOFT_TISSUE.width / 2 < high + 500
    ):
        return SOFT_TISSUE
    return _window_between(low, high, is_integer=packed.scale == 1.0 and packed.offset.is_integer())


def _whole_range(packing: Packing, bits: int) -> VOIWindow:
    minimum = 0 if packing.offset >= 0 or packing.scale <= 0 else 32768 - (1 << (bits - 1))
    first = minimum * packing.scale + packing.offset
    last = (minimum + (1 << bits) - 1) * packing.scale + packing.offset
    return _window_between(min(first, last), max(first, last), is_integer=packing.scale == 1.0)


def _histogram(frame: PackedFrame) -> NDArray[np.intp]:
    histogram = np.bincount(_seen(frame), minlength=PACKED_VALUES)
    occupied = np.flatnonzero(histogram)
    # Air around the subject sits in one extreme value and would drag the percentiles there.
    for extreme in (occupied[:1], occupied[-1:]):
        if len(occupied) > 2 and histogram[extreme].sum() > _BACKGROUND_SHARE * histogram.sum():
            histogram[extreme] = 0
    return histogram


def _percentile_values(
    histogram: NDArray[np.intp], packing: Packing, percent: tuple[float, float]
) -> tuple[float, float]:
    total = int(histogram.sum())
    if total == 0:
        return packing.offset, packing.offset
    cumulative = np.cumsum(histogram)
    low, high = (int(np.searchsorted(cumulative, max(1.0, total * share / 100))) for share in percent)
    ends = (low * packing.scale + packing.offset, high * packing.scale + packing.offset)
    return min(ends), max(ends)


def _window_from_zero(frame: PackedFrame, percent: float) -> VOIWindow:
    """Return the window from zero, or from the lowest value where that is below, to a share of what is above zero."""
    histogram = np.bincount(_seen(frame), minlength=PACKED_VALUES)
    low, _ = _percentile_values(histogram, frame.packing, (0.0, 0.0))
    values = np.arange(PACKED_VALUES) * frame.scale + frame.offset
    _, high = _percentile_values(np.where(values > 0, histogram, 0), frame.packing, (0.0, percent))
    low = min(low, 0.0)
    is_integer = frame.scale == 1.0 and frame.offset.is_integer()
    return _window_between(low, max(low, high), is_integer=is_integer)


def _seen(frame: PackedFrame) -> NDArray[np.uint16]:
    """Return the values outside of the padding, flat."""
    return frame.values.ravel() if frame.padding_mask is None else frame.values[~frame.padding_mask]


def _window_between(low: float, high: float, *, is_integer: bool) -> VOIWindow:
    """Return the window that shows `low` black and `high` white."""
    if is_integer:
        width = max(high - low + 1, 2.0)
        return VOIWindow(low + width / 2, width)
    width = high - low or 1.0
    return VOIWindow(low + width / 2, width, VOIFunction.LINEAR_EXACT)
