"""The blob store of this installation."""

from functools import cache

from django.conf import settings

from archive.storage.base import BlobStore
from archive.storage.filesystem import FilesystemBlobStore


@cache
def blob_store() -> BlobStore:
    """Return the store that the settings name."""
    return FilesystemBlobStore(settings.PACS_BLOB_DIR, min_free_bytes=settings.PACS_MIN_FREE_BYTES)
