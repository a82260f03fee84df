"""A blob store in a folder of a local or mounted file system."""

import errno
import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archive.exceptions import (
    BlobNotFoundError,
    InstanceTooLargeError,
    StorageError,
    StorageFullError,
    UnreadableSourceError,
)
from archive.storage.base import StagedBlob
from archive.storage.keys import blob_path

_COPY_BYTES = 2**20
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FilesystemBlobStore:
    """Blobs as files, written by: temporary file, fsync, rename, fsync of the folder.

    Parameters
    ----------
    root
        The folder of the store; made when it is missing.
    min_free_bytes
        With less free space than this, nothing more is taken in.
    """

    def __init__(self, root: Path, *, min_free_bytes: int = 0) -> None:
        self._root = root
        self._staging = root / "staging"
        self._min_free_bytes = min_free_bytes

    def stage(self, source: BinaryIO, *, limit_bytes: int) -> StagedBlob:
        """See BlobStore."""
        with _translated_errors():
            self._staging.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._staging).free < self._min_free_bytes:
                raise StorageFullError("The archive's disk is almost full; free space or add storage.")
            path = self._staging / uuid.uuid4().hex
            try:
                return self._copy(source, path, limit_bytes)
            except BaseException:
                path.unlink(missing_ok=True)
                raise

    def _copy(self, source: BinaryIO, path: Path, limit_bytes: int) -> StagedBlob:
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as file:
            while chunk := _read(source):
                size += len(chunk)
                if size > limit_bytes:
                    raise InstanceTooLargeError(f"The file is larger than {limit_bytes // 2**20} MiB.")
                digest.update(chunk)
                file.write(chunk)
        return StagedBlob(path, digest.hexdigest(), size)

    def keep(self, staged: Sequence[StagedBlob]) -> None:
        """See BlobStore. Folders are flushed once for all the blobs that went into them."""
        with _translated_errors():
            folders: set[Path] = set()
            for blob in staged:
                target = self._root / blob_path(blob.sha256)
                folders |= _make_folder(target.parent)
                _flush(blob.path)
                blob.path.replace(target)
                folders.add(target.parent)
            for folder in folders:
                _flush(folder)

    def discard(self, staged: StagedBlob) -> None:
        """See BlobStore."""
        staged.path.unlink(missing_ok=True)

    def open(self, sha256: str) -> BinaryIO:
        """See BlobStore."""
        try:
            return (self._root / blob_path(sha256)).open("rb")
        except FileNotFoundError:
            raise BlobNotFoundError(f"The bytes of blob {sha256} are missing from the store.") from None

    def iter_keys(self) -> Iterator[str]:
        """See BlobStore."""
        for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            yield path.name

    def discard_older_than(self, age_seconds: float) -> int:
        """See BlobStore."""
        removed = 0
        for path in self._staging.glob("*"):
            if path.stat().st_mtime < time.time() - age_seconds:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def is_writable(self) -> bool:
        """See BlobStore."""
        try:
            self._staging.mkdir(parents=True, exist_ok=True)
            probe = self._staging / f"probe-{uuid.uuid4().hex}"
            probe.write_bytes(b"?")
            probe.unlink()
        except OSError:
            return False
        return shutil.disk_usage(self._staging).free >= self._min_free_bytes


def _read(source: BinaryIO) -> bytes:
    """Read on, and tell a source that fails from a disk of ours that fails."""
    try:
        return source.read(_COPY_BYTES)
    except OSError as error:
        raise UnreadableSourceError(f"It cannot be read to its end ({error.strerror}).") from error


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFullError("The archive's disk is full; free space or add storage.") from error
        raise StorageError(f"The archive could not write to its disk ({error.strerror}).") from error


def _make_folder(folder: Path) -> set[Path]:
    """Create a folder and its parents; return the folders that got a new entry, which must be flushed too."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return {one.parent for one in missing}


def _flush(path: Path) -> None:
    """Wait until a file, or the entries of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
