"""Marks on planes through volumes as a measurement report says them: places in the patient, and the images around."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from archive.models import Instance, Series
from dicomkit.errors import NotAVolumeError
from dicomkit.evidence import EvidenceImage
from dicomkit.geometry import ImagePlane
from dicomkit.image_attributes import frame_attributes
from dicomkit.marking import REGION_KINDS
from dicomkit.pixel_scale import PixelScale, ScaleSource
from dicomkit.reformat import ReformatPlane
from dicomkit.reformat_sampling import slices_needed
from dicomkit.reformat_voxels import Projection
from dicomkit.region_shapes import Point
from dicomkit.sr.report import ReportedPlane
from viewer.exceptions import InvalidTileRequestError
from viewer.models import Annotation
from viewer.statistics.on_planes import PlaneStatisticsRequest, plane_statistics_request, volume_of_mark
from viewer.volumes.series import SeriesVolume

_PROJECTED = {Projection.MAXIMUM: "maximum", Projection.MINIMUM: "minimum", Projection.MEAN: "mean"}


def frame_of_reference_of(annotation: Annotation) -> str:
    """Return the Frame of Reference UID that the plane of a mark lies in; "" where its series has none."""
    attributes = annotation.instance.image_attributes
    return str(frame_attributes(attributes, 0)["frame_of_reference_uid"]) if attributes else ""


class ReportedPlanes:
    """The planes of the marks of one study; what several marks need of a series is looked up once."""

    def __init__(self) -> None:
        self._series: dict[tuple[int, int], _MarkedSeries] = {}

    def request(self, annotation: Annotation) -> PlaneStatisticsRequest | None:
        """Return what to ask of a region; None for what is none, and where its values cannot be known.

        Raises
        ------
        RenderingUnavailableError
            The series changes at this moment.
        """
        volume = self._of(annotation).volume
        if volume is None or annotation.kind not in REGION_KINDS:
            return None
        try:
            return plane_statistics_request(annotation, volume)
        except InvalidTileRequestError:
            return None

    def plane(self, annotation: Annotation, points: Sequence[Point]) -> ReportedPlane:
        """Return where a mark lies."""
        place = annotation.plane or {}
        x, y, z = place["position"]
        plane = ImagePlane((x, y, z), tuple(place["orientation"][:3]), tuple(place["orientation"][3:]))
        spacing_mm = (place["spacing_mm"][0], place["spacing_mm"][1])
        around = ReformatPlane(plane, spacing_mm, place["rows"], place["columns"])
        return ReportedPlane(
            frame_of_reference_uid=frame_of_reference_of(annotation),
            plane=plane,
            spacing_mm=spacing_mm,
            images=self._of(annotation).images_of(_part_around(around, points)),
            note=_note(annotation) if self.request(annotation) is not None else "",
        )

    def _of(self, annotation: Annotation) -> "_MarkedSeries":
        key = (annotation.instance.series_id, (annotation.plane or {}).get("group", 0))
        if key not in self._series:
            self._series[key] = _MarkedSeries(annotation)
        return self._series[key]


def scale_of_plane(annotation: Annotation) -> PixelScale:
    """Return how large the pixels of the plane of a mark are."""
    down, across = (annotation.plane or {})["spacing_mm"]
    return PixelScale((down, across), down / across, ScaleSource.PATIENT)


@dataclass(frozen=True)
class _MarkedSeries:
    """A series with marks on planes through it; `mark` is one of them."""

    mark: Annotation

    @cached_property
    def volume(self) -> SeriesVolume | None:
        """The volume as it is now; None where the series forms none."""
        try:
            return volume_of_mark(self.mark)
        except NotAVolumeError:
            return None

    @cached_property
    def images(self) -> dict[str, Instance]:
        """The images that it is made of, by content."""
        instances = Instance.objects.filter(series_id=self.mark.instance.series_id, number_of_frames__gt=0)
        return {one.blob.sha256: one for one in instances.select_related("blob")}

    def images_of(self, plane: ReformatPlane) -> tuple[EvidenceImage, ...]:
        """Return the images that a plane goes through."""
        if self.volume is None:
            return ()
        needed = slices_needed(self.volume.geometry, plane)
        slices = [self.volume.slices[index] for index in needed]
        series = self.mark.instance.series
        return tuple(
            _evidence_image(self.images[one.sha256], series, one.frame_number)
            for one in slices
            if one.sha256 in self.images
        )


def _evidence_image(instance: Instance, series: Series, frame_number: int) -> EvidenceImage:
    return EvidenceImage(
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        series_instance_uid=series.series_instance_uid,
        modality=series.modality,
        number_of_frames=instance.number_of_frames,
        frame_number=frame_number,
    )


def _part_around(plane: ReformatPlane, points: Sequence[Point]) -> ReformatPlane:
    """Return the part of a plane that points lie in."""
    columns, rows = zip(*points, strict=True)
    left, top = math.floor(min(columns)), math.floor(min(rows))
    position = plane.plane.image_to_patient(left, top, spacing_mm=plane.spacing_mm)
    return replace(
        plane,
        plane=replace(plane.plane, position=position),
        rows=max(1, math.ceil(max(rows)) - top),
        columns=max(1, math.ceil(max(columns)) - left),
    )


def _note(annotation: Annotation) -> str:
    """Return what the values of a region on a plane are of."""
    place = annotation.plane or {}
    if not place["thickness_mm"]:
        return "Measured on a reformatted plane; values are interpolated linearly between voxels."
    how = _PROJECTED[Projection(place["projection"])]
    return f"Measured on a slab of {place['thickness_mm']:g} mm; values are the {how} through it."
