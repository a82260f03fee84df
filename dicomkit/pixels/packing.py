"""Grey values as unsigned 16-bit numbers: what a 16-bit tile carries and every grey computation starts from.

For images of at most 16 bits the packing is exact and known from the header alone:

    packed = stored value - minimum          minimum = 0 for unsigned, -32768 for signed pixels
    modality value = packed * scale + offset scale = Rescale Slope
                                             offset = Rescale Intercept + Rescale Slope * minimum

With a Modality LUT Sequence the table is applied first; packed is its entry, scale is 1, offset 0. For 32-bit
and float images the range of the frame's values is divided into 65,535 equal steps; that packing is known only
with the pixels, loses precision, and is not announced.

References
----------
PS3.3 C.11.1 (Modality LUT); docs: the 16-bit tile is written by `encode` and read by frontend/src/render.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.modality_lut import ModalityLUT, ModalityTransform, apply_modality_transform
from dicomkit.pixels.padding import PaddingRange
from dicomkit.pixels.pixel_format import PixelFormat

SIGNED_MINIMUM = -32768
_STEPS = 0xFFFF


@dataclass(frozen=True, slots=True)
class Packing:
    """Modality value = packed value * scale + offset."""

    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class PackedFrame:
    """Grey values of a frame, of a level or of a tile.

    `values` is uint16, (rows, columns); `padding_mask` is boolean of the same shape, or None when nothing is padding.
    """

    values: NDArray[np.uint16]
    padding_mask: NDArray[np.bool_] | None
    scale: float
    offset: float

    @property
    def packing(self) -> Packing:
        """The packing of the values."""
        return Packing(self.scale, self.offset)


@dataclass(frozen=True, slots=True)
class RealFrame:
    """Modality values of a 32-bit or float frame, or of one that is grey in part.

    `values` is float32 or float64, (rows, columns), all finite. `colour` is uint8, (rows, columns, 4): red, green and
    blue weighted with the opacity, and the opacity; None for a frame that is all grey. Pixels in colour count as
    padding of the grey.
    """

    values: NDArray[np.floating[Any]]
    padding_mask: NDArray[np.bool_] | None
    colour: NDArray[np.uint8] | None = None


def packing_of(layout: PixelFormat, *, modality: ModalityTransform) -> Packing | None:
    """Return the packing that the header alone determines; None for colour, 32-bit and float images."""
    if not layout.is_packable:
        return None
    if isinstance(modality, ModalityLUT):
        return Packing(1.0, 0.0)
    minimum = SIGNED_MINIMUM if layout.is_signed else 0
    return Packing(modality.slope, modality.intercept + modality.slope * minimum)


def pack_frame(
    stored: NDArray[Any],
    *,
    layout: PixelFormat,
    modality: ModalityTransform,
    padding: PaddingRange | None = None,
) -> PackedFrame:
    """Pack stored values into unsigned 16 bits.

    Parameters
    ----------
    stored
        (rows, columns) as `FrameSource.stored_frame` returns them.

    Returns
    -------
    Exact for images of at most 16 bits; for others quantised over the range of this array, so pass a whole frame.

    References
    ----------
    PS3.3 C.11.1.1.
    """
    packing = packing_of(layout, modality=modality)
    if packing is None:
        return quantise(real_frame(stored, modality=modality, padding=padding))
    mask = padding.mask(stored) if padding is not None else None
    if isinstance(modality, ModalityLUT):
        values = modality.table.map(stored)
    elif stored.dtype == np.int16:
        # Adding 32,768 modulo 65,536 turns only the sign bit round.
        values = stored.view(np.uint16) ^ np.uint16(0x8000)
    elif stored.dtype.kind == "i":
        values = (stored.astype(np.int32) - SIGNED_MINIMUM).astype(np.uint16)
    else:
        values = stored.astype(np.uint16, copy=False)
    return PackedFrame(values, mask, packing.scale, packing.offset)


def real_frame(
    stored: NDArray[Any], *, modality: ModalityTransform, padding: PaddingRange | None = None
) -> RealFrame:
    """Return modality values as floats; values that are not finite become padding of value 0."""
    mask = padding.mask(stored) if padding is not None else None
    values = apply_modality_transform(stored, modality)
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        mask = ~finite if mask is None else mask | ~finite
        values = np.where(finite, values, values.dtype.type(0))
    return RealFrame(values, mask)


def quantise(frame: RealFrame) -> PackedFrame:
    """Divide the range of the values outside of the padding into 65,535 steps."""
    seen = frame.values if frame.padding_mask is None else frame.values[~frame.padding_mask]
    lowest, highest = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 0.0)
    scale = (highest - lowest) / _STEPS or 1.0
    steps = np.clip(np.floor((frame.values.astype(np.float64) - lowest) / scale + 0.5), 0, _STEPS)
    return PackedFrame(steps.astype(np.uint16), frame.padding_mask, scale, lowest)
