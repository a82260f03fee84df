"""Write the vectors that pytest and vitest share, computed here in exact fractions and by nothing under test.

Run from the root of the checkout: python tests/golden/generate.py
"""

import json
from collections.abc import Callable
from fractions import Fraction
from math import exp, floor, pi, sqrt
from pathlib import Path

FOLDER = Path(__file__).parent
PACKED = [
    0,
    1,
    255,
    256,
    1000,
    1024,
    1063,
    1064,
    1065,
    2047,
    4095,
    32767,
    32768,
    33792,
    33832,
    34000,
    65534,
    65535,
]
WINDOWS = [
    # scale, offset, center, width, function, inverse
    ("1", "-1024", "40", "400", "LINEAR", False),
    ("1", "-1024", "40", "400", "LINEAR", True),
    ("1", "-33792", "40", "80", "LINEAR", False),
    ("1", "0", "128", "256", "LINEAR", False),
    ("1", "0", "1024.5", "1", "LINEAR", False),
    ("1", "0", "1000", "2", "LINEAR", False),
    ("0.5", "-100", "300", "700.5", "LINEAR", False),
    ("-1", "4095", "2048", "4096", "LINEAR", False),
    ("1", "-1024", "40", "400", "LINEAR_EXACT", False),
    ("0.25", "0", "100", "0.5", "LINEAR_EXACT", False),
    ("1", "0", "2048", "4096", "LINEAR_EXACT", True),
    ("1", "-1024", "40", "400", "SIGMOID", False),
    ("1", "0", "2048", "4096", "SIGMOID", True),
]


def grey(packed: int, scale: str, offset: str, center: str, width: str, function: str, inverse: bool) -> int:
    x = packed * Fraction(scale) + Fraction(offset)
    c, w = Fraction(center), Fraction(width)
    if function == "SIGMOID":
        y = Fraction(255 / (1 + exp(min(700.0, max(-700.0, float(-4 * (x - c) / w))))))
    elif function == "LINEAR_EXACT":
        y = (
            Fraction(0)
            if x <= c - w / 2
            else Fraction(255)
            if x > c + w / 2
            else ((x - c) / w + Fraction(1, 2)) * 255
        )
    elif x <= c - Fraction(1, 2) - (w - 1) / 2:
        y = Fraction(0)
    elif x > c - Fraction(1, 2) + (w - 1) / 2:
        y = Fraction(255)
    else:
        y = ((x - (c - Fraction(1, 2))) / (w - 1) + Fraction(1, 2)) * 255
    value = floor(y + Fraction(1, 2))
    return 255 - value if inverse else value


def windows() -> list[dict[str, object]]:
    keys = ("scale", "offset", "window_center", "window_width")
    return [
        {
            **{key: float(text) for key, text in zip(keys, window, strict=False)},
            "function": window[4],
            "inverse": window[5],
            "packed": PACKED,
            "grey": [grey(packed, *window) for packed in PACKED],
        }
        for window in WINDOWS
    ]


def pyramids() -> list[dict[str, object]]:
    cases = []
    for rows, columns in [
        (1, 1),
        (512, 512),
        (513, 512),
        (512, 513),
        (2500, 2048),
        (3328, 2560),
        (1025, 3),
        (4097, 8193),
    ]:
        levels = []
        level_rows, level_columns = rows, columns
        while True:
            across, down = (level_columns + 511) // 512, (level_rows + 511) // 512
            last = {
                "column": across - 1,
                "row": down - 1,
                "width": level_columns - 512 * (across - 1),
                "height": level_rows - 512 * (down - 1),
            }
            levels.append(
                {
                    "rows": level_rows,
                    "columns": level_columns,
                    "tile_rows": down,
                    "tile_columns": across,
                    "last_tile": last,
                }
            )
            if across == down == 1:
                break
            level_rows, level_columns = (level_rows + 1) // 2, (level_columns + 1) // 2
        cases.append({"rows": rows, "columns": columns, "levels": levels})
    return cases


ROWS, COLUMNS = 24, 32
REGIONS = [
    # name, kind, points, row and column spacing in mm, whether some pixels are padding
    ("rectangle on pixel borders", "rectangle", "4,4 10,4 10,9 4,9", ("0.5", "0.5"), False),
    (
        "rectangle through pixel centres",
        "rectangle",
        "4.5,4.5 10.5,4.5 10.5,9.5 4.5,9.5",
        ("0.5", "0.5"),
        False,
    ),
    ("rectangle turned and partly outside", "rectangle", "-3,5 3,-1 9,5 3,11", ("0.5", "0.5"), False),
    ("polygon with a bay", "polygon", "3,3 20,4 19.3,17 12,8.6 5,16", ("0.7", "0.7"), False),
    ("polygon that crosses itself", "polygon", "4,4 20,16 20,4 4,16", ("1", "1"), False),
    ("freehand drawn anticlockwise", "freehand", "20,4 9.25,3.5 6,10.75 14,18 23.5,11", None, False),
    ("circle", "circle", "15.5,11.5 15.5,17.5", ("0.4", "0.4"), False),
    ("circle on pixels higher than wide", "circle", "15.2,11.7 20.2,11.7", ("2", "1"), False),
    ("circle without spacing", "circle", "6.1,6.2 9.3,8.6", None, False),
    ("ellipse along the axes", "ellipse", "6,12 26,12 16,7 16,17", ("0.5", "0.5"), False),
    ("ellipse turned", "ellipse", "8,6 24,18 13,16 19,8", ("0.5", "0.5"), False),
    (
        "ellipse on pixels wider than high",
        "ellipse",
        "10.5,4.5 10.5,20.5 4.25,12.5 16.75,12.5",
        ("0.5", "1.25"),
        False,
    ),
    ("ellipse with padding", "ellipse", "6,12 26,12 16,7 16,17", ("0.5", "0.5"), True),
    ("nothing between pixel centres", "rectangle", "4.6,4.6 5.4,4.6 5.4,5.4 4.6,5.4", ("0.5", "0.5"), False),
    ("outside of the image", "circle", "40,40 42,40", ("0.5", "0.5"), False),
]

Point = tuple[Fraction, Fraction]


def region_value(row: int, column: int) -> int:
    return (row * 37 + column * 91 + row * column) % 509 - 200


def region_padding(row: int, column: int) -> bool:
    return (row + 2 * column) % 5 == 0


def inside_polygon(points: list[Point], x: Fraction, y: Fraction) -> bool:
    inside = False
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        if min(y0, y1) <= y < max(y0, y1) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def inside_ellipse(points: list[Point], x: Fraction, y: Fraction) -> bool:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    ux, uy, vx, vy = (bx - ax) / 2, (by - ay) / 2, (dx - cx) / 2, (dy - cy) / 2
    px, py = x - (ax + bx) / 2, y - (ay + by) / 2
    determinant = ux * vy - uy * vx
    s, t = (px * vy - py * vx) / determinant, (ux * py - uy * px) / determinant
    return s * s + t * t <= 1


def inside_circle(points: list[Point], aspect: Fraction, x: Fraction, y: Fraction) -> bool:
    (cx, cy), (px, py) = points
    return (x - cx) ** 2 + ((y - cy) * aspect) ** 2 <= (px - cx) ** 2 + ((py - cy) * aspect) ** 2


def region_area_px(kind: str, points: list[Point], aspect: Fraction) -> float:
    if kind == "circle":
        (cx, cy), (px, py) = points
        return pi * float(((px - cx) ** 2 + ((py - cy) * aspect) ** 2) / aspect)
    if kind == "ellipse":
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
        return pi * float(abs((bx - ax) * (dy - cy) - (by - ay) * (dx - cx)) / 4)
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return float(abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2)


def region_of_interest(
    name: str, kind: str, text: str, spacing: tuple[str, str] | None, has_padding: bool
) -> dict[str, object]:
    points = [(Fraction(x), Fraction(y)) for x, y in (pair.split(",") for pair in text.split())]
    down, across = (Fraction(spacing[0]), Fraction(spacing[1])) if spacing else (Fraction(1), Fraction(1))

    def is_inside(x: Fraction, y: Fraction) -> bool:
        if kind == "circle":
            return inside_circle(points, down / across, x, y)
        return inside_ellipse(points, x, y) if kind == "ellipse" else inside_polygon(points, x, y)

    values = [
        region_value(row, column)
        for row in range(ROWS)
        for column in range(COLUMNS)
        if is_inside(column + Fraction(1, 2), row + Fraction(1, 2))
        and not (has_padding and region_padding(row, column))
    ]
    mean = Fraction(sum(values), len(values)) if values else None
    area_px = region_area_px(kind, points, down / across)
    return {
        "name": name,
        "kind": kind,
        "points": [[float(x), float(y)] for x, y in points],
        "pixel_spacing_mm": [float(down), float(across)] if spacing else None,
        "has_padding": has_padding,
        "area_px": area_px,
        "area_mm2": area_px * float(down * across) if spacing else None,
        "count": len(values),
        "mean": None if mean is None else float(mean),
        "standard_deviation": None
        if mean is None
        else sqrt(sum((value - mean) ** 2 for value in values) / len(values)),
        "minimum": min(values, default=None),
        "maximum": max(values, default=None),
    }


def regions_of_interest() -> dict[str, object]:
    def over_the_image(value: Callable[[int, int], int | bool]) -> list[list[int]]:
        return [[int(value(row, column)) for column in range(COLUMNS)] for row in range(ROWS)]

    return {
        "values": over_the_image(region_value),
        "padding": over_the_image(region_padding),
        "regions": [region_of_interest(*region) for region in REGIONS],
    }


if __name__ == "__main__":
    for name, vectors in (
        ("windows", windows()),
        ("pyramids", pyramids()),
        ("regions_of_interest", regions_of_interest()),
    ):
        (FOLDER / f"{name}.json").write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")
