"""What the pages ask: the volume of a series, and tiles of planes through it. The caller has checked the study."""

import redis

from common.redis_client import redis_client
from common.tasks import TaskName, TaskQueueUnavailableError, send_now
from dicomkit.errors import InvalidTileError
from dicomkit.reformat import PlaneName
from dicomkit.tiles import tile_rectangle
from viewer.exceptions import RenderingUnavailableError
from viewer.stack import nearest_first
from viewer.tiles.cache import CachedPicture, tile_cache
from viewer.tiles.service import fetch_picture
from viewer.volumes.render import plane_of_request
from viewer.volumes.request import OBLIQUE, PlaneRequest, damaged_key
from viewer.volumes.series import SeriesVolume

# Planes to either side of one that are rendered ahead, and how often around planes that lie close together.
_AHEAD = 32
_WARM_AGAIN_SECONDS = 30
_CLOSE_TOGETHER = 16


def exists(volume: SeriesVolume, request: PlaneRequest) -> bool:
    """Tell whether the volume has that plane and the plane that tile.

    Raises
    ------
    InvalidTileRequestError
        It has, but a slab of it would cost more than a picture may.
    """
    if request.plane != OBLIQUE and not 0 <= request.index < volume.planes[PlaneName(request.plane)].count:
        return False
    plane, _ = plane_of_request(volume, request)
    tile = request.tile
    try:
        tile_rectangle(plane.rows, plane.columns, level=tile.level, column=tile.column, row=tile.row)
    except InvalidTileError:
        return False
    return True


def fetch_plane(volume: SeriesVolume, request: PlaneRequest) -> CachedPicture | None:
    """Return a tile of a plane, or None while it is being rendered; has the planes around it rendered ahead.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    picture = fetch_picture(request.cache_key(), TaskName.RENDER_PLANE, **request.as_task_arguments())
    if picture is not None and not picture.problem and request.plane != OBLIQUE:
        try:
            _warm(volume, request)
        except (redis.RedisError, TaskQueueUnavailableError) as error:
            raise RenderingUnavailableError("The tile cache or the task queue cannot be reached.") from error
    return picture


def damaged_slices(content: str) -> int:
    """Return how many slices of a volume could not be decoded, as far as is known by now."""
    try:
        return int(redis_client().get(damaged_key(content)) or 0)
    except redis.RedisError:
        return 0


def _warm(volume: SeriesVolume, request: PlaneRequest) -> None:
    place = request.index // _CLOSE_TOGETHER
    if not tile_cache().once_in(_WARM_AGAIN_SECONDS, f"warm:{request.at_index(0).cache_key()}:{place}"):
        return
    count = volume.planes[PlaneName(request.plane)].count
    ahead = nearest_first(count, request.index)[1 : 2 * _AHEAD + 1]
    send_now(TaskName.WARM_PLANES, request=request.as_task_arguments(), indexes=ahead)
