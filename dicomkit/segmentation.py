"""Segmentations: what somebody, or a program, has marked pixel by pixel, as an object of its own.

References
----------
PS3.3 A.51 and A.92 (the objects), C.8.20 (Segmentation), C.8.20.2.3 (fractions), C.7.6.16.2.12 (derivation image);
C.10.7.1.1 (recommended colours).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidSegmentationError
from dicomkit.functional_groups import first_item, functional_group
from dicomkit.geometry import ImagePlane, read_image_plane
from dicomkit.graphics import lab_to_hex
from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import ImageReference, items_of, read_image_references
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.numbers import first_float, floats
from dicomkit.region_colours import fixed_colour
from dicomkit.temporal import parse_date, parse_time

SEGMENTATION, LABEL_MAP_SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"
SEGMENTATION_CLASSES = frozenset({SEGMENTATION, LABEL_MAP_SEGMENTATION})
# A bitmap of one byte a pixel has no more names.
MOST_SEGMENTS = 255
# So many take ten seconds to read, and their places are on record one by one.
MOST_FRAMES = 20_000
_MOST_IMAGES = 100_000


class SegmentationType(StrEnum):
    """Segmentation Type (0062,0001)."""

    BINARY = "BINARY"
    FRACTIONAL = "FRACTIONAL"
    LABELMAP = "LABELMAP"
    """Each pixel holds the number of its segment."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What is marked. `colour` is "#rrggbb"; `note` says what it is and who drew it, in the file's words."""

    number: int
    label: str
    colour: str
    note: str


@dataclass(frozen=True, slots=True)
class SegmentationFrame:
    """One plane of one segment, or of all segments of a label map (`segment_number` None).

    `thickness_mm` is the distance of planes, or what else the file says; `sources` the images it was drawn on.
    """

    frame_index: int
    segment_number: int | None
    plane: ImagePlane | None
    spacing_mm: tuple[float, float] | None
    thickness_mm: float | None
    sources: tuple[ImageReference, ...]


@dataclass(frozen=True, eq=False)
class Segmentation:
    """One segmentation.

    Attributes
    ----------
    maximum_fraction
        The value of a pixel that lies in a segment for certain; 1 where there are no fractions.
    is_overlapping
        Whether a pixel may lie in several segments.
    omitted
        How many segments there are beyond those that can be shown.
    thickness_mm
        The distance of planes, or else their thickness, where it is the same for all frames.
    references
        All images that the object names, also those on which nothing is marked.
    frames
        Empty in what `read_segments` returns.
    """

    label: str
    description: str
    created: datetime | None
    kind: SegmentationType
    rows: int
    columns: int
    frame_of_reference_uid: str
    maximum_fraction: float
    is_overlapping: bool
    segments: tuple[Segment, ...]
    omitted: int
    thickness_mm: float | None
    references: frozenset[str]
    frames: tuple[SegmentationFrame, ...] = ()

    @cached_property
    def place_of(self) -> dict[int, int]:
        """The 0-based place of each segment number in the list."""
        return {segment.number: place for place, segment in enumerate(self.segments)}

    @cached_property
    def positions(self) -> NDArray[np.float64]:
        """Position of each frame, (frames, 3), NaN where there is none."""
        return _vectors([frame.plane.position if frame.plane else None for frame in self.frames])

    @cached_property
    def normals(self) -> NDArray[np.float64]:
        """Normal of each frame, (frames, 3), NaN where there is none."""
        return _vectors([frame.plane.normal if frame.plane else None for frame in self.frames])

    @cached_property
    def frames_by_source(self) -> dict[str, list[SegmentationFrame]]:
        """The frames that were drawn on each instance."""
        found: dict[str, list[SegmentationFrame]] = {}
        for frame in self.frames:
            for uid in {source.sop_instance_uid for source in frame.sources}:
                found.setdefault(uid, []).append(frame)
        return found


def read_segments(dataset: Dataset) -> Segmentation:
    """Read a segmentation but for its frames, which take a while where there are thousands.

    Raises
    ------
    InvalidSegmentationError
        It does not say what is marked, or has more frames than are read.
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        return _read(dataset, with_frames=False)


def read_segmentation(dataset: Dataset) -> Segmentation:
    """Read a segmentation; 0.3 ms a frame. Raises what `read_segments` raises."""
    with refuse_malformed_values():
        return _read(dataset, with_frames=True)


def _read(dataset: Dataset, *, with_frames: bool) -> Segmentation:
    name = clean_text(dataset, "SegmentationType", 16)
    if name not in set(SegmentationType):
        raise InvalidSegmentationError("The segmentation does not say of which type it is.")
    kind = SegmentationType(name)
    rows, columns = whole_number(dataset, "Rows") or 0, whole_number(dataset, "Columns") or 0
    count = whole_number(dataset, "NumberOfFrames") or 1
    if count > MOST_FRAMES:
        raise InvalidSegmentationError(
            f"The segmentation has {count} frames; more than {MOST_FRAMES} are not shown."
        )
    is_tiled = clean_text(dataset, "DimensionOrganizationType", 16).startswith("TILED")
    if is_tiled or dataset.get("TotalPixelMatrixColumns"):
        raise InvalidSegmentationError(
            "The segmentation is made of tiles of a whole slide. Over slides, segmentations are not shown."
        )
    segments = _segments(dataset, kind)
    if not segments:
        raise InvalidSegmentationError("The segmentation does not say what is marked.")
    day = parse_date(clean_text(dataset, "ContentDate", 16))
    moment = parse_time(clean_text(dataset, "ContentTime", 16))
    return Segmentation(
        label=clean_text(dataset, "ContentLabel", 16),
        description=clean_text(dataset, "ContentDescription", 64)
        or clean_text(dataset, "SeriesDescription", 64),
        created=datetime.combine(day, moment or datetime.min.time()) if day else None,
        kind=kind,
        rows=rows,
        columns=columns,
        frame_of_reference_uid=clean_text(dataset, "FrameOfReferenceUID", 64),
        maximum_fraction=_maximum_fraction(dataset, kind),
        is_overlapping=kind is not SegmentationType.LABELMAP
        and len(segments) > 1
        and clean_text(dataset, "SegmentsOverlap", 16) != "NO",
        segments=tuple(segments[:MOST_SEGMENTS]),
        omitted=max(0, len(segments) - MOST_SEGMENTS),
        thickness_mm=_shared_thickness_mm(dataset),
        references=_references(dataset),
        frames=tuple(_frame(dataset, kind, index) for index in range(count)) if with_frames else (),
    )


def _segments(dataset: Dataset, kind: SegmentationType) -> list[Segment]:
    # PS3.3 C.8.20.2: what is no segment of a label map has the padding value, which may be described nonetheless.
    background = whole_number(dataset, "PixelPaddingValue") if kind is SegmentationType.LABELMAP else None
    found: dict[int, Segment] = {}
    for item in items_of(dataset, "SegmentSequence"):
        number = whole_number(item, "SegmentNumber")
        if number is None or number in found or (background is not None and number == background):
            continue
        lab = floats(item.get("RecommendedDisplayCIELabValue"), count=3)
        colour = lab_to_hex((lab[0], lab[1], lab[2])) if lab else fixed_colour(len(found))
        label = clean_text(item, "SegmentLabel", 64) or _meaning(item) or f"Segment {number}"
        found[number] = Segment(number, label, colour, _note(item, label))
    return list(found.values())


def _note(item: Dataset, label: str) -> str:
    meaning = _meaning(item)
    parts = [
        meaning if meaning.lower() != label.lower() else "",
        clean_text(item, "SegmentAlgorithmType", 16).lower(),
    ]
    return ", ".join(filter(None, parts))


def _meaning(item: Dataset) -> str:
    code = first_item(item, "SegmentedPropertyTypeCodeSequence")
    return clean_text(code, "CodeMeaning", 64) if code is not None else ""


def _maximum_fraction(dataset: Dataset, kind: SegmentationType) -> float:
    if kind is not SegmentationType.FRACTIONAL:
        return 1.0
    return float(whole_number(dataset, "MaximumFractionalValue") or 255)


def _references(dataset: Dataset) -> frozenset[str]:
    named = [
        reference.sop_instance_uid
        for series in items_of(dataset, "ReferencedSeriesSequence")
        for reference in read_image_references(series, "ReferencedInstanceSequence")
    ]
    named += [one.sop_instance_uid for one in read_image_references(dataset, "SourceImageSequence")]
    return frozenset(named[:_MOST_IMAGES])


def _frame(dataset: Dataset, kind: SegmentationType, index: int) -> SegmentationFrame:
    identification = functional_group(dataset, "SegmentIdentificationSequence", frame_index=index)
    measures = functional_group(dataset, "PixelMeasuresSequence", frame_index=index) or dataset
    derivation = functional_group(dataset, "DerivationImageSequence", frame_index=index)
    number = None
    if kind is not SegmentationType.LABELMAP and identification is not None:
        number = whole_number(identification, "ReferencedSegmentNumber")
    spacing = floats(measures.get("PixelSpacing"), count=2)
    return SegmentationFrame(
        frame_index=index,
        segment_number=number,
        plane=read_image_plane(dataset, frame_index=index),
        spacing_mm=(spacing[0], spacing[1]) if spacing and min(spacing) > 0 else None,
        thickness_mm=_thickness_mm(measures),
        sources=read_image_references(derivation, "SourceImageSequence") if derivation is not None else (),
    )


def _shared_thickness_mm(dataset: Dataset) -> float | None:
    shared = first_item(dataset, "SharedFunctionalGroupsSequence")
    measures = first_item(shared, "PixelMeasuresSequence") if shared is not None else None
    return _thickness_mm(measures) if measures is not None else None


def _thickness_mm(measures: Dataset) -> float | None:
    written = (first_float(measures.get(keyword)) for keyword in ("SpacingBetweenSlices", "SliceThickness"))
    return next((abs(number) for number in written if number), None)


def _vectors(values: list[tuple[float, float, float] | None]) -> NDArray[np.float64]:
    nothing = (np.nan, np.nan, np.nan)
    return np.array([value or nothing for value in values], np.float64).reshape(-1, 3)
