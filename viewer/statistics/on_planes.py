"""Statistics of a region on a plane or slab through a volume, from the values that the tiles of that plane show.

Between voxels these are interpolated linearly in all three directions, as `dicomkit.reformat_sampling` says; along the
axes of the volume, where a plane meets voxels, they are the stored values. Of a slab they are of its maximum, minimum
or mean, as it was shown when the mark was drawn.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from django.utils.translation import gettext_noop

from common.tasks import TaskName
from dicomkit.geometry import ImagePlane, Vector
from dicomkit.marking import MarkingKind
from dicomkit.reformat import MOST_PIXELS, ReformatPlane, slab_offsets_mm
from dicomkit.reformat_sampling import slices_needed
from dicomkit.reformat_voxels import Projection
from dicomkit.region_shapes import Point
from dicomkit.region_statistics import region_statistics
from viewer.exceptions import InvalidTileRequestError
from viewer.models import Annotation
from viewer.statistics.request import STATISTICS_VERSION, MeasuringRequest
from viewer.tiles.cache import CachedPicture
from viewer.volumes.render import RenderableVolume
from viewer.volumes.request import MOST_POINTS, MOST_SLAB_MM, perpendicular_plane
from viewer.volumes.series import SeriesVolume, current_volume

Orientation = tuple[float, float, float, float, float, float]

_NOT_TOLD = gettext_noop(
    "This mark was kept before it was noted how its plane was made, so its values are not measured again. Change the "
    "mark, and it is noted."
)


@dataclass(frozen=True)
class PlaneStatisticsRequest(MeasuringRequest):
    """A region on a plane through a series.

    Attributes
    ----------
    content
        Of the volume, see `viewer.volumes.series.content_of`.
    slab_mm, projection
        Thickness, 0 for a thin plane, and what becomes of the values within it.
    """

    task = TaskName.MEASURE_PLANE_REGION

    content: str
    series_instance_uid: str
    kind: MarkingKind
    points: tuple[Point, ...]
    position: Vector
    orientation: Orientation
    spacing_mm: tuple[float, float]
    rows: int
    columns: int
    slab_mm: float = 0.0
    projection: str = Projection.MAXIMUM

    def __post_init__(self) -> None:
        super().__post_init__()
        if max(self.rows, self.columns) > MOST_PIXELS or self.slab_mm > MOST_SLAB_MM:
            raise InvalidTileRequestError("The plane is larger, or its slab thicker, than planes are made.")

    def cache_key(self) -> str:
        """Return the key in the cache; it holds no patient data."""
        place = (self.position, self.orientation, self.spacing_mm, self.rows, self.columns)
        plane = hashlib.sha256(repr((place, self.slab_mm, str(self.projection))).encode()).hexdigest()[:32]
        return f"plane-statistics:{STATISTICS_VERSION}:{self.content}:{plane}:{self.drawn()}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        lists = {name: tuple(arguments[name]) for name in ("position", "orientation", "spacing_mm")}
        kind, points = MarkingKind(arguments["kind"]), tuple((x, y) for x, y in arguments["points"])
        return cls(**{**arguments, **lists, "kind": kind, "points": points})


def volume_of_mark(annotation: Annotation) -> SeriesVolume:
    """Return the volume that a mark on a plane was drawn in, as it is now.

    Raises
    ------
    NotAVolumeError
        The series forms no volume, or none any more.
    RenderingUnavailableError
        It changes at this moment.
    """
    group = (annotation.plane or {}).get("group", 0)
    return current_volume(annotation.instance.series.series_instance_uid, group=group)


def plane_statistics_request(annotation: Annotation, volume: SeriesVolume) -> PlaneStatisticsRequest:
    """Return what to ask of a region that was drawn on a plane.

    Parameters
    ----------
    annotation
        With a plane; selected with the series of its instance.
    volume
        See `volume_of_mark`.

    Raises
    ------
    InvalidTileRequestError
        It is not known what values the plane had, or it is too large; the message says so.
    """
    plane: dict[str, Any] = annotation.plane or {}
    slab_mm, projection = plane["thickness_mm"] or 0.0, plane.get("projection")
    if (slab_mm and projection is None) or (volume.groups and "group" not in plane):
        raise InvalidTileRequestError(_NOT_TOLD)
    request = PlaneStatisticsRequest(
        content=volume.content,
        series_instance_uid=annotation.instance.series.series_instance_uid,
        kind=MarkingKind(annotation.kind),
        points=tuple((float(x), float(y)) for x, y in annotation.points),
        position=tuple(plane["position"]),
        orientation=tuple(plane["orientation"]),
        spacing_mm=tuple(plane["spacing_mm"]),
        rows=plane["rows"],
        columns=plane["columns"],
        slab_mm=slab_mm,
        projection=projection or Projection.MAXIMUM,
    )
    _, offsets_mm = plane_of_region(volume, request)
    if len(offsets_mm) * request.rows * request.columns > MOST_POINTS:
        raise InvalidTileRequestError("A slab of this plane must be thinner, or its pixels larger.")
    return request


def plane_of_region(
    volume: SeriesVolume, request: PlaneStatisticsRequest
) -> tuple[ReformatPlane, tuple[float, ...]]:
    """Return the plane that a region lies on and where its slab is sampled: exactly as for the tiles of that plane."""
    first, second = request.orientation[:3], request.orientation[3:]
    for stack in volume.planes.values():
        if (stack.first.plane.row_direction, stack.first.plane.column_direction) == (first, second):
            plane, step_mm = ImagePlane(request.position, first, second), stack.step_mm
            break
    else:
        plane = perpendicular_plane(request.position, request.orientation)
        step_mm = min(*volume.geometry.spacing_mm, volume.geometry.slice_spacing_mm)
    offsets_mm = slab_offsets_mm(request.slab_mm, step_mm=step_mm)
    return ReformatPlane(plane, request.spacing_mm, request.rows, request.columns), offsets_mm


def slices_of_region(volume: SeriesVolume, request: PlaneStatisticsRequest) -> range:
    """Return the slices that must be there before a region can be measured."""
    plane, offsets_mm = plane_of_region(volume, request)
    return slices_needed(volume.geometry, plane, offsets_mm=offsets_mm)


def measured_on_plane(renderable: RenderableVolume, request: PlaneStatisticsRequest) -> CachedPicture:
    """Return the statistics as JSON. The slices that they need are there."""
    plane, offsets_mm = plane_of_region(renderable.volume, request)
    volume = renderable.volume
    found = region_statistics(
        renderable.sampled(plane, offsets_mm, Projection(request.projection)).level(0),
        kind=request.kind,
        points=request.points,
        spacing_mm=request.spacing_mm,
        factor=volume.suv_factor or 1.0,
    )
    unit = "SUV" if volume.suv_factor else volume.value_units
    return CachedPicture(json.dumps(asdict(found) | {"unit": unit}, separators=(",", ":")).encode())
