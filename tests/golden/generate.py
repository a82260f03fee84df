"""Write the vectors that pytest and vitest share, computed here in exact fractions and by nothing under test.

Run from the root of the checkout: python tests/golden/generate.py
"""

import json
from fractions import Fraction
from math import exp, floor
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


if __name__ == "__main__":
    for name, vectors in (("windows", windows()), ("pyramids", pyramids())):
        (FOLDER / f"{name}.json").write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")
