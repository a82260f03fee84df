"""Blob stores: bytes in, bytes out, durable before anybody is told so."""

from archive.storage.base import BlobStore, StagedBlob
from archive.storage.configured import blob_store

__all__ = ["BlobStore", "StagedBlob", "blob_store"]
