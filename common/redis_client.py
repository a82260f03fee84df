"""The connection to Redis or Valkey that broker, tile cache and live events share."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings


@cache
def redis_client() -> "redis.Redis":
    """Return this process's pooled client. Values are bytes."""
    return redis.Redis.from_url(settings.PACS_REDIS_URL, socket_connect_timeout=2, socket_timeout=10)


def new_async_redis_client() -> "redis.asyncio.Redis":
    """Return a client for one event loop; the caller closes it."""
    return redis.asyncio.Redis.from_url(settings.PACS_REDIS_URL, socket_connect_timeout=2)
