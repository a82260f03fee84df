"""The place of a mark on a plane through a volume, as JSON: points of the mark are pixels of this plane (PS3.3 C.7.6.2)."""

import math
from typing import Any

from dicomkit.reformat_voxels import Projection
from viewer.exceptions import InvalidAnnotationError

JSONObject = dict[str, Any]

_FIELDS = ("position", "orientation", "spacing_mm", "rows", "columns", "thickness_mm")
# What a page that was opened before an update does not send; nor do marks have it that were kept before.
_LATER_FIELDS = {"projection", "group"}
_MOST_GROUPS = 10_000
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
    if not isinstance(value, dict) or set(value) - _LATER_FIELDS != set(_FIELDS):
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
    } | _how_it_was_made(value)
    if min(plane["spacing_mm"]) <= 0 or (thickness is not None and plane["thickness_mm"] <= 0):
        raise InvalidAnnotationError("spacing_mm and thickness_mm of a plane must be more than 0.")
    row, column = plane["orientation"][:3], plane["orientation"][3:]
    is_right = abs(sum(a * b for a, b in zip(row, column, strict=True))) < _TOLERANCE
    if not is_right or any(abs(math.hypot(*direction) - 1) > _TOLERANCE for direction in (row, column)):
        raise InvalidAnnotationError(
            "orientation of a plane must be two perpendicular directions of length 1."
        )
    return plane


def _how_it_was_made(fields: JSONObject) -> JSONObject:
    """Return what the values of the plane are of: how a slab became one value, and which group of the images."""
    told: JSONObject = {name: fields[name] for name in _LATER_FIELDS if name in fields}
    if told.get("projection") is not None and told["projection"] not in set(Projection):
        raise InvalidAnnotationError("projection of a plane must be null, or max, min or mean for a slab.")
    group = told.get("group", 0)
    if not isinstance(group, int) or isinstance(group, bool) or not 0 <= group < _MOST_GROUPS:
        raise InvalidAnnotationError("group of a plane must be a whole number of at least 0.")
    return told


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
