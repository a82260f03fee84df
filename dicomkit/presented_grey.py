"""The grey of every packed value of an image under a presentation state.

References
----------
PS3.4 N.2.1 (the presentation state's transforms take the place of the image's), PS3.3 C.11.6.1 (Presentation LUT).
"""

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import InvalidLookupTableError
from dicomkit.image_references import ImageReference
from dicomkit.pixels.lookup import PACKED_VALUES
from dicomkit.pixels.lookup_table import LookupTable
from dicomkit.pixels.modality_lut import ModalityLUT, ModalityTransform, apply_modality_transform
from dicomkit.pixels.packing import SIGNED_MINIMUM
from dicomkit.pixels.pixel_format import PixelFormat
from dicomkit.pixels.voi_lut import VOI, VOIFunction, VOIWindow, apply_voi, to_grey
from dicomkit.presentation import PresentationState


def presented_lookup(
    state: PresentationState, *, image: ImageReference, layout: PixelFormat, modality: ModalityTransform
) -> NDArray[np.uint8]:
    """Return the grey of every packed value: uint8, (65536,), inversion included.

    Parameters
    ----------
    image
        One frame of an image that the state refers to.
    layout, modality
        Of the image, as they decided its packing, see `packing.packing_of`.

    Raises
    ------
    InvalidLookupTableError
        The image has no packed values, or they no longer hold what the state's own modality table needs.
    """
    if not layout.is_packable:
        raise InvalidLookupTableError(
            "A grey-scale presentation state cannot be applied to this kind of image."
        )
    values = _modality_values(state, layout, modality)
    voi = state.voi_of(image) or _from_end_to_end(state, layout)
    levels = apply_voi(values, voi)
    if state.presentation_lut is not None:
        levels = _through(state.presentation_lut, levels)
    return to_grey(levels, inverse=state.is_inverse)


def _modality_values(
    state: PresentationState, layout: PixelFormat, modality: ModalityTransform
) -> NDArray[np.float64]:
    packed = np.arange(PACKED_VALUES, dtype=np.int32)
    if isinstance(modality, ModalityLUT):
        # Packed values are entries of the image's table; from them the stored values cannot be had again.
        if state.modality != modality:
            raise InvalidLookupTableError("The presentation state has another modality table than the image.")
        return packed.astype(np.float64)
    stored = packed + (SIGNED_MINIMUM if layout.is_signed else 0)
    return apply_modality_transform(stored, state.modality).astype(np.float64)


def _from_end_to_end(state: PresentationState, layout: PixelFormat) -> VOI:
    """Return the window over everything that the modality transform can yield: without a VOI, nothing is cut off."""
    if isinstance(state.modality, ModalityLUT):
        low, high = 0.0, float((1 << state.modality.table.bits_per_entry) - 1)
    else:
        lowest = -(1 << (layout.bits_stored - 1)) if layout.is_signed else 0
        ends = [
            stored * state.modality.slope + state.modality.intercept
            for stored in (lowest, lowest + (1 << layout.bits_stored) - 1)
        ]
        low, high = min(ends), max(ends)
    return VOIWindow((low + high) / 2, max(high - low, 1e-9), VOIFunction.LINEAR_EXACT)


def _through(table: LookupTable, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map levels in [0, 255] by a presentation table, whose entries are spread over the range of what goes in."""
    entries = table.entries
    indices = np.floor(levels / 255.0 * (len(entries) - 1) + 0.5).astype(np.int64)
    return np.minimum(entries[indices] / ((1 << table.bits_per_entry) - 1), 1.0) * 255.0
