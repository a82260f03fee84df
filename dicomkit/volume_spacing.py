"""How far apart the slices of a stack are: even, with gaps, or irregular.

References
----------
PS3.3 C.7.6.2.1.1 (Image Position), C.7.6.2.1.2 (Slice Thickness says nothing of the distance of slices).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicomkit import volume_findings as findings
from dicomkit.volume_findings import Finding
from dicomkit.volume_geometry import Floats

# Positions are written with few digits: so far may a slice be off its place, as a share of the spacing and in mm.
_TOLERANCE = 0.05
_ROUNDING_MM = 0.02
_GAP = 1.5
# More wide intervals than this are a way of scanning, not slices that are missing, where thickness does not decide.
_MOST_GAPS = 0.25


@dataclass(frozen=True, slots=True)
class SliceSpacing:
    """Where slices lie along their normal; the attributes are those of `VolumeGeometry`, `step_mm` its slice spacing."""

    positions_mm: tuple[float, ...]
    step_mm: float
    is_regular: bool
    gaps: tuple[int, ...]
    findings: tuple[Finding, ...]


def slice_spacing(positions_mm: Floats, *, thicknesses_mm: Sequence[float | None]) -> SliceSpacing:
    """Find out whether slices are evenly spaced.

    Parameters
    ----------
    positions_mm
        Rising, the first 0, no two the same.
    thicknesses_mm
        Slice Thickness of each, None where it is not known.
    """
    intervals = np.diff(positions_mm)
    nominal = float(np.median(intervals))
    gaps = _gaps(intervals, nominal, thicknesses_mm)
    steps = np.maximum(np.rint(intervals / nominal), 1)
    step_mm = float(positions_mm[-1] / steps.sum())
    even = np.concatenate(([0.0], np.cumsum(steps) * step_mm))
    is_on_grid = bool(np.abs(even - positions_mm).max() <= _TOLERANCE * step_mm + _ROUNDING_MM)
    has_wide_intervals = bool((steps[~gaps] > 1).any())
    told: list[Finding] = []
    if is_on_grid:
        positions_mm = even
    if not is_on_grid or has_wide_intervals:
        filled = intervals[~gaps]
        # Where thin slices follow on thick ones, their distance; a single short interval between them is none.
        step_mm = float(np.quantile(filled, 0.25, method="lower"))
        told.append(findings.irregular_spacing(filled.tolist()))
    known = [thickness for thickness in thicknesses_mm if thickness]
    if known and nominal > _GAP * max(known):
        told.append(findings.slices_apart(max(known), nominal))
    return SliceSpacing(
        positions_mm=tuple(positions_mm.tolist()),
        step_mm=step_mm,
        is_regular=is_on_grid and not (steps > 1).any(),
        gaps=tuple(np.flatnonzero(gaps).tolist()),
        findings=tuple(told),
    )


def _gaps(
    intervals_mm: Floats, nominal_mm: float, thicknesses_mm: Sequence[float | None]
) -> NDArray[np.bool_]:
    """Return which intervals are gaps: wider than the others, and not filled by thick slices."""
    is_wide = intervals_mm > _GAP * nominal_mm
    thickness = np.array([value or 0.0 for value in thicknesses_mm])
    filled_mm = np.maximum(thickness[:-1], thickness[1:])
    if filled_mm.any():
        is_wide &= intervals_mm > _GAP * filled_mm
        return is_wide
    return is_wide if is_wide.mean() <= _MOST_GAPS else np.zeros_like(is_wide)
