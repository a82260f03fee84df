"""The numbers of a drawing as the words that stand beside it.

References
----------
PS3.3 10.7.1.3 (what millimetres of a projection mean).
"""

from collections.abc import Sequence

from dicomkit.measurement import Measure, Quantity
from dicomkit.pixel_scale import ScaleSource
from dicomkit.region_statistics import RegionStatistics

_UNITS = {
    "mm": " mm",
    "mm2": " mm²",
    "deg": "°",
    "px": " px",
    "px2": " px²",
    "ms": " ms",
    "cm/s": " cm/s",
    "mm/s": " mm/s",
    "cm/s2": " cm/s²",
}
_NAMED = {
    Quantity.LONG_AXIS: "Long axis ",
    Quantity.SHORT_AXIS: "Short axis ",
    Quantity.AREA: "Area ",
    Quantity.SLOPE: "Slope ",
}
_RESTING_ON = {
    ScaleSource.DETECTOR: "at the detector",
    ScaleSource.MAGNIFICATION: "by estimated magnification",
    ScaleSource.CALIBRATION: "by calibration line",
}


def measured_words(
    measures: Sequence[Measure], source: ScaleSource, statistics: RegionStatistics | None, value_unit: str
) -> list[str]:
    """Return what was measured, line by line; lengths that the file vouches for need no comment.

    Parameters
    ----------
    statistics, value_unit
        What the pixels inside say; None where that is not known or not meant.
    """
    lines = [f"{_NAMED.get(one.quantity, '')}{one.value:.1f}{_UNITS[one.unit]}" for one in measures]
    if any(one.unit.startswith("mm") for one in measures) and source in _RESTING_ON:
        lines.append(_RESTING_ON[source])
    if statistics is None or statistics.mean is None:
        return lines
    unit = f" {value_unit}" if value_unit else ""
    if not measures:
        return [f"{statistics.mean:.1f}{unit}"]
    words = [*lines, f"Mean {statistics.mean:.1f}{unit}"]
    if statistics.standard_deviation is not None:
        words[-1] = f"Mean {statistics.mean:.1f}  SD {statistics.standard_deviation:.1f}{unit}"
    if statistics.minimum is not None and statistics.maximum is not None:
        words.append(f"Min {statistics.minimum:.1f}  Max {statistics.maximum:.1f}{unit}")
    return words
