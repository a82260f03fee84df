"""Measurements that reports give in the patient, laid on the images and planes of the series of their frame of reference.

A drawing that lies in one image is drawn there. Of any other, the image nearest to its middle shows a point. A flat one is
drawn on a plane through the volume as well, where the series forms one.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Min

from archive.models import Instance, Study
from dicomkit.errors import NotAVolumeError
from dicomkit.geometry import ImagePlane, Vector
from dicomkit.image_attributes import frame_attributes
from dicomkit.marking import MarkingKind
from dicomkit.reformat import PlaneStack, ReformatPlane
from dicomkit.spatial_marking import centre_of, farthest_mm, plane_through, points_on
from viewer.exceptions import RenderingUnavailableError
from viewer.stack import StackImage, plane_of, stack_of_series
from viewer.volumes.series import content_of, current_volume

JSONObject = dict[str, Any]

# Part of the key of what was placed: counted up whenever the same report is placed another way.
_PLACING_VERSION = 2
_REMEMBERED_SECONDS = 7 * 24 * 3600
# Of one frame of reference in a study; further ones do not show the drawings of reports.
_MOST_SERIES = 8
_THIN_MM = 1.0


def placed_markings(study: Study, report_sha256: str, spatial: list[JSONObject]) -> list[JSONObject]:
    """Return what a report says of places in the patient, as drawings on images and planes of the study.

    Parameters
    ----------
    spatial
        The `dicomkit.sr.reading.SpatialMarking` of the report, as JSON.

    Returns
    -------
    kind, points, frame_number, sop_instance_uid, series_instance_uid, plane and text of each.
    """
    wanted = {one["frame_of_reference_uid"] for one in spatial}
    places = [pair for pair in _series_with_places(study) if pair[1] in wanted] if wanted else []
    return [
        drawing
        for series_instance_uid, frame_of_reference_uid in places[:_MOST_SERIES]
        for drawing in _placed(
            series_instance_uid,
            report_sha256,
            [one for one in spatial if one["frame_of_reference_uid"] == frame_of_reference_uid],
        )
    ]


def _series_with_places(study: Study) -> list[tuple[str, str]]:
    """Return the series of a study with images, and the frame of reference of the first image of each."""
    first_of = (
        Instance.objects.filter(series__study=study, number_of_frames__gt=0, image_attributes__isnull=False)
        .values("series")
        .annotate(first=Min("pk"))
        .values_list("first", flat=True)
    )
    rows = Instance.objects.filter(pk__in=list(first_of)).order_by("series__series_number", "series")
    pairs = rows.values_list("series__series_instance_uid", "image_attributes")
    return [(uid, frame_attributes(found or {}, 0)["frame_of_reference_uid"]) for uid, found in pairs]


def _placed(series_instance_uid: str, report_sha256: str, spatial: list[JSONObject]) -> list[JSONObject]:
    """Return drawings on one series, from memory where they were placed on the same images before."""
    key = f"sr3d:{_PLACING_VERSION}:{report_sha256}:{content_of(series_instance_uid)}"
    known = cache.get(key)
    if known is None:
        target = _target(series_instance_uid)
        known = json.dumps([drawing for one in spatial for drawing in target.drawings(one)])
        cache.set(key, known, _REMEMBERED_SECONDS)
    found: list[JSONObject] = json.loads(known)
    return found


@dataclass(frozen=True)
class _Target:
    """A series that drawings are laid on: its images with places, and its stacks of planes where it is a volume."""

    series_instance_uid: str
    images: tuple[tuple[StackImage, ImagePlane, tuple[float, float]], ...]
    stacks: tuple[PlaneStack, ...]
    reach_mm: float
    """Half the thickness of its images, or half the distance between them."""

    def drawings(self, marking: JSONObject) -> list[JSONObject]:
        points: list[Vector] = [(x, y, z) for x, y, z in marking["points"]]
        drawn = [self._on_image(marking, points), self._on_plane(marking, points)]
        return [one for one in drawn if one is not None]

    def _on_image(self, marking: JSONObject, points: list[Vector]) -> JSONObject | None:
        if not self.images:
            return None
        centre = centre_of(points)
        image, plane, spacing_mm = min(self.images, key=lambda one: farthest_mm([centre], one[1]))
        if farthest_mm([centre], plane) > self.reach_mm:
            return None
        is_in_image = farthest_mm(points, plane) <= self.reach_mm
        return self._drawing(
            marking,
            MarkingKind(marking["kind"]) if is_in_image else MarkingKind.PROBE,
            points_on(points if is_in_image else [centre], plane, spacing_mm=spacing_mm),
        ) | {"sop_instance_uid": image.sop_instance_uid, "frame_number": image.frame_number, "plane": None}

    def _on_plane(self, marking: JSONObject, points: list[Vector]) -> JSONObject | None:
        plane = plane_through(points, self.stacks) if self.stacks else None
        if plane is None:
            return None
        drawn = points_on(points, plane.plane, spacing_mm=plane.spacing_mm)
        return self._drawing(marking, MarkingKind(marking["kind"]), drawn) | {
            "sop_instance_uid": "",
            "frame_number": 1,
            "plane": _plane_body(plane),
        }

    def _drawing(
        self, marking: JSONObject, kind: MarkingKind, points: tuple[tuple[float, float], ...]
    ) -> JSONObject:
        return {
            "series_instance_uid": self.series_instance_uid,
            "kind": kind.value,
            "points": [list(point) for point in points],
            "text": marking["text"],
        }


def _target(series_instance_uid: str) -> _Target:
    images = tuple(
        (image, plane, (spacing[0], spacing[1]))
        for image in stack_of_series(series_instance_uid)
        if (plane := plane_of(image.attributes)) and (spacing := image.attributes["pixel_spacing_mm"])
    )
    try:
        stacks = tuple(current_volume(series_instance_uid).planes.values())
    except (NotAVolumeError, RenderingUnavailableError):
        stacks = ()
    return _Target(series_instance_uid, images, stacks, _reach_mm([(one, plane) for one, plane, _ in images]))


def _reach_mm(images: list[tuple[StackImage, ImagePlane]]) -> float:
    if not images:
        return 0.0
    thick = images[0][0].attributes["slice_thickness_mm"] or _THIN_MM
    positions = sorted({round(plane.slice_position_mm, 2) for _, plane in images})
    apart = (positions[-1] - positions[0]) / max(1, len(positions) - 1)
    return max(thick, apart) / 2 + 1e-3


def _plane_body(plane: ReformatPlane) -> JSONObject:
    return {
        "position": list(plane.plane.position),
        "orientation": [*plane.plane.row_direction, *plane.plane.column_direction],
        "spacing_mm": list(plane.spacing_mm),
        "rows": plane.rows,
        "columns": plane.columns,
        "thickness_mm": None,
        "projection": None,
        "group": 0,
    }
