"""Write a measurement report.

References
----------
PS3.16 TID 1500 (report), TID 1501 (measurement group), TID 1410 (planar ROI), TID 300 (measurement), TID 320 (its
place), TID 1600 (image library); PS3.3 A.35.3 (Comprehensive SR), A.35.13 (Comprehensive 3D SR), C.18.9.
"""

import math
from collections.abc import Sequence as Items
from dataclasses import dataclass, field
from itertools import groupby

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.evidence import EvidenceImage, EvidenceSeries, evidence_sequence, new_evidence
from dicomkit.geometry import ImagePlane, Vector
from dicomkit.marking import MarkingKind
from dicomkit.measurement import Measure, Quantity
from dicomkit.pixel_scale import PixelScale, ScaleSource
from dicomkit.region_shapes import Point
from dicomkit.region_statistics import RegionStatistics
from dicomkit.sr import codes, content
from dicomkit.sr.codes import Code

COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"
COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"

_NAMES = {
    Quantity.LENGTH: codes.LENGTH,
    Quantity.LONG_AXIS: codes.LONG_AXIS,
    Quantity.SHORT_AXIS: codes.SHORT_AXIS,
    Quantity.ANGLE: codes.ANGLE,
    Quantity.COBB_ANGLE: codes.COBB_ANGLE,
    Quantity.AREA: codes.AREA,
    Quantity.DURATION: codes.DURATION,
    Quantity.VELOCITY_DIFFERENCE: codes.VELOCITY_DIFFERENCE,
    Quantity.SLOPE: codes.SLOPE,
}
_SCALE_NOTES = {
    ScaleSource.DETECTOR: "Millimetres at the detector; in the patient lengths are smaller by an unknown magnification.",
    ScaleSource.MAGNIFICATION: "Millimetres at the detector, divided by the estimated radiographic magnification factor.",
    ScaleSource.CALIBRATION: "Millimetres by a line of known length drawn on the image.",
    ScaleSource.NO_REGION: "Not within one calibrated region of the ultrasound image: lengths are in widths of a pixel.",
    ScaleSource.ULTRASOUND_AXES: "Measured along the axes of a region of the ultrasound image, as it calibrates them.",
    ScaleSource.NONE: "The image has no spacing: lengths are in widths of a pixel.",
}


@dataclass(frozen=True, slots=True)
class ReportedPlane:
    """The plane through a volume that something was drawn on.

    Attributes
    ----------
    plane, spacing_mm
        Where its pixels lie in the patient; spacing is (down, across).
    images
        Those that it was made from where the drawing lies.
    note
        What the values are of, in a sentence; "" where none were measured.
    """

    frame_of_reference_uid: str
    plane: ImagePlane
    spacing_mm: tuple[float, float]
    images: tuple[EvidenceImage, ...]
    note: str = ""

    def in_patient(self, points: Items[Point]) -> list[Vector]:
        """Return points of the plane, (column, row) from the corner of its first pixel, in mm of the patient."""
        return [self.plane.image_to_patient(x - 0.5, y - 0.5, spacing_mm=self.spacing_mm) for x, y in points]


@dataclass(frozen=True, slots=True)
class ReportedMarking:
    """A drawing that measures something.

    Attributes
    ----------
    tracking_uid, label
        By which it is known again in a later report.
    measures
        What its shape measures.
    statistics, value_unit
        What the pixels inside say; None where that is not known or not meant.
    plane
        Where it was drawn on no image but on a plane through a series; `image` is one of that series.
    """

    kind: MarkingKind
    points: tuple[Point, ...]
    image: EvidenceImage
    tracking_uid: str
    label: str
    scale: PixelScale
    measures: tuple[Measure, ...]
    statistics: RegionStatistics | None = None
    value_unit: str = ""
    # Not shown, so that a marking on an image is written as it was before there were planes.
    plane: ReportedPlane | None = field(default=None, repr=False)

    @property
    def images(self) -> tuple[EvidenceImage, ...]:
        """The images that it speaks of."""
        return (self.plane.images if self.plane else ()) or (self.image,)


def measurement_report(
    header: Dataset,
    markings: Items[ReportedMarking],
    series: EvidenceSeries,
    *,
    observers: Items[str],
    predecessor: tuple[str, str, str] | None = None,
) -> Dataset:
    """Return a measurement report; what lies on planes has places in the patient and makes it a three-dimensional one.

    Parameters
    ----------
    header
        Of one of the images, for patient and study.
    markings
        At least one.
    observers
        Names of those who measured.
    predecessor
        Series, SOP Instance and SOP Class UID of the report that this one takes the place of.
    """
    has_planes = any(marking.plane is not None for marking in markings)
    sop_class_uid = COMPREHENSIVE_3D_SR if has_planes else COMPREHENSIVE_SR
    dataset = new_evidence(header, series, sop_class_uid=sop_class_uid, modality="SR")
    dataset.ReferencedPerformedProcedureStepSequence = Sequence()
    dataset.PerformedProcedureCodeSequence = Sequence()
    dataset.CompletionFlag, dataset.VerificationFlag = "PARTIAL", "UNVERIFIED"
    images = [one for marking in markings for one in marking.images]
    dataset.CurrentRequestedProcedureEvidenceSequence = evidence_sequence(dataset.StudyInstanceUID, images)
    if predecessor is not None:
        series_uid, instance_uid, class_uid = predecessor
        former = EvidenceImage(class_uid, instance_uid, series_uid, "SR", 0, 1)
        dataset.PredecessorDocumentsSequence = evidence_sequence(dataset.StudyInstanceUID, [former])
    root = content.container(
        codes.REPORT,
        [
            content.code(codes.LANGUAGE, codes.ENGLISH, "HAS CONCEPT MOD"),
            *(item for name in observers for item in _observer(name)),
            content.code(codes.PROCEDURE_REPORTED, codes.procedure_of(images[0].modality), "HAS CONCEPT MOD"),
            content.container(codes.IMAGE_LIBRARY, _library(images)),
            content.container(codes.IMAGING_MEASUREMENTS, [_group(marking) for marking in markings]),
        ],
        template="1500",
    )
    del root.RelationshipType
    dataset.update(root)
    return dataset


def _observer(name: str) -> list[Dataset]:
    words = name.translate(str.maketrans("\\^=", "   "))
    return [
        content.code(codes.OBSERVER_TYPE, codes.PERSON, "HAS OBS CONTEXT"),
        content.person(codes.PERSON_NAME, " ".join(words.split())[:64], "HAS OBS CONTEXT"),
    ]


def _library(images: Items[EvidenceImage]) -> list[Dataset]:
    """Return the images by modality, each instance once."""
    once = list({one.sop_instance_uid: one for one in images}.values())
    groups = groupby(sorted(once, key=lambda one: one.modality), key=lambda one: one.modality)
    return [
        content.container(
            codes.IMAGE_LIBRARY_GROUP,
            [
                content.code(codes.MODALITY, codes.modality_code(modality), "HAS ACQ CONTEXT"),
                *(_whole(one) for one in members),
            ],
        )
        for modality, members in groups
    ]


def _whole(one: EvidenceImage) -> Dataset:
    item = content.image(one.sop_class_uid, one.reference(), "CONTAINS")
    item.ReferencedSOPSequence[0].pop("ReferencedFrameNumber", None)
    return item


def _group(marking: ReportedMarking) -> Dataset:
    is_region = any(one.quantity is Quantity.AREA for one in marking.measures)
    note = marking.plane.note if marking.plane else _SCALE_NOTES.get(marking.scale.source, "")
    measures_length = any(one.unit not in ("deg", "") for one in marking.measures)
    children = [
        content.text(codes.TRACKING_IDENTIFIER, marking.label, "HAS OBS CONTEXT"),
        content.uid(codes.TRACKING_UID, marking.tracking_uid, "HAS OBS CONTEXT"),
    ]
    if is_region:
        children.append(_region(marking))
    children += _shape_numbers(marking, is_region) + _value_numbers(marking, is_region)
    if note and (measures_length or marking.plane):
        children.append(content.text(codes.COMMENT, note, "CONTAINS"))
    return content.container(codes.MEASUREMENT_GROUP, children, template="1410" if is_region else "1501")


def _shape_numbers(marking: ReportedMarking, is_region: bool) -> list[Dataset]:
    return [
        content.number(
            _NAMES[one.quantity],
            one.value,
            codes.UNITS[one.unit],
            () if is_region else _places(marking, one.quantity),
        )
        for one in marking.measures
    ]


def _value_numbers(marking: ReportedMarking, is_region: bool) -> list[Dataset]:
    """Return what the pixels say: of a region mean, deviation, least and greatest; of a probe its one value."""
    found = marking.statistics
    if found is None or found.mean is None:
        return []
    name = {"HU": codes.ATTENUATION, "SUV": codes.SUV}.get(marking.value_unit, codes.PIXEL_VALUE)
    unit = codes.UNITS[marking.value_unit]
    if not is_region:
        return [content.number(name, found.mean, unit, [_place(marking, "POINT", marking.points)])]
    derived: list[tuple[Code, float | None]] = [
        (codes.MEAN, found.mean),
        (codes.STANDARD_DEVIATION, found.standard_deviation),
        (codes.MINIMUM, found.minimum),
        (codes.MAXIMUM, found.maximum),
    ]
    return [
        content.number(name, value, unit, [content.code(codes.DERIVATION, how, "HAS CONCEPT MOD")])
        for how, value in derived
        if value is not None
    ]


def _places(marking: ReportedMarking, quantity: Quantity) -> list[Dataset]:
    """Return where a number was measured: the line, the lines, or the three points of an angle."""
    points = marking.points
    if quantity is Quantity.COBB_ANGLE:
        return [_place(marking, "POLYLINE", points[:2]), _place(marking, "POLYLINE", points[2:])]
    if quantity in (Quantity.LONG_AXIS, Quantity.SHORT_AXIS):
        lines = sorted((points[:2], points[2:]), key=lambda line: _length(line, marking.scale))
        return [_place(marking, "POLYLINE", lines[1 if quantity is Quantity.LONG_AXIS else 0])]
    return [_place(marking, "POLYLINE", points)]


def _length(line: Items[Point], scale: PixelScale) -> float:
    down, across = scale.spacing_mm or (scale.aspect, 1.0)
    (x0, y0), (x1, y1) = line
    return math.hypot((x1 - x0) * across, (y1 - y0) * down)


def _place(marking: ReportedMarking, graphic_type: str, points: Items[Point]) -> Dataset:
    if marking.plane is not None:
        place = marking.plane
        there = place.in_patient(points)
        return content.coordinates_3d(
            None, graphic_type, there, place.frame_of_reference_uid, "INFERRED FROM"
        )
    return content.coordinates(None, graphic_type, points, _selected(marking), "INFERRED FROM")


def _region(marking: ReportedMarking) -> Dataset:
    graphic_type, points = outline_of(marking.kind, marking.points, marking.scale.aspect)
    if marking.plane is not None:
        graphic_type, points = _without_circles(graphic_type, points)
        place = marking.plane
        there = place.in_patient(points)
        return content.coordinates_3d(
            codes.IMAGE_REGION, graphic_type, there, place.frame_of_reference_uid, "CONTAINS"
        )
    return content.coordinates(codes.IMAGE_REGION, graphic_type, points, _selected(marking), "CONTAINS")


def _without_circles(graphic_type: str, points: list[Point]) -> tuple[str, list[Point]]:
    """Return an outline in the words of three dimensions: an ellipse for a circle, a polygon for a closed line."""
    if graphic_type == "CIRCLE":
        (x, y), (px, py) = points
        radius = math.hypot(px - x, py - y)
        return "ELLIPSE", [(x - radius, y), (x + radius, y), (x, y - radius), (x, y + radius)]
    return {"POLYLINE": "POLYGON"}.get(graphic_type, graphic_type), points


def _selected(marking: ReportedMarking) -> Dataset:
    return content.image(marking.image.sop_class_uid, marking.image.reference(), "SELECTED FROM")


def outline_of(kind: MarkingKind, points: Items[Point], aspect: float) -> tuple[str, list[Point]]:
    """Return a region as Graphic Type and Graphic Data; a circle of pixels that are not square is an ellipse.

    References
    ----------
    PS3.3 C.18.6.1.2.
    """
    if kind is MarkingKind.ELLIPSE:
        return "ELLIPSE", list(points)
    if kind is MarkingKind.CIRCLE:
        if abs(aspect - 1) < 1e-4:
            return "CIRCLE", list(points)
        (x, y), (px, py) = points
        across = ((px - x) ** 2 + ((py - y) * aspect) ** 2) ** 0.5
        axes = [[(x - across, y), (x + across, y)], [(x, y - across / aspect), (x, y + across / aspect)]]
        major, minor = axes if aspect > 1 else reversed(axes)
        return "ELLIPSE", [*major, *minor]
    return "POLYLINE", [*points, points[0]]
