"""What a reader drew as graphic objects and text objects of a presentation state.

Points are in PIXEL units, and those may not leave the image: of what reaches beyond its edge the part inside is drawn,
which is all of it that can be seen on the image.

References
----------
PS3.3 C.10.5 (Graphic Annotation), C.10.5.1.2 (Graphic Type).
"""

import math
from collections.abc import Iterable
from collections.abc import Sequence as Items
from itertools import pairwise

from pydicom.dataset import Dataset

from dicomkit.marking import REGION_KINDS, MarkingKind
from dicomkit.region_shapes import Point
from dicomkit.sr.report import outline_of

_Shape = tuple[str, list[Point]]

_MOST_CHARACTERS = 1024
"""Of a value of VR ST."""
_PIECES = 96
# An arrow's head is a part of its length, and never larger than a part of the image.
_HEAD_OF_LENGTH, _HEAD_OF_IMAGE, _HEAD_DEGREES = 0.3, 0.03, 25.0


def graphic_objects(
    kind: MarkingKind, points: Items[Point], *, rows: int, columns: int, aspect: float = 1.0
) -> list[Dataset]:
    """Return a drawing as items of a Graphic Object Sequence; none for mere words or where all of it lies outside.

    Parameters
    ----------
    points
        (column, row) in pixels of the frame, as many as the kind has.
    rows, columns
        Size of the frame.
    aspect
        Height of a pixel divided by its width; a circle is one in millimetres.
    """
    inside = (
        shape
        for whole in _shapes(kind, points, aspect, max(rows, columns))
        for shape in _within(whole, columns, rows)
    )
    return [_graphic_object(*shape) for shape in inside]


def text_object(words: str, kind: MarkingKind, points: Items[Point], *, rows: int, columns: int) -> Dataset:
    """Return words beside a drawing as an item of a Text Object Sequence.

    Parameters
    ----------
    words
        Lines; what is beyond 1024 characters is cut off.
    """
    x, y = _place_of_words(kind, points)
    item = Dataset()
    item.AnchorPointAnnotationUnits, item.AnchorPointVisibility = "PIXEL", "N"
    item.AnchorPoint = [min(max(x, 0.0), float(columns)), min(max(y, 0.0), float(rows))]
    item.UnformattedTextValue = "\r\n".join(words.splitlines())[:_MOST_CHARACTERS]
    return item


def _place_of_words(kind: MarkingKind, points: Items[Point]) -> Point:
    """Return the tail of an arrow, the lowest point of a region, the rightmost of a line: a region is often measured too."""
    if kind is MarkingKind.ARROW:
        return points[-1]
    return max(points, key=lambda point: point[1 if kind in REGION_KINDS else 0])


def _shapes(kind: MarkingKind, points: Items[Point], aspect: float, image_size: int) -> Items[_Shape]:
    match kind:
        case MarkingKind.TEXT:
            return []
        case MarkingKind.PROBE | MarkingKind.SPINE_LABEL:
            return [("POINT", list(points))]
        case MarkingKind.ARROW:
            head, tail = points
            return [("POLYLINE", [tail, head]), *_arrow_head(head, tail, image_size)]
        case MarkingKind.BIDIRECTIONAL | MarkingKind.COBB:
            return [("POLYLINE", list(points[:2])), ("POLYLINE", list(points[2:]))]
        case MarkingKind.LENGTH | MarkingKind.CALIBRATION | MarkingKind.ANGLE:
            return [("POLYLINE", list(points))]
        case _:
            return [outline_of(kind, points, aspect)]


def _arrow_head(head: Point, tail: Point, image_size: int) -> list[_Shape]:
    length = math.dist(head, tail)
    if length == 0:
        return []
    size = min(length * _HEAD_OF_LENGTH, image_size * _HEAD_OF_IMAGE)
    x, y = ((tail[axis] - head[axis]) / length * size for axis in (0, 1))
    cosine, sine = math.cos(math.radians(_HEAD_DEGREES)), math.sin(math.radians(_HEAD_DEGREES))
    ends = [(head[0] + x * cosine - y * side, head[1] + y * cosine + x * side) for side in (sine, -sine)]
    return [("POLYLINE", [ends[0], head, ends[1]])]


def _within(shape: _Shape, columns: int, rows: int) -> list[_Shape]:
    graphic_type, points = shape
    if all(0 <= x <= columns and 0 <= y <= rows for x, y in points):
        return [shape]
    if graphic_type == "POINT":
        return []
    line = points if graphic_type == "POLYLINE" else _round(graphic_type, points)
    return [("POLYLINE", part) for part in _cut(line, (float(columns), float(rows)))]


def _round(graphic_type: str, points: Items[Point]) -> list[Point]:
    """Return a circle or an ellipse as a closed line of short pieces."""
    if graphic_type == "CIRCLE":
        (x, y), edge = points
        radius = math.dist((x, y), edge)
        points = [(x - radius, y), (x + radius, y), (x, y - radius), (x, y + radius)]
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    angles = [2 * math.pi * (piece % _PIECES) / _PIECES for piece in range(_PIECES + 1)]
    return [
        (
            (ax + bx + (bx - ax) * math.cos(angle) + (dx - cx) * math.sin(angle)) / 2,
            (ay + by + (by - ay) * math.cos(angle) + (dy - cy) * math.sin(angle)) / 2,
        )
        for angle in angles
    ]


def _cut(line: Iterable[Point], limits: Point) -> list[list[Point]]:
    """Return those parts of a line that lie inside of the image."""
    parts: list[list[Point]] = []
    for first, second in pairwise(line):
        part = _cut_piece(first, second, limits)
        if part is None:
            continue
        if parts and parts[-1][-1] == part[0]:
            parts[-1].append(part[1])
        else:
            parts.append(list(part))
    return parts


def _cut_piece(first: Point, second: Point, limits: Point) -> tuple[Point, Point] | None:
    start, end = 0.0, 1.0
    for origin, target, limit in zip(first, second, limits, strict=True):
        if origin == target:
            if not 0 <= origin <= limit:
                return None
            continue
        crossings = (-origin / (target - origin), (limit - origin) / (target - origin))
        start, end = max(start, min(crossings)), min(end, max(crossings))
    if start >= end:
        return None
    return _between(first, second, start, limits), _between(first, second, end, limits)


def _between(first: Point, second: Point, part: float, limits: Point) -> Point:
    if part in (0.0, 1.0):
        return second if part else first
    x, y = (
        min(max(origin + (target - origin) * part, 0.0), limit)
        for origin, target, limit in zip(first, second, limits, strict=True)
    )
    return x, y


def _graphic_object(graphic_type: str, points: Items[Point]) -> Dataset:
    item = Dataset()
    item.GraphicAnnotationUnits, item.GraphicDimensions = "PIXEL", 2
    item.NumberOfGraphicPoints = len(points)
    item.GraphicData = [float(number) for point in points for number in point]
    item.GraphicType = graphic_type
    is_closed = graphic_type in ("CIRCLE", "ELLIPSE") or (len(points) > 2 and points[0] == points[-1])
    if is_closed:
        item.GraphicFilled = "N"
    return item
