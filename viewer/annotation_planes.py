"""The place of a mark on a plane through a volume, as JSON: points of the mark are pixels of this plane (PS3.3 C.7.6.2)."""

import math
from typing import Any

from viewer.exceptions import InvalidAnnotationError

JSONObject = dict[str, Any]

_FIELDS = ("position", "orientation", "spacing_mm", "rows", "columns", "thickness_mm")
_FARTHEST_MM = 1e5
_MOST_PIXELS = 16_384
# Directions come with six decimals.
_TOLERANCE = 1e-3


def plane_of(value: object) -> JSONObject | None:
    """Return the plane that a mark was drawn on; None for a mark on an image.

    Raises
    ------
    InvalidAnnotationError
        It is no plane; the message says what is wrong.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != set(_FIELDS):
        raise InvalidAnnotationError(f"plane must be null or an object with {', '.join(_FIELDS)}.")
    thickness = value["thickness_mm"]
    plane: JSONObject = {
        "position": _numbers(value, "position", 3),
        "orientation": _numbers(value, "orientation", 6),
        "spacing_mm": _numbers(value, "spacing_mm", 2),
        "rows": _count(value, "rows"),
        "columns": _count(value, "columns"),
        "thickness_mm": None
        if thickness is None
        else _numbers({"thickness_mm": [thickness]}, "thickness_mm", 1)[0],
    }
    if min(plane["spacing_mm"]) <= 0 or (thickness is not None and plane["thickness_mm"] <= 0):
        raise InvalidAnnotationError("spacing_mm and thickness_mm of a plane must be more than 0.")
    row, column = plane["orientation"][:3], plane["orientation"][3:]
    is_right = abs(sum(a * b for a, b in zip(row, column, strict=True))) < _TOLERANCE
    if not is_right or any(abs(math.hypot(*direction) - 1) > _TOLERANCE for direction in (row, column)):
        raise InvalidAnnotationError(
            "orientation of a plane must be two perpendicular directions of length 1."
        )
    return plane


def _numbers(fields: JSONObject, name: str, count: int) -> list[float]:
    value = fields[name]
    is_list = isinstance(value, list) and len(value) == count
    if not is_list or not all(_is_number(one) for one in value):
        raise InvalidAnnotationError(
            f"{name} of a plane must be {count} finite numbers up to {_FARTHEST_MM:.0f}."
        )
    return [float(one) for one in value]


def _count(fields: JSONObject, name: str) -> int:
    value = fields[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST_PIXELS:
        raise InvalidAnnotationError(f"{name} of a plane must be a whole number from 1 to {_MOST_PIXELS:,}.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _FARTHEST_MM
