"""Reads a hanging protocol from JSON. Nothing unknown passes, and what is wrong is said with its place."""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from viewer.exceptions import InvalidProtocolError
from viewer.hanging.protocol import (
    MOST_PRIORS,
    MOST_STAGES,
    Criteria,
    Fit,
    HungFusion,
    HungViewport,
    Link,
    Plane,
    Protocol,
    Screen,
    SeriesSelector,
    Stage,
    Window,
    viewports_of_layout,
)

Value = TypeVar("Value")

_MOST_CHARACTERS = 80
_MOST_ITEMS = 20
_MOST_VALUE = 1e6


def read_protocol(value: object) -> Protocol:
    """Return the protocol that a JSON value describes.

    Raises
    ------
    InvalidProtocolError
        It is none; the message says which field is wrong and what it may be.
    """
    fields = _Fields(value, "", {"name", "criteria", "stages"})
    return Protocol(
        name=fields.text("name", least=1),
        criteria=_criteria(fields.get("criteria", {})),
        stages=fields.items("stages", _stage, least=1, most=MOST_STAGES),
    )


def _criteria(value: object) -> Criteria:
    fields = _Fields(value, "criteria", set(Criteria.__dataclass_fields__))
    return Criteria(
        modalities=tuple(modality.upper() for modality in fields.texts("modalities")),
        body_parts=tuple(part.upper() for part in fields.texts("body_parts")),
        words=tuple(word.lower() for word in fields.texts("words")),
        laterality=fields.word("laterality", ("", "L", "R", "B")),
        view_positions=tuple(view.upper() for view in fields.texts("view_positions")),
        least_priors=fields.whole("least_priors", 0, MOST_PRIORS, default=0),
        least_pictures=fields.whole("least_pictures", 0, _MOST_ITEMS, default=0),
    )


def _stage(value: object, place: str) -> Stage:
    fields = _Fields(value, place, set(Stage.__dataclass_fields__))
    second = fields.get("second_screen", None)
    return Stage(
        **_on_screen(fields, place),
        name=fields.text("name"),
        link=_link(fields.get("link", {}), f"{place}.link"),
        second_screen=None if second is None else _screen(second, f"{place}.second_screen"),
    )


def _screen(value: object, place: str) -> Screen:
    return Screen(**_on_screen(_Fields(value, place, set(Screen.__dataclass_fields__)), place))


def _on_screen(fields: "_Fields", place: str) -> dict[str, Any]:
    """Return what every screen has: a layout, its weights and the viewports that it has room for."""
    layout = fields.text("layout", least=1)
    count = viewports_of_layout(layout)
    if count is None:
        raise InvalidProtocolError(f"{place}.layout", 'must be rows x columns up to "4x5", or a named layout')
    viewports = fields.items("viewports", _viewport, least=1, most=_MOST_ITEMS)
    if len(viewports) > count:
        raise InvalidProtocolError(
            f"{place}.viewports", f"has {len(viewports)} entries, but {layout} has {count}"
        )
    return {
        "layout": layout,
        "viewports": viewports,
        "rows": fields.weights("rows"),
        "columns": fields.weights("columns"),
    }


def _viewport(value: object, place: str) -> HungViewport:
    fields = _Fields(value, place, set(HungViewport.__dataclass_fields__))
    window = fields.get("window", None)
    fusion = fields.get("fusion", None)
    return HungViewport(
        study=fields.whole("study", 0, MOST_PRIORS, default=0),
        series=_selector(fields.get("series", {}), f"{place}.series"),
        window=None if window is None else _window(window, f"{place}.window"),
        fit=Fit(fields.word("fit", tuple(Fit), default=Fit.FIT)),
        chest_wall=fields.word("chest_wall", ("", "left", "right")),
        cine=fields.flag("cine"),
        fusion=None if fusion is None else _fusion(fusion, f"{place}.fusion"),
    )


def _fusion(value: object, place: str) -> HungFusion:
    fields = _Fields(value, place, set(HungFusion.__dataclass_fields__))
    lowest = fields.number("lowest", default=0.0)
    highest = None if fields.get("highest", None) is None else fields.number("highest")
    if highest is not None and highest <= lowest:
        raise InvalidProtocolError(f"{place}.highest", "must be greater than lowest")
    return HungFusion(
        modality=fields.text("modality").upper(),
        palette=fields.text("palette"),
        opacity_percent=fields.whole("opacity_percent", 0, 100, default=HungFusion.opacity_percent),
        lowest=lowest,
        highest=highest,
    )


def _selector(value: object, place: str) -> SeriesSelector:
    fields = _Fields(value, place, set(SeriesSelector.__dataclass_fields__))
    return SeriesSelector(
        modality=fields.text("modality").upper(),
        words=tuple(word.lower() for word in fields.texts("words")),
        plane=fields.word("plane", ("", *Plane)),
        laterality=fields.word("laterality", ("", "L", "R", "B")),
        view_positions=tuple(view.upper() for view in fields.texts("view_positions")),
        position=fields.whole("position", 1, _MOST_ITEMS, default=1),
    )


def _window(value: object, place: str) -> Window:
    fields = _Fields(value, place, {"center", "width"})
    width = fields.number("width")
    if width <= 0:
        raise InvalidProtocolError(f"{place}.width", "must be greater than 0")
    return Window(center=fields.number("center"), width=width)


def _link(value: object, place: str) -> Link:
    fields = _Fields(value, place, set(Link.__dataclass_fields__))
    return Link(scroll=fields.flag("scroll"), view=fields.flag("view"), window=fields.flag("window"))


class _Fields:
    """The fields of one JSON object, read one by one."""

    def __init__(self, value: object, place: str, known: set[str]) -> None:
        self._place = place
        if not isinstance(value, Mapping):
            raise InvalidProtocolError(place or "The protocol", "must be an object")
        for name in value:
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise InvalidProtocolError(
                    self._at(str(name)[:_MOST_CHARACTERS]), f"is not known; there are {allowed}"
                )
        self._values: Mapping[str, Any] = value

    def _at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def get(self, name: str, default: object) -> Any:
        return self._values.get(name, default)

    def text(self, name: str, *, least: int = 0) -> str:
        return self._text(self.get(name, ""), self._at(name), least)

    def texts(self, name: str) -> tuple[str, ...]:
        return self.items(name, lambda item, place: self._text(item, place, 1), most=_MOST_ITEMS)

    def word(self, name: str, words: tuple[str, ...], *, default: str = "") -> str:
        value = self.get(name, default)
        if not isinstance(value, str) or value not in words:
            allowed = ", ".join(f'"{word}"' for word in words)
            raise InvalidProtocolError(self._at(name), f"must be one of {allowed}")
        return value

    def whole(self, name: str, lowest: int, highest: int, *, default: int) -> int:
        value = self.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise InvalidProtocolError(self._at(name), f"must be a whole number from {lowest} to {highest}")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        return self._number(self.get(name, default), self._at(name))

    def flag(self, name: str) -> bool:
        value = self.get(name, False)
        if not isinstance(value, bool):
            raise InvalidProtocolError(self._at(name), "must be true or false")
        return value

    def weights(self, name: str) -> tuple[float, ...]:
        weights = self.items(name, self._number, most=_MOST_ITEMS)
        if any(weight <= 0 for weight in weights):
            raise InvalidProtocolError(self._at(name), "must be numbers greater than 0")
        return weights

    def items(
        self, name: str, read: Callable[[object, str], Value], *, least: int = 0, most: int
    ) -> tuple[Value, ...]:
        value = self.get(name, [])
        if not isinstance(value, list | tuple) or not least <= len(value) <= most:
            raise InvalidProtocolError(self._at(name), f"must be a list of {least} to {most} entries")
        return tuple(read(item, f"{self._at(name)}[{index}]") for index, item in enumerate(value))

    @staticmethod
    def _text(value: object, place: str, least: int) -> str:
        if not isinstance(value, str) or not least <= len(value.strip()) or len(value) > _MOST_CHARACTERS:
            raise InvalidProtocolError(place, f"must be text of {least} to {_MOST_CHARACTERS} characters")
        return value.strip()

    @staticmethod
    def _number(value: object, place: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or abs(value) > _MOST_VALUE:  # type: ignore[arg-type]
            raise InvalidProtocolError(place, f"must be a number up to {_MOST_VALUE:.0f}")
        return float(value)  # type: ignore[arg-type]
