"""Which files may be decoded now: a file that ends its render process again and again is set aside.

An attempt is written down before it begins and struck out when the decoder comes back, with pixels or with an error.
What stands there although its process is gone is a process that the file has ended.
"""

import itertools
import os
import socket
import time
from enum import Enum, auto

import redis
from django.conf import settings

from common.redis_client import redis_client

# So often may a file end a process; not once only, because a process can also be ended by its machine.
MOST_FAILURES = 3
# A file is tried again after a day: the decoder may have been repaired by an upgrade.
_REMEMBERED_SECONDS = 24 * 3600
# How much longer than its time limit a process can be about its attempt, seconds.
_GRACE_SECONDS = 5
_numbers = itertools.count()


class Permission(Enum):
    """Whether a process may decode a file."""

    GRANTED = auto()
    BUSY = auto()
    """Another process is trying a file that is not known to be harmless; try again soon."""
    QUARANTINED = auto()


class DecodingAttempts:
    """The attempts at all files, shared by the render processes of all machines."""

    def __init__(self, client: "redis.Redis", *, limit_seconds: float) -> None:
        self._client = client
        self._overdue_seconds = limit_seconds + _GRACE_SECONDS
        self._host = socket.gethostname()

    def begin(self, sha256: str) -> tuple[Permission, str]:
        """Ask to decode a file; return the permission, and the name of the attempt where it was granted.

        As long as no frame of a file has been decoded, and after it has ended a process, one process at a time tries
        it, so that the others are free for other readers.
        """
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.hgetall(_attempts_key(sha256))
            pipeline.exists(_proven_key(sha256))
            attempts, is_proven = pipeline.execute()
        failures = sum(self._has_failed(name.decode(), float(begun)) for name, begun in attempts.items())
        if failures >= MOST_FAILURES:
            return Permission.QUARANTINED, ""
        if len(attempts) > failures and (failures or not is_proven):
            return Permission.BUSY, ""
        attempt = f"{self._host}:{os.getpid()}:{next(_numbers)}"
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.hset(_attempts_key(sha256), attempt, str(time.time()))
            pipeline.expire(_attempts_key(sha256), _REMEMBERED_SECONDS)
            pipeline.execute()
        return Permission.GRANTED, attempt

    def end(self, sha256: str, attempt: str) -> None:
        """Strike an attempt out: the decoder has come back."""
        with self._client.pipeline(transaction=False) as pipeline:
            pipeline.hdel(_attempts_key(sha256), attempt)
            pipeline.set(_proven_key(sha256), 1, ex=_REMEMBERED_SECONDS)
            pipeline.execute()

    def _has_failed(self, attempt: str, begun: float) -> bool:
        host, pid, _ = attempt.rsplit(":", 2)
        if time.time() - begun > self._overdue_seconds:
            return True
        return host == self._host and not _is_alive(int(pid))


def decoding_attempts() -> DecodingAttempts:
    """Return the attempts that the settings describe."""
    return DecodingAttempts(redis_client(), limit_seconds=settings.PACS_RENDER_SECONDS)


def _attempts_key(sha256: str) -> str:
    return f"decoding:{sha256}"


def _proven_key(sha256: str) -> str:
    return f"decoded:{sha256}"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
