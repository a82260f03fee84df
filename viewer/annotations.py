"""Annotations as JSON: what comes in is checked against the kind, what goes out is what the front end draws."""

import math
from typing import Any

from dicomkit.marking import MOST_POINTS, POINT_COUNTS, MarkingKind
from viewer.annotation_planes import plane_of
from viewer.exceptions import InvalidAnnotationError
from viewer.models import Annotation, KeyImage
from viewer.models.annotation import MOST_TEXT_CHARACTERS
from viewer.services import AnnotationContent

JSONObject = dict[str, Any]

# Wider than any image; a shape may reach over its border.
_FARTHEST_PIXEL = 1e6
_LONGEST_MM = 1e5
_MOST_REVISION = 2**31 - 2
_WITH_WORDS = frozenset({MarkingKind.TEXT, MarkingKind.SPINE_LABEL})


def content_of(body: object) -> tuple[AnnotationContent, int]:
    """Return the content that a request carries, and the revision that it starts from.

    Raises
    ------
    InvalidAnnotationError
        Something of it cannot be kept; the message says what, and what to send instead.
    """
    if not isinstance(body, dict):
        raise InvalidAnnotationError("Send a JSON object.")
    kind = _kind(body.get("kind"))
    plane = plane_of(body.get("plane"))
    if plane is not None and kind is MarkingKind.CALIBRATION:
        raise InvalidAnnotationError("A calibration line belongs on an image: a plane has its millimetres.")
    return (
        AnnotationContent(
            kind=kind.value,
            sop_instance_uid=_text(body, "sop_instance_uid", most=64) if plane is None else "",
            frame_number=_count(body, "frame_number", least=1),
            points=_points(body.get("points"), kind),
            text=_words(body, kind),
            length_mm=_length_mm(body.get("length_mm"), kind),
            series_instance_uid="" if plane is None else _text(body, "series_instance_uid", most=64),
            plane=plane,
        ),
        _count(body, "revision", least=0),
    )


def annotation_body(annotation: Annotation, *, may_edit: bool) -> JSONObject:
    """Return an annotation as the front end knows it."""
    return {
        "annotation_uid": annotation.annotation_uid,
        "kind": annotation.kind,
        "series_instance_uid": annotation.instance.series.series_instance_uid,
        "sop_instance_uid": annotation.instance.sop_instance_uid,
        "frame_number": annotation.frame_number,
        "points": annotation.points,
        "text": annotation.text,
        "length_mm": annotation.length_mm,
        "plane": annotation.plane,
        "revision": annotation.revision,
        "author": annotation.author_name,
        "changed_at": annotation.changed_at.isoformat(timespec="milliseconds"),
        "may_edit": may_edit,
    }


def key_image_body(key_image: KeyImage) -> JSONObject:
    """Return a key image as the front end knows it."""
    return {
        "sop_instance_uid": key_image.instance.sop_instance_uid,
        "frame_number": key_image.frame_number,
        "author": key_image.author_name,
        "changed_at": key_image.changed_at.isoformat(timespec="milliseconds"),
    }


def _kind(value: object) -> MarkingKind:
    if not isinstance(value, str) or value not in set(MarkingKind):
        raise InvalidAnnotationError(f"kind must be one of: {', '.join(MarkingKind)}.")
    return MarkingKind(value)


def _points(value: object, kind: MarkingKind) -> tuple[tuple[float, float], ...]:
    counts = POINT_COUNTS[kind]
    if not isinstance(value, list) or len(value) not in counts:
        wanted = str(counts.start) if len(counts) == 1 else f"{counts.start} to {MOST_POINTS}"
        raise InvalidAnnotationError(f"points must be a list of {wanted} points [column, row] for {kind}.")
    return tuple(_point(one) for one in value)


def _point(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2 or not all(_is_number(one) for one in value):
        raise InvalidAnnotationError("Each point must be two finite numbers [column, row] in pixels.")
    column, row = (float(one) for one in value)
    if max(abs(column), abs(row)) > _FARTHEST_PIXEL:
        raise InvalidAnnotationError("A point lies far outside of any image. Draw it again.")
    return column, row


def _words(body: JSONObject, kind: MarkingKind) -> str:
    text = _text(body, "text", most=MOST_TEXT_CHARACTERS).strip()
    if kind in _WITH_WORDS and not text:
        raise InvalidAnnotationError(f"text must not be empty for {kind}.")
    return text


def _length_mm(value: object, kind: MarkingKind) -> float | None:
    if kind is not MarkingKind.CALIBRATION:
        if value is not None:
            raise InvalidAnnotationError(f"length_mm must be null for {kind}: it is measured, not given.")
        return None
    if not _is_number(value) or not 0 < float(str(value)) <= _LONGEST_MM:
        raise InvalidAnnotationError("length_mm must be the length of the line in millimetres, more than 0.")
    return float(str(value))


def _text(body: JSONObject, name: str, *, most: int) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise InvalidAnnotationError(f"{name} must be a text of at most {most:,} characters.")
    if any(_is_unwritable(character) for character in value):
        raise InvalidAnnotationError(f"{name} holds characters that cannot be written. Take them out.")
    return value


def _count(body: JSONObject, name: str, *, least: int) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _MOST_REVISION:
        raise InvalidAnnotationError(f"{name} must be a whole number of at least {least}.")
    return value


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A whole number of JSON may have more digits than any float.
    return abs(value) < 1e300 and math.isfinite(value)


def _is_unwritable(character: str) -> bool:
    """Tell whether a character is a control character other than a new line or a tab, or half of a surrogate pair."""
    return (
        (ord(character) < 32 and character not in "\n\t")
        or 0xD800 <= ord(character) <= 0xDFFF
        or character == "\x7f"
    )
