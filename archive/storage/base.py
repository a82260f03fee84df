"""What the archive asks of a blob store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class StagedBlob:
    """Bytes that were received in full but not yet made durable.

    Attributes
    ----------
    path
        A temporary file that may be read, and that vanishes when the blob is kept or discarded.
    sha256
        Of the content, in hexadecimal; it becomes the key.
    size_bytes
        Of the content.
    """

    path: Path
    sha256: str
    size_bytes: int


class BlobStore(Protocol):
    """A place for immutable bytes, each found by its SHA-256."""

    def stage(self, source: BinaryIO, *, limit_bytes: int) -> StagedBlob:
        """Copy a stream into the store's temporary area, hashing it on the way.

        Raises
        ------
        InstanceTooLargeError
            The stream is longer than ``limit_bytes``.
        UnreadableSourceError
            The stream failed.
        StorageFullError, StorageError
            The bytes could not be written.
        """

    def keep(self, staged: Sequence[StagedBlob]) -> None:
        """Make staged blobs durable under their keys. When this returns they survive a power cut.

        Raises
        ------
        StorageFullError, StorageError
            At least one blob is not durable; none may be acknowledged.
        """

    def discard(self, staged: StagedBlob) -> None:
        """Forget a staged blob; harmless when it is gone already."""

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob for reading.

        Raises
        ------
        BlobNotFoundError
            No blob has this key.
        """

    def iter_keys(self) -> Iterator[str]:
        """Yield the key of every blob."""

    def discard_older_than(self, age_seconds: float) -> int:
        """Remove what interrupted writes left in the temporary area; return how many files that were."""

    def is_writable(self) -> bool:
        """Tell whether the store can take a blob now."""
