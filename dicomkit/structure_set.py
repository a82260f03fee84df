"""RT structure sets: contours of organs and targets in the patient.

References
----------
PS3.3 A.19.3 (the object), C.8.8.5 (Structure Set), C.8.8.6 (ROI Contour), C.8.8.8 (RT ROI Observations).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from dicomkit.errors import InvalidStructureSetError
from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import ImageReference, items_of, read_image_references
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.numbers import floats
from dicomkit.region_colours import fixed_colour
from dicomkit.temporal import parse_date, parse_time

RT_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
_MOST_ROIS = 1000
_MOST_CONTOURS = 200_000
_MOST_POINTS = 5_000_000
# Characters; the standard allows 16.
_LONGEST_NUMBER = 64
_CONTOUR_DATA = Tag("ContourData")


class ContourType(StrEnum):
    """Contour Geometric Type (3006,0042), those that lie in a plane."""

    POINT = "POINT"
    OPEN_PLANAR = "OPEN_PLANAR"
    CLOSED_PLANAR = "CLOSED_PLANAR"
    CLOSED_PLANAR_XOR = "CLOSEDPLANAR_XOR"
    """Closed; what lies in two of them is outside."""


@dataclass(frozen=True, slots=True)
class ROI:
    """A region. `colour` is "#rrggbb"; `interpreted_type` is empty, or a term such as "ORGAN", "PTV" or "ISOCENTER"."""

    number: int
    name: str
    interpreted_type: str
    colour: str
    frame_of_reference_uid: str


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """A line or point of a ROI: float64, (points, 3), in mm of the patient; `references` the images it was drawn on."""

    roi_number: int
    kind: ContourType
    points: NDArray[np.float64]
    references: tuple[ImageReference, ...]


@dataclass(frozen=True, eq=False)
class StructureSet:
    """One structure set.

    Attributes
    ----------
    references
        The images that its contours were drawn on.
    contours
        Those that lie in a plane; empty in what `read_rois` returns.
    all_points
        float64, (points, 3): the points of all contours after each other, which those of each contour are a view of.
    """

    label: str
    description: str
    created: datetime | None
    rois: tuple[ROI, ...]
    references: frozenset[str]
    contours: tuple[Contour, ...]
    all_points: NDArray[np.float64]

    @cached_property
    def place_of(self) -> dict[int, int]:
        """The 0-based place of each ROI number in the list."""
        return {roi.number: place for place, roi in enumerate(self.rois)}

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """Where the points of each contour begin in `all_points`."""
        counts = [len(one.points) for one in self.contours]
        return (
            np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp) if counts else np.empty(0, np.intp)
        )

    @cached_property
    def known_images(self) -> frozenset[str]:
        """The images that the object names anywhere."""
        named = {one.sop_instance_uid for contour in self.contours for one in contour.references}
        return self.references | named


def read_rois(dataset: Dataset) -> StructureSet:
    """Read a structure set but for its contours.

    Raises
    ------
    InvalidStructureSetError
        It names no regions, or more than are read.
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        return _read(dataset, with_contours=False)


def read_structure_set(dataset: Dataset) -> StructureSet:
    """Read a structure set; about a second for a million points. Raises what `read_rois` raises."""
    with refuse_malformed_values():
        return _read(dataset, with_contours=True)


def _read(dataset: Dataset, *, with_contours: bool) -> StructureSet:
    rois = _rois(dataset)
    separate = list(_contours(dataset)) if with_contours else []
    all_points = np.concatenate([np.empty((0, 3)), *(one.points for one in separate)])
    day = parse_date(clean_text(dataset, "StructureSetDate", 16))
    moment = parse_time(clean_text(dataset, "StructureSetTime", 16))
    return StructureSet(
        label=clean_text(dataset, "StructureSetLabel", 16),
        description=clean_text(dataset, "StructureSetName", 64)
        or clean_text(dataset, "SeriesDescription", 64),
        created=datetime.combine(day, moment or datetime.min.time()) if day else None,
        rois=rois,
        references=frozenset(_references(dataset)),
        contours=tuple(_as_views(separate, all_points)),
        all_points=all_points,
    )


def _as_views(contours: list[Contour], all_points: NDArray[np.float64]) -> Iterator[Contour]:
    start = 0
    for contour in contours:
        end = start + len(contour.points)
        yield replace(contour, points=all_points[start:end])
        start = end


def _rois(dataset: Dataset) -> tuple[ROI, ...]:
    types = {
        whole_number(item, "ReferencedROINumber"): clean_text(item, "RTROIInterpretedType", 16)
        for item in items_of(dataset, "RTROIObservationsSequence")
    }
    colours = {
        whole_number(item, "ReferencedROINumber"): _colour(item)
        for item in items_of(dataset, "ROIContourSequence")
    }
    found: dict[int, ROI] = {}
    for item in items_of(dataset, "StructureSetROISequence"):
        number = whole_number(item, "ROINumber")
        if number is None or number in found:
            continue
        name = clean_text(item, "ROIName", 64) or f"Region {number}"
        colour = colours.get(number) or fixed_colour(len(found))
        reference = clean_text(item, "ReferencedFrameOfReferenceUID", 64)
        found[number] = ROI(number, name, types.get(number, ""), colour, reference)
    if not found:
        raise InvalidStructureSetError("The structure set names no regions.")
    if len(found) > _MOST_ROIS:
        raise InvalidStructureSetError(f"The structure set names more than {_MOST_ROIS} regions.")
    return tuple(found.values())


def _colour(item: Dataset) -> str:
    channels = floats(item.get("ROIDisplayColor"), count=3)
    if channels is None:
        return ""
    return "#" + "".join(f"{int(min(max(channel, 0), 255)):02x}" for channel in channels)


def _references(dataset: Dataset) -> Iterator[str]:
    for item in items_of(dataset, "ReferencedFrameOfReferenceSequence"):
        for study in items_of(item, "RTReferencedStudySequence"):
            for series in items_of(study, "RTReferencedSeriesSequence"):
                for reference in read_image_references(series, "ContourImageSequence"):
                    yield reference.sop_instance_uid


def _contours(dataset: Dataset) -> Iterator[Contour]:
    count = points = 0
    for item in items_of(dataset, "ROIContourSequence"):
        number = whole_number(item, "ReferencedROINumber")
        for contour in items_of(item, "ContourSequence"):
            kind = clean_text(contour, "ContourGeometricType", 24)
            data = _points(contour)
            count, points = count + 1, points + len(data)
            if count > _MOST_CONTOURS or points > _MOST_POINTS:
                raise InvalidStructureSetError("The structure set has more contours than can be shown.")
            if number is not None and kind in set(ContourType) and len(data):
                references = read_image_references(contour, "ContourImageSequence")
                yield Contour(number, ContourType(kind), data, references)


def _points(contour: Dataset) -> NDArray[np.float64]:
    """Return the points of a contour, none where a number is none; read from the text, as there may be millions."""
    element: object = contour.get_item(_CONTOUR_DATA)
    value = contour.get("ContourData") if not isinstance(element, RawDataElement) else element.value
    numbers = _numbers(value) if isinstance(value, bytes) else np.array(floats(value) or [], np.float64)
    usable = numbers[: len(numbers) // 3 * 3].reshape(-1, 3)
    return usable if np.isfinite(usable).all() else np.empty((0, 3))


def _numbers(text: bytes) -> NDArray[np.float64]:
    words = text.strip(b" \0").split(b"\\")
    try:
        # All words take the room of the longest one here.
        is_bounded = max(map(len, words)) <= _LONGEST_NUMBER
        return np.array(words).astype(np.float64) if is_bounded else np.empty(0)
    except ValueError:
        return np.empty(0)
