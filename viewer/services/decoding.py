"""Decode a stored file only where it has not ended render processes before, and within its time."""

import logging
import time
from collections.abc import Callable
from typing import BinaryIO

from django.conf import settings

from archive.exceptions import BlobNotFoundError
from archive.selectors import open_blob
from common.tasks import TaskName, send_now
from viewer.tiles.attempts import MOST_FAILURES, Permission, decoding_attempts
from viewer.tiles.cache import CachedPicture
from viewer.tiles.limits import time_limit
from viewer.tiles.render import is_decoded

logger = logging.getLogger(__name__)

# How long a process rests before it asks again for a file that another one is trying.
_BUSY_SECONDS = 0.02
_QUARANTINED = (
    "Decoding this image failed so badly three times that it was stopped: it took too long, too much memory, or broke "
    "the decoder. The stored file is unchanged; an administrator should look at it. It is tried again after a day."
)


def decoded_picture(
    sha256: str, frame_number: int, make: Callable[[BinaryIO], CachedPicture]
) -> CachedPicture | None:
    """Make a picture of a stored file, or an entry that says why there is none; None where it must be tried later."""
    if is_decoded(sha256, frame_number):
        return _made(sha256, make)
    attempts = decoding_attempts()
    permission, attempt = attempts.begin(sha256)
    if permission is Permission.BUSY:
        return None
    if permission is Permission.QUARANTINED:
        logger.error("blob %s has ended its render process %d times; it is set aside", sha256, MOST_FAILURES)
        return CachedPicture(problem=_QUARANTINED)
    try:
        with time_limit(settings.PACS_RENDER_SECONDS):
            return _made(sha256, make)
    finally:
        attempts.end(sha256, attempt)


def _made(sha256: str, make: Callable[[BinaryIO], CachedPicture]) -> CachedPicture:
    try:
        with open_blob(sha256) as file:
            return make(file)
    except BlobNotFoundError as error:
        return CachedPicture(problem=str(error))


def try_later(task: TaskName, **arguments: object) -> None:
    """Put a task behind what other readers wait for, and do not spin where nobody else waits."""
    time.sleep(_BUSY_SECONDS)
    send_now(task, **arguments)
