"""Windows that a user keeps under a name, for a modality and, if wanted, a region of the body."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from viewer.exceptions import InvalidPreferencesError

_MOST_PRESETS = 60
_LONGEST_NAME = 40
_GREATEST = 1e9
_MODALITY = re.compile(r"[A-Z0-9_]{2,16}")
# A region of `dicomkit.body_regions`, or a value of Body Part Examined that belongs to none.
_REGION = re.compile(r"[A-Za-z0-9_ ]{0,32}")
_KEYS = ("", "2", "3", "4", "5", "6", "7", "8")


@dataclass(frozen=True, kw_only=True)
class WindowPreset:
    """A window in modality values, of a PET in SUV.

    `body_region` is "" for every one. `key` is the place among the presets, whose key the user may have changed; in
    this place it goes before the preset that is delivered, where it fits.
    """

    name: str
    modality: str
    body_region: str
    window_center: float
    window_width: float
    key: str


def read_window_presets(value: object) -> tuple[WindowPreset, ...]:
    """Return the presets that a JSON value lists.

    Raises
    ------
    InvalidPreferencesError
        It lists none, or two that one key would mean on one image.
    """
    if not isinstance(value, list) or len(value) > _MOST_PRESETS:
        raise InvalidPreferencesError("windows", f"must be a list of at most {_MOST_PRESETS} presets")
    presets = tuple(_preset(item, f"windows[{index}]") for index, item in enumerate(value))
    taken: set[tuple[str, str, str]] = set()
    for index, preset in enumerate(presets):
        place = (preset.modality, preset.body_region, preset.key)
        if preset.key and place in taken:
            raise InvalidPreferencesError(
                f"windows[{index}].key", "is given twice for one modality and region"
            )
        taken.add(place)
    return presets


def _preset(value: object, place: str) -> WindowPreset:
    names = tuple(field.name for field in fields(WindowPreset))
    if not isinstance(value, Mapping) or set(value) != set(names):
        raise InvalidPreferencesError(place, f"must hold {', '.join(names)} and nothing else")
    name = value["name"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        raise InvalidPreferencesError(f"{place}.name", f"must be a text of 1 to {_LONGEST_NAME} characters")
    if value["key"] not in _KEYS:
        raise InvalidPreferencesError(f"{place}.key", "must be one of 2 to 8, or empty")
    width = _number(value, "window_width", place)
    if width <= 0:
        raise InvalidPreferencesError(f"{place}.window_width", "must be greater than 0")
    return WindowPreset(
        name=name.strip(),
        modality=_matching(value, "modality", _MODALITY, place),
        body_region=_matching(value, "body_region", _REGION, place),
        window_center=_number(value, "window_center", place),
        window_width=width,
        key=value["key"],
    )


def _matching(value: Mapping[str, Any], name: str, form: re.Pattern[str], place: str) -> str:
    text = value[name]
    if not isinstance(text, str) or not form.fullmatch(text):
        raise InvalidPreferencesError(f"{place}.{name}", "has no such form")
    return text


def _number(value: Mapping[str, Any], name: str, place: str) -> float:
    number = value[name]
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    if not is_number or not math.isfinite(number) or abs(number) > _GREATEST:
        raise InvalidPreferencesError(f"{place}.{name}", "must be a number")
    return float(number)
