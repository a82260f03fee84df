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
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """A line of known length on an image."""

    ends: tuple[Point, Point]
    length_mm: float


@dataclass(frozen=True, slots=True)
class PixelScale:
    """`spacing_mm` is (down, across), None where lengths are in pixels; `aspect` is height by width of a pixel."""

    spacing_mm: tuple[float, float] | None
    aspect: float
    source: ScaleSource


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
    if calibration is not None and (scale := _by_line(calibration, aspect)) is not None:
        return scale
    if attributes["ultrasound_regions"]:
        return _of_ultrasound(attributes, points, aspect)
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


def _of_ultrasound(attributes: dict[str, Any], points: Sequence[Point], aspect: float) -> PixelScale:
    for region in attributes["ultrasound_regions"]:
        if all(
            region["left"] <= x <= region["right"] + 1 and region["top"] <= y <= region["bottom"] + 1
            for x, y in points
        ):
            down, across = region["pixel_spacing_mm"]
            return PixelScale((down, across), down / across, ScaleSource.ULTRASOUND_REGION)
    return PixelScale(None, aspect, ScaleSource.NONE)
