"""Regions count the pixels whose centres lie inside, and tell what their stored values say."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dicomkit.marking import MarkingKind
from dicomkit.pixels.packing import PackedFrame, RealFrame
from dicomkit.region_shapes import region_pixels
from dicomkit.region_statistics import region_statistics

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "regions_of_interest.json").read_text())
VALUES, PADDING = np.array(GOLDEN["values"]), np.array(GOLDEN["padding"], bool)


@pytest.mark.parametrize("case", GOLDEN["regions"], ids=[case["name"] for case in GOLDEN["regions"]])
@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "real"])
def test_a_region_says_what_was_computed_in_exact_fractions(case: dict[str, Any], is_packed: bool) -> None:
    padding = PADDING if case["has_padding"] else None
    frame = (
        PackedFrame((VALUES + 1000).astype(np.uint16), padding, 1.0, -1000.0)
        if is_packed
        else RealFrame(VALUES.astype(np.float32), padding)
    )
    spacing = tuple(case["pixel_spacing_mm"]) if case["pixel_spacing_mm"] else None

    found = region_statistics(
        frame,
        kind=MarkingKind(case["kind"]),
        points=[(x, y) for x, y in case["points"]],
        spacing_mm=spacing,
    )

    assert found.count == case["count"]
    for name in ("area_px", "area_mm2", "mean", "standard_deviation", "minimum", "maximum"):
        wanted = case[name]
        assert getattr(found, name) == (wanted if wanted is None else pytest.approx(wanted, rel=1e-12)), name


def test_a_long_freehand_outline_agrees_with_the_rule_pixel_by_pixel() -> None:
    random = np.random.default_rng(5)
    angles = np.sort(random.uniform(0, 2 * np.pi, 2000))
    radii = random.uniform(20, 70, 2000)
    points = [(64 + r * np.cos(a), 50 + r * np.sin(a)) for a, r in zip(angles, radii, strict=True)]

    found = region_pixels(MarkingKind.FREEHAND, points, rows=100, columns=120)

    whole = np.zeros((100, 120), bool)
    rows, columns = found.mask.shape
    whole[found.top : found.top + rows, found.left : found.left + columns] = found.mask
    y, x = np.mgrid[:100, :120] + 0.5
    wanted = np.zeros((100, 120), bool)
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        wanted ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    np.testing.assert_array_equal(whole, wanted)


def test_a_probe_reads_the_pixel_that_it_stands_in() -> None:
    frame = PackedFrame(np.arange(12, dtype=np.uint16).reshape(3, 4), None, 2.0, -1.0)

    found = region_statistics(
        frame, kind=MarkingKind.PROBE, points=[(2.99, 1.0)], spacing_mm=(0.5, 0.5), factor=10.0
    )

    assert (found.count, found.mean, found.standard_deviation) == (1, (6 * 2 - 1) * 10.0, 0.0)
    assert (found.area_px, found.area_mm2) == (1.0, 0.25)


def test_a_probe_beside_the_image_reads_nothing() -> None:
    frame = RealFrame(np.zeros((3, 4), np.float32), None)

    found = region_statistics(frame, kind=MarkingKind.PROBE, points=[(-0.1, 1.0)], spacing_mm=None)

    assert (found.count, found.mean) == (0, None)


def test_of_colour_only_the_area_is_told() -> None:
    frame = np.zeros((8, 8, 3), np.uint8)

    found = region_statistics(
        frame, kind=MarkingKind.RECTANGLE, points=[(1, 1), (4, 1), (4, 3), (1, 3)], spacing_mm=None
    )

    assert (found.count, found.area_px, found.mean) == (6, 6.0, None)


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        (MarkingKind.ELLIPSE, [(1, 1), (5, 1), (2, 1), (4, 1)]),
        (MarkingKind.CIRCLE, [(3, 3), (3, 3)]),
        (MarkingKind.POLYGON, [(1, 1), (1, 1), (1, 1)]),
        (MarkingKind.FREEHAND, [(-1e6, -1e6), (1e6, -1e6), (0, -9e5)]),
    ],
)
def test_outlines_without_an_inside_count_nothing(
    kind: MarkingKind, points: list[tuple[float, float]]
) -> None:
    frame = RealFrame(np.zeros((8, 8), np.float32), None)

    assert region_statistics(frame, kind=kind, points=points, spacing_mm=None).count == 0
