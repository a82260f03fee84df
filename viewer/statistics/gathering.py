"""Statistics of many regions at once: all are asked for before any is waited for."""

import time
from collections.abc import Sequence

import redis

from common.tasks import TaskQueueUnavailableError, send_now
from viewer.exceptions import RenderingUnavailableError
from viewer.statistics.request import MeasuringRequest
from viewer.tiles.cache import CachedPicture, tile_cache

# How long all of them together are waited for.
PATIENCE_SECONDS = 3.0


def gather_statistics(requests: Sequence[MeasuringRequest]) -> list[CachedPicture] | None:
    """Return the statistics in the order of the requests, or None while workers still compute some.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    """
    try:
        cache = tile_cache()
        keys = [request.cache_key() for request in requests]
        missing = set(cache.missing(keys))
        for request in requests:
            key = request.cache_key()
            if key in missing and cache.claim(key):
                send_now(request.task, **request.as_task_arguments())
        until = time.monotonic() + PATIENCE_SECONDS
        for key in missing:
            cache.wait(key, seconds=max(0.01, until - time.monotonic()))
        found = [cache.get(key) for key in keys]
    except (redis.RedisError, TaskQueueUnavailableError) as error:
        raise RenderingUnavailableError("The tile cache or the task queue cannot be reached.") from error
    known = [one for one in found if one is not None]
    return known if len(known) == len(requests) else None
