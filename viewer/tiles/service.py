"""From a tile request to an answer: from the cache, or rendered by a worker while the reader waits a moment."""

import redis

from common.tasks import TaskName, TaskQueueUnavailableError, send_now
from viewer.exceptions import RenderingUnavailableError
from viewer.tiles.cache import CachedPicture, TileCache, tile_cache
from viewer.tiles.request import TileRequest

# How long an answer waits for a worker. Longer would hold a connection of the browser that other tiles need.
PATIENCE_SECONDS = 1.5
# A stack is rendered ahead around an image at most once in this time.
_WARM_AGAIN_SECONDS = 30


def fetch_tile(
    request: TileRequest, *, series_instance_uid: str, sop_instance_uid: str
) -> CachedPicture | None:
    """Return a tile, or None while it is being rendered. The caller has checked that the user may see the study.

    A miss also has the stack around this image rendered ahead.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    try:
        cache = tile_cache()
        found = cache.get(request.cache_key())
        if found is not None:
            return found
        found = _rendered(cache, request.cache_key(), TaskName.RENDER_TILE, **request.as_task_arguments())
        if cache.once_in(_WARM_AGAIN_SECONDS, f"warm:{series_instance_uid}:{sop_instance_uid}"):
            send_now(
                TaskName.WARM_STACK,
                series_instance_uid=series_instance_uid,
                sop_instance_uid=sop_instance_uid,
            )
        return found
    except (redis.RedisError, TaskQueueUnavailableError) as error:
        raise RenderingUnavailableError("The tile cache or the task queue cannot be reached.") from error


def fetch_thumbnail(key: str, series_instance_uid: str) -> CachedPicture | None:
    """Return the thumbnail of a series, or None while it is being rendered.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    return fetch_picture(key, TaskName.RENDER_THUMBNAIL, series_instance_uid=series_instance_uid)


def fetch_marks(key: str, *, sha256: str, frame_number: int, state_sha256: str = "") -> CachedPicture | None:
    """Return what lies over a frame, or None while it is being rendered.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    return fetch_picture(
        key, TaskName.RENDER_MARKS, sha256=sha256, frame_number=frame_number, state_sha256=state_sha256
    )


def fetch_region(key: str, **arguments: object) -> CachedPicture | None:
    """Return what a region shows on an image, or None while it is being rendered.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    return fetch_picture(key, TaskName.RENDER_REGION, **arguments)


def fetch_picture(key: str, task: TaskName, **arguments: object) -> CachedPicture | None:
    """Return the picture of a cache key, or None while the task of that name renders it.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    try:
        cache = tile_cache()
        return cache.get(key) or _rendered(cache, key, task, **arguments)
    except (redis.RedisError, TaskQueueUnavailableError) as error:
        raise RenderingUnavailableError("The tile cache or the task queue cannot be reached.") from error


def _rendered(cache: TileCache, key: str, task: TaskName, **arguments: object) -> CachedPicture | None:
    """Have one worker render, whoever asks, and wait for it."""
    if cache.claim(key):
        try:
            send_now(task, **arguments)
        except TaskQueueUnavailableError:
            cache.release(key)
            raise
    return cache.wait(key, seconds=PATIENCE_SECONDS)
