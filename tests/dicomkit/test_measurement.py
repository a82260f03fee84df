"""Lengths, angles and areas, each with a unit that says no more than is known."""

from typing import Any

import pytest

from dicomkit.marking import MarkingKind
from dicomkit.measurement import Measure, Quantity, measures_of
from dicomkit.pixel_scale import CalibrationLine, PixelScale, ScaleSource, pixel_scale

PLAIN: dict[str, Any] = {
    "pixel_aspect_ratio": [1.0, 1.0],
    "ultrasound_regions": [],
    "pixel_spacing_mm": [0.5, 0.5],
    "spacing_source": "patient",
    "magnification": 1.0,
}
SQUARE = PixelScale((0.5, 0.5), 1.0, ScaleSource.PATIENT)
TALL = PixelScale((2.0, 1.0), 2.0, ScaleSource.PATIENT)
UNKNOWN = PixelScale(None, 2.0, ScaleSource.NONE)


@pytest.mark.parametrize(
    ("changes", "scale"),
    [
        ({}, PixelScale((0.5, 0.5), 1.0, ScaleSource.PATIENT)),
        ({"spacing_source": "detector"}, PixelScale((0.5, 0.5), 1.0, ScaleSource.DETECTOR)),
        (
            {"spacing_source": "detector", "magnification": 1.2},
            PixelScale((0.5, 0.5), 1.0, ScaleSource.MAGNIFICATION),
        ),
        (
            {"pixel_spacing_mm": None, "pixel_aspect_ratio": [4.0, 3.0], "spacing_source": "none"},
            PixelScale(None, 4 / 3, ScaleSource.NONE),
        ),
    ],
)
def test_a_scale_says_what_it_rests_on(changes: dict[str, Any], scale: PixelScale) -> None:
    assert pixel_scale(PLAIN | changes, [(1, 1)]) == scale


def test_an_ultrasound_region_holds_for_what_lies_in_it_alone() -> None:
    regions = [
        {"left": 0, "top": 0, "right": 9, "bottom": 9, "pixel_spacing_mm": [0.2, 0.1]},
        {"left": 10, "top": 0, "right": 19, "bottom": 9, "pixel_spacing_mm": [0.4, 0.4]},
    ]
    attributes = PLAIN | {"ultrasound_regions": regions, "pixel_spacing_mm": None, "spacing_source": "none"}

    left = pixel_scale(attributes, [(0, 0), (10, 10)])
    right = pixel_scale(attributes, [(12, 2), (15, 5)])
    both = pixel_scale(attributes, [(5, 5), (15, 5)])

    assert (left.spacing_mm, right.spacing_mm, both.spacing_mm) == ((0.2, 0.1), (0.4, 0.4), None)
    assert (left.source, both.source) == (ScaleSource.ULTRASOUND_REGION, ScaleSource.NO_REGION)


def test_a_line_of_known_length_takes_the_place_of_the_files_spacing() -> None:
    line = CalibrationLine(((0, 0), (3, 2)), 10.0)

    found = pixel_scale(PLAIN | {"pixel_aspect_ratio": [2.0, 1.0]}, [(0, 0)], calibration=line)

    assert found == PixelScale((4.0, 2.0), 2.0, ScaleSource.CALIBRATION)
    assert measures_of(MarkingKind.LENGTH, line.ends, found)[0].value == pytest.approx(10)


def test_a_line_without_length_calibrates_nothing() -> None:
    line = CalibrationLine(((4, 4), (4, 4)), 10.0)

    assert pixel_scale(PLAIN, [(0, 0)], calibration=line).source is ScaleSource.PATIENT


@pytest.mark.parametrize(
    ("kind", "points", "scale", "wanted"),
    [
        (MarkingKind.LENGTH, [(0, 0), (3, 4)], SQUARE, [(Quantity.LENGTH, 2.5, "mm")]),
        (MarkingKind.LENGTH, [(0, 0), (3, 2)], TALL, [(Quantity.LENGTH, 5, "mm")]),
        (MarkingKind.LENGTH, [(0, 0), (3, 2)], UNKNOWN, [(Quantity.LENGTH, 5, "px")]),
        (
            MarkingKind.BIDIRECTIONAL,
            [(0, 0), (0, 2), (0, 0), (8, 0)],
            SQUARE,
            [(Quantity.LONG_AXIS, 4, "mm"), (Quantity.SHORT_AXIS, 1, "mm")],
        ),
        (MarkingKind.ANGLE, [(5, 0), (0, 0), (0, 7)], SQUARE, [(Quantity.ANGLE, 90, "deg")]),
        (MarkingKind.ANGLE, [(5, 0), (0, 0), (-3, 0)], SQUARE, [(Quantity.ANGLE, 180, "deg")]),
        (MarkingKind.ANGLE, [(1, 0), (0, 0), (2, 1)], TALL, [(Quantity.ANGLE, 45, "deg")]),
        (MarkingKind.ANGLE, [(0, 0), (0, 0), (2, 1)], TALL, []),
        (MarkingKind.COBB, [(0, 0), (4, 0), (9, 9), (6, 6)], SQUARE, [(Quantity.COBB_ANGLE, 45, "deg")]),
        (MarkingKind.CIRCLE, [(0, 0), (2, 0)], SQUARE, [(Quantity.AREA, 3.14159265, "mm2")]),
        (
            MarkingKind.RECTANGLE,
            [(0, 0), (4, 0), (4, 3), (0, 3)],
            UNKNOWN,
            [(Quantity.AREA, 12, "px2")],
        ),
        (MarkingKind.ARROW, [(0, 0), (4, 0)], SQUARE, []),
        (MarkingKind.PROBE, [(0, 0)], SQUARE, []),
    ],
)
def test_a_drawing_measures(
    kind: MarkingKind,
    points: list[tuple[float, float]],
    scale: PixelScale,
    wanted: list[tuple[Quantity, float, str]],
) -> None:
    assert measures_of(kind, points, scale) == tuple(
        Measure(quantity, pytest.approx(value), unit) for quantity, value, unit in wanted
    )
