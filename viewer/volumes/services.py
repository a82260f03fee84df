"""What the render processes do for volumes: fill them, and render planes that a reader waits for or will come to.

A task decodes slices for a moment only and sends itself again, so that the tiles of other readers have their turn. On
several machines the tasks of one volume wander, and each machine fills its own copy; a plane needs one that has its slices.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from common.redis_client import redis_client
from common.tasks import TaskName, send_now
from dicomkit.errors import NotAVolumeError
from viewer.exceptions import VolumeStoreFullError
from viewer.tiles.cache import CachedPicture, tile_cache
from viewer.tiles.render import or_problem
from viewer.volumes.block import BlockRequest, block_picture
from viewer.volumes.render import RenderableVolume, render_plane_tile, slices_of_request
from viewer.volumes.request import PlaneRequest, damaged_key
from viewer.volumes.series import SeriesVolume, content_of, group_of, series_volume
from viewer.volumes.slices import fill
from viewer.volumes.store import StoredVolume, volume_store

logger = logging.getLogger(__name__)

# Volumes that a process holds open; each costs addresses, not memory.
_MOST_OPEN = 4
# How long a process rests before it asks again for slices that others are decoding.
_BUSY_SECONDS = 0.02
# The workers are called to help with a volume at most once in this time.
_CALL_SECONDS = 10
# Planes that one task renders ahead before it makes room for others.
_PLANES_PER_TASK = 4
_DAMAGED_SECONDS = 24 * 3600

_open: OrderedDict[str, RenderableVolume] = OrderedDict()


def render_requested_plane(request: PlaneRequest) -> None:
    """Render a tile of a plane into the cache, or decode some of the slices that it needs and try again."""
    key = request.cache_key()
    cache = tile_cache()
    if not cache.missing([key]):
        return
    try:
        renderable = opened_volume(request.series_instance_uid, request.tile.sha256)
    except (NotAVolumeError, VolumeStoreFullError) as error:
        cache.put(key, CachedPicture(problem=str(error)))
        return
    if renderable is None:
        # The series has changed, and nobody asks for what it was.
        cache.release(key)
    elif has_slices(renderable, slices_of_request(renderable.volume, request)):
        cache.put(key, render_plane_tile(renderable, request))
    else:
        call_helpers(request.series_instance_uid, request.tile.sha256)
        send_now(TaskName.RENDER_PLANE, **request.as_task_arguments())


def render_requested_block(request: BlockRequest) -> None:
    """Make the block of a volume and put it into the cache, or decode some of its slices and try again."""
    key = request.cache_key()
    cache = tile_cache()
    if not cache.missing([key]):
        return
    try:
        renderable = opened_volume(request.series_instance_uid, request.content)
    except (NotAVolumeError, VolumeStoreFullError) as error:
        cache.put(key, CachedPicture(problem=str(error)))
        return
    if renderable is None:
        cache.release(key)
    elif has_slices(renderable, [range(renderable.volume.geometry.slices)]):
        cache.put(key, or_problem(lambda: block_picture(renderable)))
    else:
        call_helpers(request.series_instance_uid, request.content)
        send_now(TaskName.RENDER_BLOCK, **request.as_task_arguments())


def build_volume(series_instance_uid: str, content: str) -> None:
    """Decode some slices of a volume that are missing on this machine, and go on as long as there are any."""
    renderable = _opened_or_logged(series_instance_uid, content)
    if renderable is None:
        return
    everything = range(renderable.volume.geometry.slices)
    if fill(renderable.volume, renderable.stored, everything) and renderable.stored.missing(everything):
        send_now(TaskName.BUILD_VOLUME, series_instance_uid=series_instance_uid, content=content)
    _tell_damaged(renderable)


def warm_planes(request: dict[str, Any], indexes: list[int]) -> None:
    """Render a tile of further planes of a stack ahead, as far as their slices are there."""
    asked = PlaneRequest.from_task_arguments(request)
    renderable = _opened_or_logged(asked.series_instance_uid, asked.tile.sha256)
    if renderable is None:
        return
    cache = tile_cache()
    now, later = indexes[:_PLANES_PER_TASK], indexes[_PLANES_PER_TASK:]
    wanted = {one.cache_key(): one for one in map(asked.at_index, now)}
    for key in cache.missing(list(wanted)):
        needed = slices_of_request(renderable.volume, wanted[key])
        if not any(renderable.stored.missing(part) for part in needed):
            cache.put(key, render_plane_tile(renderable, wanted[key]))
    if later:
        send_now(TaskName.WARM_PLANES, request=request, indexes=later)


def opened_volume(series_instance_uid: str, content: str) -> RenderableVolume | None:
    """Return a volume with its voxels on this machine; None where the series has another content by now.

    Raises
    ------
    NotAVolumeError, VolumeStoreFullError
        There is none, or no room for it; the message says why.
    """
    held = _open.pop(content, None)
    if held is None or not held.stored.is_current():
        volume = series_volume(series_instance_uid, content=content)
        if volume is None:
            return None
        held = RenderableVolume(volume, _stored(series_instance_uid, volume))
    _open[content] = held
    while len(_open) > _MOST_OPEN:
        _open.popitem(last=False)
    return held


def _stored(series_instance_uid: str, volume: SeriesVolume) -> StoredVolume:
    return volume_store().open(volume.content, volume.geometry.shape, series_instance_uid=series_instance_uid)


def drop_stale_volumes() -> None:
    """Remove the volumes on this machine, and their planes, whose series has other images by now or is gone."""
    stored = volume_store()
    stale = [
        content
        for content, series_instance_uid in stored.contents().items()
        if content != content_of(series_instance_uid, group=group_of(content))
    ]
    for content in stale:
        stored.forget(content)
    if stale:
        tile_cache().forget(stale)
        logger.info("%d volumes of former images were removed", len(stale))


def _opened_or_logged(series_instance_uid: str, content: str) -> RenderableVolume | None:
    try:
        return opened_volume(series_instance_uid, content)
    except (NotAVolumeError, VolumeStoreFullError) as error:
        logger.warning("series %s has no volume: %s", series_instance_uid, error)
        return None


def has_slices(renderable: RenderableVolume, needed: Sequence[range]) -> bool:
    """Decode some of the slices that a tile needs and that are missing; tell whether all are there now."""
    stored = renderable.stored
    has_filled = False
    for part in needed:
        if stored.missing(part):
            has_filled |= fill(renderable.volume, stored, part)
    if not any(stored.missing(part) for part in needed):
        _tell_damaged(renderable)
        return True
    if not has_filled:
        time.sleep(_BUSY_SECONDS)
    return False


def call_helpers(series_instance_uid: str, content: str) -> None:
    """Have all workers help to fill a volume."""
    if tile_cache().once_in(_CALL_SECONDS, f"build:{content}"):
        for _ in range(settings.PACS_WORKERS):
            send_now(TaskName.BUILD_VOLUME, series_instance_uid=series_instance_uid, content=content)


def _tell_damaged(renderable: RenderableVolume) -> None:
    count = len(renderable.stored.damaged())
    if count:
        redis_client().set(damaged_key(renderable.volume.content), count, ex=_DAMAGED_SECONDS)
