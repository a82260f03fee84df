"""A film of what only a browser puts together: planes with marks, a PET over a CT, a volume that turns.

The browser sends its pictures one by one. They come from outside, so nothing of them reaches the encoder: a render
process reads each as a PNG of the size that was announced and writes its pixels anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from viewer.cine.encoding import picture_path
from viewer.cine.request import CineFormat, checked_rate
from viewer.exceptions import CineEncodingError, InvalidCineRequestError

MOST_BYTES = 6 * 2**20
"""Of one picture: more than the pixels of the largest one take without any compression."""

_LEAST_PX = 16


class Recorded(StrEnum):
    """What the browser recorded, for the record of the export."""

    STACK = "stack"
    PLANES = "planes"
    VOLUME = "volume"


@dataclass(frozen=True, kw_only=True)
class RecordingRequest:
    """A film whose pictures the browser makes.

    Attributes
    ----------
    series_instance_uid
        Whose pictures they are, or whose planes.
    shows
        What is recorded.
    frames
        How many pictures will come.
    columns, rows
        Of every picture; even, as video needs them.
    has_identity
        Patient and study are written into the pictures.
    """

    series_instance_uid: str
    shows: Recorded
    format: CineFormat
    frames: int
    frames_per_second: float
    columns: int
    rows: int
    has_identity: bool


def read_recording_request(body: object) -> RecordingRequest:
    """Return the request that a JSON value describes.

    Raises
    ------
    InvalidCineRequestError
        It describes none, or one that is too large.
    """
    names = {field.name for field in fields(RecordingRequest)}
    if not isinstance(body, Mapping) or set(body) != names:
        raise InvalidCineRequestError(f"The body must hold {', '.join(sorted(names))}.")
    if body["format"] not in set(CineFormat) or body["shows"] not in set(Recorded):
        raise InvalidCineRequestError("format must be mp4 or gif, shows must be stack, planes or volume.")
    if not isinstance(body["series_instance_uid"], str):
        raise InvalidCineRequestError("series_instance_uid must be a UID.")
    if not isinstance(body["has_identity"], bool):
        raise InvalidCineRequestError("has_identity must be true or false.")
    kind = CineFormat(body["format"])
    return RecordingRequest(
        series_instance_uid=body["series_instance_uid"],
        shows=Recorded(body["shows"]),
        format=kind,
        frames=_whole(body, "frames", least=1, most=kind.most_frames),
        frames_per_second=checked_rate(body["frames_per_second"]),
        columns=_side(body, "columns", kind),
        rows=_side(body, "rows", kind),
        has_identity=body["has_identity"],
    )


def sent_path(folder: Path, index: int) -> Path:
    """Return where the picture with this 0-based index lies as the browser sent it."""
    return folder / f"{index:05d}.sent"


def take_over(folder: Path, index: int, *, size: tuple[int, int]) -> None:
    """Write the pixels of a picture that was sent for the encoder, and remove what was sent.

    Parameters
    ----------
    size
        Columns and rows that were announced.

    Raises
    ------
    CineEncodingError
        It is missing, no PNG, or of another size.
    """
    sent = sent_path(folder, index)
    try:
        with Image.open(sent, formats=["PNG"]) as picture:
            if picture.size != size:
                raise CineEncodingError(f"Picture {index + 1} has another size than was announced.")
            picture.convert("RGB").save(picture_path(folder, index), compress_level=1)
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise CineEncodingError(f"Picture {index + 1} of the film cannot be read.") from error
    sent.unlink()


def _side(body: Mapping[str, Any], name: str, kind: CineFormat) -> int:
    side = _whole(body, name, least=_LEAST_PX, most=kind.most_px)
    if side % 2:
        raise InvalidCineRequestError(f"{name} must be even.")
    return side


def _whole(body: Mapping[str, Any], name: str, *, least: int, most: int) -> int:
    value = body[name]
    if type(value) is not int or not least <= value <= most:
        raise InvalidCineRequestError(f"{name} must lie between {least} and {most}.")
    return value
