"""What the pixels inside of an outline say: how many, mean, standard deviation, least and greatest value, area."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.marking import MarkingKind
from dicomkit.pixels.packing import PackedFrame, RealFrame
from dicomkit.region_shapes import Point, RegionPixels, region_area_px, region_pixels


@dataclass(frozen=True, slots=True)
class RegionStatistics:
    """Statistics of a region. What is not known is None: values where no pixel counts or the image is in colour.

    Attributes
    ----------
    area_mm2
        Of the outline; None without a spacing.
    area_px
        Of the outline in pixels; it need not be a whole number, nor equal `count`.
    count
        Pixels of the frame that lie inside and are not padding.
    mean, standard_deviation, minimum, maximum
        Of their values; the deviation is that of all of them, not of a sample.
    """

    area_mm2: float | None
    area_px: float
    count: int
    mean: float | None = None
    standard_deviation: float | None = None
    minimum: float | None = None
    maximum: float | None = None


def region_statistics(
    frame: PackedFrame | RealFrame | NDArray[np.uint8],
    *,
    kind: MarkingKind,
    points: Sequence[Point],
    spacing_mm: tuple[float, float] | None,
    factor: float = 1.0,
) -> RegionStatistics:
    """Return what the pixels inside of an outline say.

    Parameters
    ----------
    frame
        The whole frame at full size: packed values, real values, or colour, of which only the area is told.
    points
        (column, row) in pixels, as many as the kind has.
    spacing_mm
        (down, across), or None.
    factor
        From modality values to those that are told, such as an SUV.
    """
    down, across = spacing_mm or (1.0, 1.0)
    aspect = down / across
    area_px = region_area_px(kind, points, aspect=aspect)
    rows, columns = frame.shape[:2] if isinstance(frame, np.ndarray) else frame.values.shape
    pixels = region_pixels(kind, points, rows=rows, columns=columns, aspect=aspect)
    values = None if isinstance(frame, np.ndarray) else _values(frame, pixels)
    count = int(pixels.mask.sum()) if values is None else values.size
    area_mm2 = area_px * down * across if spacing_mm else None
    if values is None or not count:
        return RegionStatistics(area_mm2, area_px, count)
    told = values * factor
    return RegionStatistics(
        area_mm2,
        area_px,
        count,
        mean=float(told.mean()),
        standard_deviation=float(told.std()),
        minimum=float(told.min()),
        maximum=float(told.max()),
    )


def _values(frame: PackedFrame | RealFrame, pixels: RegionPixels) -> NDArray[np.float64]:
    """Return the modality values of the pixels that count, without the padding."""
    inside: NDArray[Any] = pixels.of(frame.values)
    if frame.padding_mask is not None:
        inside = inside[~pixels.of(frame.padding_mask)]
    values = inside.astype(np.float64)
    return values * frame.scale + frame.offset if isinstance(frame, PackedFrame) else values
