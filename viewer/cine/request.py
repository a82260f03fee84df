"""What a film shall show, checked as it enters."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from dicomkit.pixels.colour_palettes import ColourPalette
from viewer.exceptions import InvalidCineRequestError, InvalidTileRequestError
from viewer.tiles.request import MOST_VOIS, checked_window

_TURNS = {(1, 0, 0, 1), (-1, 0, 0, 1), (1, 0, 0, -1), (-1, 0, 0, -1)}
_ORIENTATIONS = _TURNS | {(0, b, c, 0) for b in (1, -1) for c in (1, -1)}


class CineFormat(StrEnum):
    """What kind of file."""

    MP4 = "mp4"
    GIF = "gif"

    @property
    def most_frames(self) -> int:
        """How many frames a file may have: a GIF keeps each of them almost uncompressed."""
        return 600 if self is CineFormat.MP4 else 150

    @property
    def most_px(self) -> int:
        """How long its longer side may be."""
        return 1280 if self is CineFormat.MP4 else 640


@dataclass(frozen=True, kw_only=True)
class CineRequest:
    """A film of a stack.

    Attributes
    ----------
    first, last
        Images of the stack, 1-based, inclusive.
    window, voi_index, is_inverted, palette
        As of a tile, see `viewer.tiles.request.TileRequest`.
    orientation
        (a, b, c, d): a pixel at (x, y) is shown at (a·x + b·y, c·x + d·y).
    has_overlays
        Overlays of the file are drawn; a shutter covers in any case.
    has_identity
        Patient and study are written into the picture.
    """

    series_instance_uid: str
    format: CineFormat
    first: int
    last: int
    frames_per_second: float
    window: tuple[float, float, str] | None
    voi_index: int | None
    is_inverted: bool
    palette: str
    orientation: tuple[int, int, int, int]
    has_overlays: bool
    has_identity: bool

    @property
    def count(self) -> int:
        """How many frames it has."""
        return self.last - self.first + 1

    def as_task_arguments(self) -> dict[str, Any]:
        """Return it as JSON-able values that name no patient."""
        return asdict(self)


def read_cine_request(body: object) -> CineRequest:
    """Return the request that a JSON value describes.

    Raises
    ------
    InvalidCineRequestError
        It describes none, or one that is too long.
    """
    names = {field.name for field in fields(CineRequest)}
    if not isinstance(body, Mapping) or set(body) != names:
        raise InvalidCineRequestError(f"The body must hold {', '.join(sorted(names))}.")
    return _checked(body)


def _checked(body: Mapping[str, Any]) -> CineRequest:
    if body["format"] not in set(CineFormat):
        raise InvalidCineRequestError("format must be mp4 or gif.")
    kind = CineFormat(body["format"])
    if not isinstance(body["series_instance_uid"], str):
        raise InvalidCineRequestError("series_instance_uid must be a UID.")
    for name in ("is_inverted", "has_overlays", "has_identity"):
        if not isinstance(body[name], bool):
            raise InvalidCineRequestError(f"{name} must be true or false.")
    first, last = body["first"], body["last"]
    if type(first) is not int or type(last) is not int or not 1 <= first <= last:
        raise InvalidCineRequestError("first and last must be numbers of images, in this order.")
    if last - first + 1 > kind.most_frames:
        raise InvalidCineRequestError(
            f"A film of this format has at most {kind.most_frames} images; choose fewer."
        )
    return CineRequest(
        series_instance_uid=body["series_instance_uid"],
        format=kind,
        first=first,
        last=last,
        frames_per_second=checked_rate(body["frames_per_second"]),
        window=_window(body["window"]),
        voi_index=_voi_index(body["voi_index"]),
        is_inverted=body["is_inverted"],
        palette=_palette(body["palette"]),
        orientation=_orientation(body["orientation"]),
        has_overlays=body["has_overlays"],
        has_identity=body["has_identity"],
    )


def checked_rate(value: object) -> float:
    """Return how many images a second a film shall have; InvalidCineRequestError where that is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.5 <= value <= 60:
        raise InvalidCineRequestError("frames_per_second must lie between 0.5 and 60.")
    return float(value)


def _window(value: object) -> tuple[float, float, str] | None:
    if value is None:
        return None
    match value:
        case [float() | int() as center, float() | int() as width, str() as function] if math.isfinite(
            center
        ):
            window = (float(center), float(width), function)
        case _:
            raise InvalidCineRequestError("window must be [center, width, function].")
    try:
        checked_window(window)
    except InvalidTileRequestError as error:
        raise InvalidCineRequestError(str(error)) from error
    return window


def _voi_index(value: object) -> int | None:
    if value is not None and (type(value) is not int or not 0 <= value < MOST_VOIS):
        raise InvalidCineRequestError(f"voi_index must lie between 0 and {MOST_VOIS - 1}.")
    return value


def _palette(value: object) -> str:
    if not isinstance(value, str) or (value and value not in set(ColourPalette)):
        raise InvalidCineRequestError("palette is not known.")
    return value


def _orientation(value: object) -> tuple[int, int, int, int]:
    if isinstance(value, (list, tuple)) and tuple(value) in _ORIENTATIONS:
        a, b, c, d = (int(number) for number in value)
        return a, b, c, d
    raise InvalidCineRequestError("orientation must be a turn by right angles, mirrored or not.")
