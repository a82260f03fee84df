"""The key layout of the blob store."""

from pathlib import PurePosixPath


def blob_path(sha256: str) -> PurePosixPath:
    """Return the relative path of a blob.

    The key is the content's own hash, so no path is ever built from a value that a sender chose, the same bytes are
    stored once, and every blob can be checked against its name. Two levels of 256 folders keep folders small: ten
    million blobs make about 150 files in each.
    """
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("A blob key is 64 hexadecimal digits.")
    return PurePosixPath(sha256[:2], sha256[2:4], sha256)
