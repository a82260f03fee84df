"""How a user wants the viewer, as one JSON document. Nothing unknown passes, and what is wrong is said with its place.

Commands are made in the browser, so their names are checked for their form only: a name that no command has any more is
without effect there.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from viewer.exceptions import InvalidPreferencesError
from viewer.window_presets import WindowPreset, read_window_presets

VERSION = 1
_MOST_COMMANDS = 300
_MOST_KEYS = 4
_COMMAND = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# A name of KeyboardEvent.key: one character that prints, the space, or a word such as ArrowUp.
_KEY = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?([^\s\x00-\x1f\x7f]| |[A-Z][A-Za-z0-9]{1,24})")
_MODALITY = re.compile(r"[A-Z0-9_]{2,16}")
_MOST_MODALITIES = 20
# The first of each is the standard.
THEMES = ("dark", "light")
DENSITIES = ("dense", "comfortable")
_FIELDS = (
    "version",
    "keys",
    "mouse",
    "windows",
    "true_size",
    "asks_before_leaving",
    "theme",
    "density",
)
_DRAG_TOOLS = ("window", "scroll", "pan", "zoom")
_WHEEL = ("scroll", "zoom")


@dataclass(frozen=True, kw_only=True)
class MouseButtons:
    """What dragging with each button and turning the wheel do; the left button until another tool is chosen."""

    left: str = "window"
    middle: str = "pan"
    right: str = "zoom"
    wheel: str = "scroll"


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How a user wants the viewer.

    Attributes
    ----------
    keys
        Of the commands whose keys the user changed.
    windows
        The user's own presets.
    true_size
        Modalities that open in true size, where the monitor was measured.
    asks_before_leaving
        Whether what was not looked at is shown before a study is left.
    theme, density
        Of every page; "" where the user has not chosen.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mouse: MouseButtons = field(default_factory=MouseButtons)
    windows: tuple[WindowPreset, ...] = ()
    true_size: tuple[str, ...] = ()
    asks_before_leaving: bool = True
    theme: str = ""
    density: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the document that `read_preferences` reads."""
        return {
            "version": VERSION,
            "keys": {command: list(keys) for command, keys in self.keys.items()},
            "mouse": asdict(self.mouse),
            "windows": [asdict(preset) for preset in self.windows],
            "true_size": list(self.true_size),
            "asks_before_leaving": self.asks_before_leaving,
            "theme": self.theme,
            "density": self.density,
        }


def read_preferences(value: object) -> Preferences:
    """Return the preferences that a JSON value describes.

    Raises
    ------
    InvalidPreferencesError
        It describes none; the message says which field is wrong and what it may be.
    """
    fields = _fields(value, "The document", _FIELDS)
    version = fields.get("version")
    if type(version) is not int or version != VERSION:
        raise InvalidPreferencesError("version", f"must be {VERSION}")
    return Preferences(
        keys=_keys(fields.get("keys", {})),
        mouse=_mouse(fields.get("mouse", {})),
        windows=read_window_presets(fields.get("windows", [])),
        true_size=_modalities(fields.get("true_size", [])),
        asks_before_leaving=_flag(fields, "asks_before_leaving", standard=True),
        theme=_word(fields, "theme", THEMES),
        density=_word(fields, "density", DENSITIES),
    )


def _modalities(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_MODALITIES or not all(map(_is_modality, value)):
        raise InvalidPreferencesError("true_size", f"must be a list of at most {_MOST_MODALITIES} modalities")
    return tuple(value)


def _is_modality(value: object) -> bool:
    return isinstance(value, str) and _MODALITY.fullmatch(value) is not None


def _word(fields: Mapping[str, Any], name: str, words: tuple[str, ...]) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or value not in ("", *words):
        raise InvalidPreferencesError(name, f"must be one of {', '.join(words)}, or empty")
    return value


def _flag(fields: Mapping[str, Any], name: str, *, standard: bool) -> bool:
    value = fields.get(name, standard)
    if not isinstance(value, bool):
        raise InvalidPreferencesError(name, "must be true or false")
    return value


def _keys(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or len(value) > _MOST_COMMANDS:
        raise InvalidPreferencesError("keys", f"must be an object of at most {_MOST_COMMANDS} commands")
    taken: set[str] = set()
    result: dict[str, tuple[str, ...]] = {}
    for command, keys in value.items():
        if not _COMMAND.fullmatch(command):
            raise InvalidPreferencesError("keys", "holds what is no name of a command")
        if not isinstance(keys, list) or len(keys) > _MOST_KEYS or not all(map(_is_key, keys)):
            raise InvalidPreferencesError(f"keys.{command}", f"must be a list of at most {_MOST_KEYS} keys")
        if taken & set(keys) or len(set(keys)) < len(keys):
            raise InvalidPreferencesError(f"keys.{command}", "holds a key that is given twice")
        taken.update(keys)
        result[command] = tuple(keys)
    return result


def _is_key(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _mouse(value: object) -> MouseButtons:
    fields = _fields(value, "mouse", tuple(MouseButtons.__dataclass_fields__))
    standard = MouseButtons()
    chosen: dict[str, str] = {}
    for name in MouseButtons.__dataclass_fields__:
        words = _WHEEL if name == "wheel" else _DRAG_TOOLS
        word = fields.get(name, getattr(standard, name))
        if not isinstance(word, str) or word not in words:
            raise InvalidPreferencesError(f"mouse.{name}", f"must be one of {', '.join(words)}")
        chosen[name] = word
    return MouseButtons(**chosen)


def _fields(value: object, place: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidPreferencesError(place, "must be an object")
    if any(name not in known for name in value):
        raise InvalidPreferencesError(place, f"may hold {', '.join(known)} and nothing else")
    return value
