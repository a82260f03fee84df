"""How many millimetres a pixel of a frame is where something was drawn, and what that rests on.

References
----------
PS3.3 10.7.1.3 (Pixel Spacing, Imager Pixel Spacing), C.8.5.5 (US Region Calibration).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dicomkit.calibration import SpacingSource
from dicomkit.region_shapes import Point
from dicomkit.ultrasound_region import RegionAxis


class ScaleSource(StrEnum):
    """What a scale rests on."""

    PATIENT = "patient"
    DETECTOR = "detector"
    """At the detector: in the patient everything is smaller by an unknown magnification."""
    MAGNIFICATION = "magnification"
    """At the detector, divided by the magnification that the device estimated."""
    ULTRASOUND_REGION = "ultrasound_region"
    CALIBRATION = "calibration"
    """By a line of known length that a reader drew on the image."""
    ULTRASOUND_AXES = "ultrasound_axes"
    """In a region whose axes are time, velocity and the like: no distance in the plane exists."""
    NO_REGION = "no_region"
    """Not within one calibrated region of an ultrasound image."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """A line of known length on an image."""

    ends: tuple[Point, Point]
    length_mm: float


@dataclass(frozen=True, slots=True)
class PixelScale:
    """What pixels mean where something was drawn.

    Attributes
    ----------
    spacing_mm
        (down, across), None where lengths are in pixels or do not exist.
    aspect
        Height by width of a pixel as it is shown.
    axes
        (across, down) of a region of an ultrasound image that has no lengths; None everywhere else. An axis without
        a unit is None.
    """

    spacing_mm: tuple[float, float] | None
    aspect: float
    source: ScaleSource
    axes: tuple[RegionAxis | None, RegionAxis | None] | None = None


def pixel_scale(
    attributes: dict[str, Any], points: Sequence[Point], *, calibration: CalibrationLine | None = None
) -> PixelScale:
    """Return the scale that holds where these points lie.

    Parameters
    ----------
    attributes
        Of the frame, as `dicomkit.image_attributes.frame_attributes` returns them.
    points
        What was drawn. In an ultrasound image a scale holds inside of one region only.
    calibration
        The line by which a reader calibrated the image; it takes the place of what the file says.
    """
    vertical, horizontal = attributes["pixel_aspect_ratio"]
    aspect = vertical / horizontal
    region = _region_of(attributes, points)
    if region is not None and region["pixel_spacing_mm"] is None:
        # A line of known length says nothing of time and velocity.
        axes = (_axis(region["across"]), _axis(region["down"]))
        return PixelScale(None, aspect, ScaleSource.ULTRASOUND_AXES, axes)
    if calibration is not None and (scale := _by_line(calibration, aspect)) is not None:
        return scale
    if region is not None:
        return PixelScale(tuple(region["pixel_spacing_mm"]), aspect, ScaleSource.ULTRASOUND_REGION)
    if attributes["ultrasound_regions"]:
        return PixelScale(None, aspect, ScaleSource.NO_REGION)
    if attributes["pixel_spacing_mm"] is None:
        return PixelScale(None, aspect, ScaleSource.NONE)
    down, across = attributes["pixel_spacing_mm"]
    return PixelScale((down, across), down / across, _source(attributes))


def _source(attributes: dict[str, Any]) -> ScaleSource:
    if attributes["spacing_source"] != SpacingSource.DETECTOR:
        return ScaleSource.PATIENT
    return ScaleSource.MAGNIFICATION if attributes["magnification"] != 1.0 else ScaleSource.DETECTOR


def _by_line(line: CalibrationLine, aspect: float) -> PixelScale | None:
    (x0, y0), (x1, y1) = line.ends
    widths = math.hypot(x1 - x0, (y1 - y0) * aspect)
    if widths == 0:
        return None
    across = line.length_mm / widths
    return PixelScale((across * aspect, across), aspect, ScaleSource.CALIBRATION)


def _region_of(attributes: dict[str, Any], points: Sequence[Point]) -> dict[str, Any] | None:
    """Return the region that holds all the points, the topmost of several."""
    for region in attributes["ultrasound_regions"]:
        if all(
            region["left"] <= x <= region["right"] + 1 and region["top"] <= y <= region["bottom"] + 1
            for x, y in points
        ):
            found: dict[str, Any] = region
            return found
    return None


def _axis(attributes: dict[str, Any] | None) -> RegionAxis | None:
    return RegionAxis(**attributes) if attributes is not None else None
