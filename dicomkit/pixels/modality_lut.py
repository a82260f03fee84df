"""The modality transform: stored values to values with a meaning, such as Hounsfield units.

References
----------
PS3.3 C.11.1 (Modality LUT module), C.7.6.16.2.9 (Pixel Value Transformation), C.8.8.3 (RT Dose).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item, functional_group
from dicomkit.pixels.lookup_table import LookupTable, read_lookup_table
from dicomkit.pixels.numbers import first_float, first_int


@dataclass(frozen=True, slots=True)
class Rescale:
    """Modality value = stored value * slope + intercept."""

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class ModalityLUT:
    """Modality value = entry of the table for the stored value."""

    table: LookupTable


ModalityTransform = Rescale | ModalityLUT


def read_modality_transform(dataset: Dataset, *, frame_index: int = 0) -> ModalityTransform:
    """Return the modality transform of a frame; the identity when the object has none.

    Raises
    ------
    InvalidLookupTableError
        When there is a Modality LUT Sequence that cannot be used.

    References
    ----------
    PS3.3 C.11.1: either a Modality LUT Sequence or a rescale, never both. A table wins where both are written.
    """
    item = first_item(dataset, "ModalityLUTSequence")
    if item is not None:
        is_signed = first_int(dataset.get("PixelRepresentation"), default=0) == 1
        return ModalityLUT(read_lookup_table(item, is_signed=is_signed))
    group = functional_group(dataset, "PixelValueTransformationSequence", frame_index=frame_index)
    source = group if group is not None else dataset
    slope = first_float(source.get("RescaleSlope"))
    if slope is None:
        slope = first_float(dataset.get("DoseGridScaling"))
    # A slope of zero would map every value to one; it is a placeholder, not a transform.
    return Rescale(slope or 1.0, first_float(source.get("RescaleIntercept")) or 0.0)


def apply_modality_transform(stored: NDArray[Any], transform: ModalityTransform) -> NDArray[Any]:
    """Map stored values to modality values.

    Returns
    -------
    float64 for a rescale (float32 for float32 values with the identity), uint16 for a table; same shape.

    References
    ----------
    PS3.3 C.11.1.1.2.
    """
    if isinstance(transform, ModalityLUT):
        return transform.table.map(stored)
    if transform == Rescale() and stored.dtype.kind == "f":
        return stored
    return stored.astype(np.float64) * transform.slope + transform.intercept
