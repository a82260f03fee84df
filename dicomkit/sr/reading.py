"""Read the measurements of a structured report that lie on images or in the patient, whoever wrote it.

Reports differ in their headings; what all share is a number (NUM), a place (SCOORD) and the image that the place is
selected from, or a place in a frame of reference (SCOORD3D). So the tree is walked heading by heading: places and numbers under one heading belong together.

References
----------
PS3.3 C.17.3 (SR Document Content), C.18.1 (numbers), C.18.6 (coordinates), C.18.9 (in the patient); PS3.16 TID 1410, TID 1501.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item
from dicomkit.geometry import Vector
from dicomkit.identity import clean_text
from dicomkit.image_references import items_of, read_image_references
from dicomkit.malformed import refuse_malformed_values
from dicomkit.marking import MOST_POINTS, MarkingKind
from dicomkit.pixels.numbers import first_float, floats
from dicomkit.region_shapes import Point
from dicomkit.sr.values import meaning_of, unit_words

MEASUREMENT_REPORT_CLASSES = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.88.11",
        "1.2.840.10008.5.1.4.1.1.88.22",
        "1.2.840.10008.5.1.4.1.1.88.33",
        "1.2.840.10008.5.1.4.1.1.88.34",
        "1.2.840.10008.5.1.4.1.1.88.35",
    }
)
"""Basic Text, Enhanced, Comprehensive, Comprehensive 3D and Extensible SR."""

MOST_MARKINGS = 1000
_MOST_ITEMS = 50_000
_MOST_DEPTH = 24
_LONG_AXES = frozenset({"103339001", "G-A185", "121206"})
_SHORT_AXES = frozenset({"103340004", "G-A186"})
_COBB = frozenset({"285285000"})
_TRACKING_IDENTIFIER, _TRACKING_UID, _OBSERVER = "112039", "112040", "121008"


@dataclass(frozen=True, slots=True)
class ReadMarking:
    """A measurement on a frame; `text` tells its numbers as the report does, `frame_number` is 1-based."""

    kind: MarkingKind
    points: tuple[Point, ...]
    sop_instance_uid: str
    frame_number: int
    tracking_uid: str
    text: str


@dataclass(frozen=True, slots=True)
class SpatialMarking:
    """A measurement in the patient; points in mm of a frame of reference, as many as the kind has."""

    kind: MarkingKind
    points: tuple[Vector, ...]
    frame_of_reference_uid: str
    tracking_uid: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What was read of a report. `omitted` counts places that this reader has no drawing for."""

    title: str
    author: str
    created: tuple[str, str]
    predecessors: frozenset[str]
    markings: tuple[ReadMarking, ...]
    omitted: int
    spatial: tuple[SpatialMarking, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A place on an image, or in a frame of reference with points of three numbers."""

    graphic_type: str
    points: tuple[tuple[float, ...], ...]
    sop_instance_uid: str
    frame_number: int
    frame_of_reference_uid: str = ""


@dataclass(frozen=True, slots=True)
class _Number:
    code: str
    words: str
    places: tuple[_Place, ...]


def read_measurements(dataset: Dataset) -> ReadReport:
    """Return the measurements of a report that lie on images or in the patient.

    Raises
    ------
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        walk = list(_walk(dataset))
        drawings = [found for heading in walk for found in _of_heading(heading, dataset)]
        drawn = [one for one in drawings if one is not None][:MOST_MARKINGS]
        observers = (clean_text(item, "PersonName", 64) for item in walk if _code(item) == _OBSERVER)
        return ReadReport(
            title=meaning_of(dataset, "ConceptNameCodeSequence") or "Structured report",
            author=next(filter(None, observers), "") or clean_text(dataset, "Manufacturer", 64),
            created=(clean_text(dataset, "ContentDate", 16), clean_text(dataset, "ContentTime", 16)),
            predecessors=_predecessors(dataset),
            markings=tuple(one for one in drawn if isinstance(one, ReadMarking)),
            omitted=len(drawings) - len(drawn),
            spatial=tuple(one for one in drawn if isinstance(one, SpatialMarking)),
        )


def _walk(root: Dataset) -> Iterator[Dataset]:
    """Yield all content items, each before its children, up to a bound."""
    waiting, seen = [(root, 0)], 0
    while waiting and seen < _MOST_ITEMS:
        item, depth = waiting.pop()
        seen += 1
        yield item
        if depth < _MOST_DEPTH:
            children = items_of(item, "ContentSequence")
            waiting += [(child, depth + 1) for child in reversed(children)]


def _of_heading(heading: Dataset, root: Dataset) -> Iterator[ReadMarking | SpatialMarking | None]:
    """Yield what stands directly under one heading: a drawing, or None for a place that has none."""
    if clean_text(heading, "ValueType", 16) != "CONTAINER":
        return
    children = items_of(heading, "ContentSequence")
    numbers = [_number(one, root) for one in children if clean_text(one, "ValueType", 16) == "NUM"]
    places = [place for one in children for place in _places(one, root)]
    label = next(
        (clean_text(one, "TextValue", 200) for one in children if _code(one) == _TRACKING_IDENTIFIER), ""
    )
    uid = next((clean_text(one, "UID", 64) for one in children if _code(one) == _TRACKING_UID), "")
    if places:
        free = [one.words for one in numbers if not one.places]
        yield from (_marking(None, [place], label, free, uid) for place in places)
    rest = [one for one in numbers if one.places]
    axes = [one for one in rest if one.code in _LONG_AXES | _SHORT_AXES and len(one.places) == 1]
    if len(axes) == 2:
        axes.sort(key=lambda one: one.code not in _LONG_AXES)
        lines = [one.places[0] for one in axes]
        yield _marking(MarkingKind.BIDIRECTIONAL, lines, label, [one.words for one in axes], uid)
        rest = [one for one in rest if one not in axes]
    for one in rest:
        wanted = MarkingKind.COBB if one.code in _COBB else None
        yield _marking(wanted, list(one.places), label, [one.words], uid)


def _number(item: Dataset, root: Dataset) -> _Number:
    children = items_of(item, "ContentSequence")
    how = [meaning_of(one, "ConceptCodeSequence") for one in children if _code(one) == "121401"]
    measured = first_item(item, "MeasuredValueSequence") or Dataset()
    value = first_float(measured.get("FloatingPointValue"))
    value = first_float(measured.get("NumericValue")) if value is None else value
    name = " ".join([meaning_of(item, "ConceptNameCodeSequence"), *how]).strip()
    unit = unit_words(measured)
    said = f"{value:.6g}{'' if unit == '°' else ' '}{unit}".strip() if value is not None else "no value"
    return _Number(
        _code(item),
        f"{name}: {said}" if name else said,
        tuple(place for one in children for place in _places(one, root)),
    )


def _places(item: Dataset, root: Dataset) -> list[_Place]:
    """Return the place that a content item is, or points at."""
    item = _referenced(item, root) or item
    value_type = clean_text(item, "ValueType", 16)
    if value_type == "SCOORD3D":
        return _places_in_patient(item)
    if value_type != "SCOORD":
        return []
    numbers = floats(item.get("GraphicData")) or []
    points = tuple(zip(numbers[::2], numbers[1::2], strict=False))[: MOST_POINTS + 1]
    for child in items_of(item, "ContentSequence"):
        source = _referenced(child, root) or child
        for reference in read_image_references(source, "ReferencedSOPSequence"):
            frame_number = reference.frame_numbers[0] if reference.frame_numbers else 1
            graphic_type = clean_text(item, "GraphicType", 16)
            return [_Place(graphic_type, points, reference.sop_instance_uid, frame_number)]
    return []


def _places_in_patient(item: Dataset) -> list[_Place]:
    numbers = floats(item.get("GraphicData")) or []
    points = tuple(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=False))[: MOST_POINTS + 1]
    frame_of_reference_uid = clean_text(item, "ReferencedFrameOfReferenceUID", 64)
    if not frame_of_reference_uid:
        return []
    return [_Place(clean_text(item, "GraphicType", 16), points, "", 1, frame_of_reference_uid)]


def _referenced(item: Dataset, root: Dataset) -> Dataset | None:
    """Return the item that another one stands for by reference, as a path of positions from the root.

    References
    ----------
    PS3.3 C.17.3.2.5 (Referenced Content Item Identifier).
    """
    path = [int(step) for step in floats(item.get("ReferencedContentItemIdentifier")) or []]
    if not path or len(path) > _MOST_DEPTH:
        return None
    found = root
    for step in path[1:]:
        children = items_of(found, "ContentSequence")
        if not 1 <= step <= len(children):
            return None
        found = children[step - 1]
    return found


def _marking(
    wanted: MarkingKind | None, places: Sequence[_Place], label: str, numbers: Sequence[str], uid: str
) -> ReadMarking | SpatialMarking | None:
    where = {(one.sop_instance_uid, one.frame_number, one.frame_of_reference_uid) for one in places}
    if len(where) != 1:
        return None
    drawn = _drawing(wanted, places)
    if drawn is None:
        return None
    # Each number on a line of its own, as beside a mark that was drawn here.
    said = "\n".join(numbers)
    text = " · ".join(part for part in (label, said) if part)
    kind, points = drawn
    first = places[0]
    if first.frame_of_reference_uid:
        there = tuple((x, y, z) for x, y, z in points)
        return SpatialMarking(kind, there, first.frame_of_reference_uid, uid, text[:1000])
    on_image = tuple((x, y) for x, y in points)
    return ReadMarking(kind, on_image, first.sop_instance_uid, max(1, first.frame_number), uid, text[:1000])


def _drawing(
    wanted: MarkingKind | None, places: Sequence[_Place]
) -> tuple[MarkingKind, tuple[tuple[float, ...], ...]] | None:
    """Return kind and points; None for what this reader cannot draw."""
    points = tuple(point for one in places for point in one.points)
    if len(points) == 4 and wanted in (MarkingKind.COBB, MarkingKind.BIDIRECTIONAL):
        return wanted, points
    if len(places) > 1:
        return None
    match places[0].graphic_type, len(points):
        case "POINT", 1:
            return MarkingKind.PROBE, points
        case "CIRCLE", 2:
            return MarkingKind.CIRCLE, points
        case "ELLIPSE", 4:
            return MarkingKind.ELLIPSE, points
        case "POLYLINE", 2:
            return MarkingKind.LENGTH, points
        case "POLYLINE", 3 if points[0] != points[-1]:
            return MarkingKind.ANGLE, points
        case "POLYLINE" | "POLYGON", count if count > 3 and points[0] == points[-1]:
            outline = points[:-1]
            return (MarkingKind.RECTANGLE if _is_rectangle(outline) else MarkingKind.POLYGON), outline
        case _:
            return None


def _is_rectangle(points: Sequence[tuple[float, ...]]) -> bool:
    """Tell whether four corners have right angles: both diagonals halve each other and are equally long."""
    if len(points) != 4 or len(points[0]) != 2:
        return False
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    size = max(abs(ax - cx), abs(ay - cy), 1e-9)
    halves = abs(ax + cx - bx - dx) + abs(ay + cy - by - dy)
    lengths = abs((ax - cx) ** 2 + (ay - cy) ** 2 - (bx - dx) ** 2 - (by - dy) ** 2) / size
    return halves <= 1e-3 * size and lengths <= 1e-3 * size


def _code(item: Dataset) -> str:
    name = first_item(item, "ConceptNameCodeSequence")
    return clean_text(name, "CodeValue", 16) if name is not None else ""


def _predecessors(dataset: Dataset) -> frozenset[str]:
    return frozenset(
        reference.sop_instance_uid
        for study in items_of(dataset, "PredecessorDocumentsSequence")
        for series in items_of(study, "ReferencedSeriesSequence")
        for reference in read_image_references(series, "ReferencedSOPSequence")
    )
