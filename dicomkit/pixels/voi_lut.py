"""The values of interest: modality values to grey, by a window or a table.

References
----------
PS3.3 C.11.2 (VOI LUT module), C.7.6.16.2.10 (Frame VOI LUT).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidLookupTableError, InvalidWindowError
from dicomkit.functional_groups import functional_group
from dicomkit.pixels.lookup_table import LookupTable, read_lookup_table
from dicomkit.pixels.modality_lut import ModalityLUT, Rescale, read_modality_transform
from dicomkit.pixels.numbers import finite_float, first_int


class VOIFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class VOIWindow:
    """A window in modality values.

    Raises
    ------
    InvalidWindowError
        When the width is not positive or a number is not finite.
    """

    center: float
    width: float
    function: VOIFunction = VOIFunction.LINEAR
    label: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.center) and np.isfinite(self.width) and self.width > 0):
            raise InvalidWindowError("A window needs a center and a positive width.")


@dataclass(frozen=True, slots=True)
class VOILUT:
    """A table from modality values to grey."""

    table: LookupTable
    label: str = ""


VOI = VOIWindow | VOILUT


def read_vois(dataset: Dataset, *, frame_index: int = 0) -> tuple[VOI, ...]:
    """Return every usable window and table of a frame, windows first, in the order of the file.

    A window without a positive width and a table without data are left out: they select nothing. A LINEAR window
    narrower than 1 is against C.11.2.1.2.1 and seen with fractional values; it is read as LINEAR_EXACT.
    Windows come first because a reader can go on from there by dragging.

    References
    ----------
    PS3.3 C.11.2.1.2: several windows are alternatives, of which the first is the default.
    """
    group = functional_group(dataset, "FrameVOILUTSequence", frame_index=frame_index)
    source = group if group is not None else dataset
    return (*_read_windows(source), *_read_tables(source, dataset))


def apply_voi(values: NDArray[Any], voi: VOI) -> NDArray[np.float64]:
    """Map modality values to the interval 0 to 255, not rounded.

    The order of the operations is part of the contract: the browser does the same in the same order, so that both
    round to the same grey.

    Parameters
    ----------
    values
        Modality values, any shape.

    References
    ----------
    PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT), C.11.2.1.1 (table).
    """
    if isinstance(voi, VOILUT):
        maximum = (1 << voi.table.bits_per_entry) - 1
        return np.minimum(voi.table.map(values) / maximum, 1.0) * 255.0
    x = values.astype(np.float64)
    if voi.function is VOIFunction.SIGMOID:
        # The exponent is bounded so that far values saturate instead of overflowing.
        exponent = np.clip(-4.0 * (x - voi.center) / voi.width, -700.0, 700.0)
        return 255.0 / (1.0 + np.exp(exponent))
    if voi.function is VOIFunction.LINEAR_EXACT:
        return np.clip(((x - voi.center) / voi.width + 0.5) * 255.0, 0.0, 255.0)
    if voi.width <= 1.0:
        # The formula's limit at width 1 is a step between two neighbouring integers.
        return np.where(x > voi.center - 0.5, 255.0, 0.0)
    y = ((x - (voi.center - 0.5)) / (voi.width - 1.0) + 0.5) * 255.0
    return np.clip(y, 0.0, 255.0)


def to_grey(levels: NDArray[np.float64], *, inverse: bool = False) -> NDArray[np.uint8]:
    """Round levels in [0, 255] to the nearest integer, halves upwards, and turn them round if `inverse`."""
    grey = np.floor(levels + 0.5).astype(np.uint8)
    return 255 - grey if inverse else grey


def _read_windows(source: Dataset) -> list[VOIWindow]:
    centers, widths = _numbers(source.get("WindowCenter")), _numbers(source.get("WindowWidth"))
    labels = _texts(source.get("WindowCenterWidthExplanation"))
    name = str(source.get("VOILUTFunction") or "LINEAR").strip()
    function = VOIFunction(name) if name in VOIFunction.__members__ else VOIFunction.LINEAR
    windows = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        if center is None or width is None or width <= 0:
            continue
        used = VOIFunction.LINEAR_EXACT if function is VOIFunction.LINEAR and width < 1 else function
        windows.append(VOIWindow(center, width, used, labels[index] if index < len(labels) else ""))
    return windows


def _read_tables(source: Dataset, dataset: Dataset) -> list[VOILUT]:
    items = source.get("VOILUTSequence")
    if not items or isinstance(items, (str, bytes)):
        return []
    is_signed = _is_signed_after_modality(dataset)
    tables = []
    for item in items:
        try:
            table = read_lookup_table(item, is_signed=is_signed)
        except InvalidLookupTableError:
            continue
        tables.append(VOILUT(table, str(item.get("LUTExplanation") or "").strip()))
    return tables


def _is_signed_after_modality(dataset: Dataset) -> bool:
    """Whether modality values can be negative, which makes the first mapped value signed (C.11.2.1.1)."""
    try:
        transform = read_modality_transform(dataset)
    except InvalidLookupTableError:
        transform = Rescale()
    if isinstance(transform, ModalityLUT):
        return False
    return first_int(dataset.get("PixelRepresentation"), default=0) == 1 or transform.intercept < 0


def _numbers(value: Any) -> list[float | None]:
    if value is None:
        return []
    return [
        finite_float(item)
        for item in (value if isinstance(value, (list, tuple)) or _is_multi(value) else [value])
    ]


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, (list, tuple)) or _is_multi(value) else [value]
    return [str(item).strip() for item in items]


def _is_multi(value: Any) -> bool:
    """Whether a value is pydicom's multi-value, which is a sequence but neither a list nor text."""
    return not isinstance(value, (str, bytes)) and hasattr(value, "__iter__")
