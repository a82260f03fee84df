"""Rendered tiles in Redis: a byte budget, one renderer at a time for each tile, and waking those who wait for it.

The budget is kept by the cache itself, whatever the server is set to, because the same server holds the task queue,
which must never be evicted.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import redis
from django.conf import settings

from common.redis_client import redis_client

_RECENCY, _TOTAL = "tiles:recency", "tiles:bytes"
# A failed rendering is not tried again for this long; the picture may become readable by an upgrade.
_FAILURE_SECONDS = 300
# A renderer that has not finished by then is believed dead, and somebody else may try.
_CLAIM_SECONDS = 60
_WAKE_SECONDS = 5

# KEYS: entry, recency, total. ARGV: value, now in ms, budget in bytes. One script, so that the total is always true.
_PUT = """
local before = redis.call('ZSCORE', KEYS[2], KEYS[1]) and redis.call('STRLEN', KEYS[1]) or 0
redis.call('SET', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], KEYS[1])
local total = redis.call('INCRBY', KEYS[3], #ARGV[1] - before)
while total > tonumber(ARGV[3]) do
  local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
  if not oldest then
    redis.call('SET', KEYS[3], 0)
    break
  end
  local size = redis.call('STRLEN', oldest)
  redis.call('DEL', oldest)
  total = redis.call('DECRBY', KEYS[3], size)
end
return total
"""
# KEYS: as above. ARGV: value, seconds. A failure expires by itself and is not counted; what it replaces is no longer.
_PUT_FAILURE = """
if redis.call('ZREM', KEYS[2], KEYS[1]) == 1 then
  redis.call('DECRBY', KEYS[3], redis.call('STRLEN', KEYS[1]))
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
"""


# KEYS: as above.
_DROP = """
local size = redis.call('STRLEN', KEYS[1])
redis.call('DEL', KEYS[1])
if redis.call('ZREM', KEYS[2], KEYS[1]) == 1 then
  redis.call('DECRBY', KEYS[3], size)
end
"""
_KEYS_AT_ONCE = 1000


@dataclass(frozen=True)
class CachedPicture:
    """What the cache holds of a tile: the picture, or why there is none.

    Attributes
    ----------
    png
        Empty when the picture could not be made; contours are JSON instead.
    default_window
        "<center> <width> <function>" of the frame's first or automatic window; empty where it has none.
    problem
        Why it cannot be displayed, in words for a radiologist.
    is_incomplete
        The file is cut off, and the picture shows what there is.
    """

    png: bytes = b""
    default_window: str = ""
    problem: str = ""
    is_incomplete: bool = False

    def to_bytes(self) -> bytes:
        """Return the entry as stored: one line of JSON, then the picture."""
        return json.dumps([self.default_window, self.problem, self.is_incomplete]).encode() + b"\n" + self.png

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the entry that `to_bytes` wrote."""
        line, _, png = data.partition(b"\n")
        return cls(png, *json.loads(line))


class TileCache:
    """The cache, over one Redis client."""

    def __init__(self, client: "redis.Redis", *, budget_bytes: int) -> None:
        self._client = client
        self._budget_bytes = budget_bytes
        self._put = client.register_script(_PUT)
        self._put_failure = client.register_script(_PUT_FAILURE)
        self._drop = client.register_script(_DROP)

    def get(self, key: str) -> CachedPicture | None:
        """Return an entry and mark it as used, in one round trip."""
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.get(key)
            pipeline.zadd(_RECENCY, {key: _now_ms()}, xx=True)
            data = pipeline.execute()[0]
        return None if data is None else CachedPicture.from_bytes(data)

    def missing(self, keys: list[str]) -> list[str]:
        """Return those keys that have no entry."""
        with self._client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.exists(key)
            return [key for key, exists in zip(keys, pipeline.execute(), strict=True) if not exists]

    def put(self, key: str, picture: CachedPicture) -> None:
        """Store an entry, dropping those unused for longest if the budget is exceeded, and wake who waits for it."""
        if picture.problem:
            self._put_failure(keys=[key, _RECENCY, _TOTAL], args=[picture.to_bytes(), _FAILURE_SECONDS])
        else:
            self._put(keys=[key, _RECENCY, _TOTAL], args=[picture.to_bytes(), _now_ms(), self._budget_bytes])
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.delete(f"claim:{key}")
            pipeline.lpush(f"ready:{key}", 1)
            pipeline.expire(f"ready:{key}", _WAKE_SECONDS)
            pipeline.execute()

    def forget(self, contents: Iterable[str]) -> None:
        """Remove all entries that are made of certain contents, which their keys name. Goes through the whole cache."""
        wanted = [content.encode() for content in contents]
        for key, _ in self._client.zscan_iter(_RECENCY, count=_KEYS_AT_ONCE):
            if any(content in key for content in wanted):
                self._drop(keys=[key, _RECENCY, _TOTAL])

    def claim(self, key: str) -> bool:
        """Return whether the caller is the one to have this tile rendered; others only wait for it."""
        return bool(self._client.set(f"claim:{key}", 1, nx=True, ex=_CLAIM_SECONDS))

    def release(self, key: str) -> None:
        """Give a claim back, when the rendering could not be asked for."""
        self._client.delete(f"claim:{key}")

    def wait(self, key: str, *, seconds: float) -> CachedPicture | None:
        """Wait until an entry is there, at most so long, and return it."""
        if self._client.blpop([f"ready:{key}"], timeout=seconds) is not None:
            # Pass the sign on: several readers may wait for the same tile.
            with self._client.pipeline(transaction=False) as pipeline:
                pipeline.lpush(f"ready:{key}", 1)
                pipeline.expire(f"ready:{key}", _WAKE_SECONDS)
                pipeline.execute()
        return self.get(key)

    def once_in(self, seconds: int, name: str) -> bool:
        """Return True the first time within so many seconds that this name is asked for."""
        return bool(self._client.set(f"once:{name}", 1, nx=True, ex=seconds))


def tile_cache() -> TileCache:
    """Return the cache that the settings describe."""
    return TileCache(redis_client(), budget_bytes=settings.PACS_TILE_CACHE_BYTES)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
