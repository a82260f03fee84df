"""Read numbers out of attribute values that may be absent, empty, multi-valued or badly written."""

import math
from collections.abc import Iterable
from typing import Any


def first_int(value: Any, *, default: int) -> int:
    """Return the first value as an integer, or `default` when there is none or it is not a number."""
    number = first_float(value)
    return default if number is None else int(number)


def first_float(value: Any) -> float | None:
    """Return the first value as a finite float, or None."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        return finite_float(value)
    return next((finite_float(item) for item in value), None)


def floats(value: Any, *, count: int | None = None) -> list[float] | None:
    """Return all values as finite floats; None when one is not a number or there are not `count` of them."""
    if value is None:
        return None
    items = [value] if isinstance(value, (str, bytes)) or not isinstance(value, Iterable) else list(value)
    numbers = [finite_float(item) for item in items]
    if any(number is None for number in numbers) or (count is not None and len(numbers) != count):
        return None
    return [number for number in numbers if number is not None]


def finite_float(value: Any) -> float | None:
    """Return one value as a float, or None when it is not a finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
