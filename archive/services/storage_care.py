"""Housekeeping of the blob store."""

from archive.storage import blob_store

# A write that is older than this was interrupted: no upload lasts so long between its bytes and its rows.
_INTERRUPTED_AFTER_SECONDS = 24 * 3600.0


def discard_interrupted_writes() -> int:
    """Remove temporary files that no running write owns any more; return how many that were."""
    return blob_store().discard_older_than(_INTERRUPTED_AFTER_SECONDS)
