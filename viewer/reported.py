"""The annotations of a study as what a measurement report says of them."""

import json
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import override

from dicomkit.evidence import EvidenceImage
from dicomkit.image_attributes import frame_attributes
from dicomkit.marking import REGION_KINDS, MarkingKind
from dicomkit.measurement import measures_of
from dicomkit.pixel_scale import CalibrationLine, PixelScale, pixel_scale
from dicomkit.region_statistics import RegionStatistics
from dicomkit.sr.report import ReportedMarking, ReportedPlane
from viewer.models import Annotation, KeyImage
from viewer.reported_planes import ReportedPlanes, frame_of_reference_of, scale_of_plane
from viewer.statistics.gathering import gather_statistics
from viewer.statistics.request import MeasuringRequest, StatisticsRequest

MEASURING_KINDS = REGION_KINDS | {
    MarkingKind.LENGTH,
    MarkingKind.BIDIRECTIONAL,
    MarkingKind.ANGLE,
    MarkingKind.COBB,
}


# What is stored speaks the language of the site, whoever asked for it.
@override(settings.LANGUAGE_CODE)
def reported_markings(annotations: Sequence[Annotation]) -> list[ReportedMarking] | None:
    """Return those annotations that measure something, with their numbers; None while workers compute some of them.

    Parameters
    ----------
    annotations
        Of one study, selected with instance, series and blob, calibration lines among them.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    lines = calibrations_of(annotations)
    planes = ReportedPlanes()
    measuring = [one for one in annotations if can_be_reported(one)]
    asked = {one.pk: _statistics_request(one, planes) for one in measuring}
    requests = {pk: request for pk, request in asked.items() if request is not None}
    gathered = gather_statistics(list(requests.values()))
    if gathered is None:
        return None
    values = {pk: json.loads(found.png) for pk, found in zip(requests, gathered, strict=True) if found.png}
    counts: dict[str, int] = {}
    markings = []
    for one in measuring:
        counts[one.kind] = counts.get(one.kind, 0) + 1
        label = one.text or f"{one.get_kind_display()} {counts[one.kind]}"
        where = _on_plane(one, planes) if one.plane else _on_image(one, lines.get(one.instance_id))
        markings.append(_marking(one, label, where, values.get(one.pk)))
    return [one for one in markings if one.measures or one.statistics is not None]


def can_be_reported(annotation: Annotation) -> bool:
    """Tell whether a report may speak of it: it measures, and its plane, if it has one, lies in a known patient."""
    is_somewhere = annotation.plane is None or frame_of_reference_of(annotation) != ""
    return annotation.kind in MEASURING_KINDS and is_somewhere


def calibrations_of(annotations: Sequence[Annotation]) -> dict[int, CalibrationLine]:
    """Return the newest calibration line of each instance, by the key of the instance."""
    lines = {}
    for one in sorted(annotations, key=lambda one: (one.changed_at, one.pk)):
        if one.kind == MarkingKind.CALIBRATION:
            assert one.length_mm is not None
            first, second = points_of_annotation(one)
            lines[one.instance_id] = CalibrationLine((first, second), one.length_mm)
    return lines


def points_of_annotation(annotation: Annotation) -> tuple[tuple[float, float], ...]:
    """Return its points as pairs."""
    return tuple((float(x), float(y)) for x, y in annotation.points)


def evidence_image(marked: Annotation | KeyImage) -> EvidenceImage:
    """Return the frame that something was drawn on or that was marked."""
    instance = marked.instance
    return EvidenceImage(
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        series_instance_uid=instance.series.series_instance_uid,
        modality=instance.series.modality,
        number_of_frames=instance.number_of_frames,
        frame_number=marked.frame_number,
    )


def _statistics_request(annotation: Annotation, planes: ReportedPlanes) -> MeasuringRequest | None:
    if annotation.kind not in REGION_KINDS:
        return None
    if annotation.plane:
        return planes.request(annotation)
    return StatisticsRequest(
        annotation.instance.blob.sha256,
        annotation.instance.sop_instance_uid,
        annotation.frame_number,
        MarkingKind(annotation.kind),
        points_of_annotation(annotation),
    )


def _on_image(annotation: Annotation, line: CalibrationLine | None) -> tuple[PixelScale, None]:
    assert annotation.instance.image_attributes is not None
    attributes = frame_attributes(annotation.instance.image_attributes, annotation.frame_number - 1)
    return pixel_scale(attributes, points_of_annotation(annotation), calibration=line), None


def _on_plane(annotation: Annotation, planes: ReportedPlanes) -> tuple[PixelScale, ReportedPlane]:
    return scale_of_plane(annotation), planes.plane(annotation, points_of_annotation(annotation))


def _marking(
    annotation: Annotation,
    label: str,
    where: tuple[PixelScale, ReportedPlane | None],
    values: dict[str, float | int | str | None] | None,
) -> ReportedMarking:
    kind, points = MarkingKind(annotation.kind), points_of_annotation(annotation)
    scale, plane = where
    told = dict(values or {})
    unit = str(told.pop("unit", ""))
    statistics = RegionStatistics(**told) if told else None  # type: ignore[arg-type]  # as the worker wrote it
    return ReportedMarking(
        kind=kind,
        points=points,
        image=evidence_image(annotation),
        tracking_uid=annotation.annotation_uid,
        label=label,
        scale=scale,
        measures=measures_of(kind, points, scale),
        statistics=statistics if statistics is not None and statistics.mean is not None else None,
        value_unit=unit,
        plane=plane,
    )
