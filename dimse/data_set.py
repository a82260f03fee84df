"""A C-STORE's data set on its way in: bounded, in memory while small, and read back as a file of Part 10.

References
----------
PS3.7 9.3.1 (C-STORE), PS3.10 7.1 (DICOM File Meta Information)
"""

import io
import shutil
import struct
import tempfile
from pathlib import Path
from typing import BinaryIO

from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from typing_extensions import Buffer

from archive.exceptions import ArchiveError, InstanceTooLargeError, StorageError, StorageFullError
from dicomkit.identity import clean_text
from dicomkit.transfer_syntax import transfer_syntax
from dimse.exceptions import UnidentifiedDataSetError

# Names this software, not its release: it is part of every stored file, and a new release must not make a repeated
# instance look like another one.
IMPLEMENTATION_CLASS_UID = "2.25.93154401973789613757152211429529323046"

# A CT slice stays in memory; what is larger goes to an unnamed file.
MEMORY_BYTES = 2**20
# How much may be written between two looks at the free space.
_LOOK_EVERY_BYTES = 16 * 2**20
# Both UIDs stand within the first few hundred bytes of a data set.
_START_BYTES = 2**16


class ReceivedDataSet(io.BytesIO):
    """Where pynetdicom writes the fragments of one data set; it accepts nothing but a BytesIO.

    A failure is kept rather than raised, because the rest of the message must still be read before it can be
    answered: from then on fragments are dropped.

    Parameters
    ----------
    folder
        For data sets too large for memory. The file there has no name, so nothing is left behind by a crash.
    limit_bytes
        A longer data set is refused.
    min_free_bytes
        With less free space than this, nothing is written to ``folder``.
    """

    def __init__(self, *, folder: Path, limit_bytes: int, min_free_bytes: int) -> None:
        super().__init__()
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._min_free_bytes = min_free_bytes
        self._file: BinaryIO | None = None
        self._look_at_bytes = MEMORY_BYTES
        self.size_bytes = 0
        self.failure: ArchiveError | None = None

    def write(self, fragment: Buffer, /) -> int:
        """Take the next fragment."""
        length = memoryview(fragment).nbytes
        self.size_bytes += length
        if self.failure is None:
            try:
                self._write(fragment)
            except ArchiveError as error:
                self.failure = error
            except OSError:
                self.failure = StorageFullError("The disk for data that is being received is full.")
            if self.failure:
                self._forget()
        return length

    def contents(self) -> BinaryIO:
        """Return the whole data set, open for reading from its start."""
        source: BinaryIO = self._file or io.BytesIO(self.getbuffer())
        source.seek(0)
        return source

    def close(self) -> None:
        """Give memory and disk back."""
        self._forget()
        super().close()

    def _write(self, fragment: Buffer) -> None:
        if self.size_bytes > self._limit_bytes:
            raise InstanceTooLargeError(f"The data set is larger than {self._limit_bytes // 2**20} MiB.")
        if self.size_bytes > self._look_at_bytes:
            self._look_at_bytes = self.size_bytes + _LOOK_EVERY_BYTES
            if shutil.disk_usage(self._folder).free < self._min_free_bytes:
                raise StorageFullError("The disk for data that is being received is almost full.")
        if self._file is None and self.size_bytes > MEMORY_BYTES:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- lives as long as this object
            self._file.write(self.getbuffer())
            self._empty_memory()
        if self._file is None:
            super().write(fragment)
        else:
            self._file.write(fragment)

    def _empty_memory(self) -> None:
        self.seek(0)
        self.truncate()

    def _forget(self) -> None:
        if not self.closed:
            self._empty_memory()
        if self._file is not None:
            self._file.close()
            self._file = None


class _MetaThenDataSet(io.RawIOBase):
    """The File Meta Information followed by the data set, without a copy of either."""

    def __init__(self, meta: bytes, data_set: BinaryIO) -> None:
        super().__init__()
        self._parts: list[BinaryIO] = [io.BytesIO(meta), data_set]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        while self._parts:
            part = self._parts[0].read(view.nbytes)
            if part:
                view[: len(part)] = part
                return len(part)
            self._parts.pop(0)
        return 0


def as_part10(
    data_set: ReceivedDataSet, *, sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str
) -> BinaryIO:
    """Return the data set as a DICOM file: our File Meta Information, then the sender's own bytes.

    The File Meta Information holds what identifies the object and nothing else: no time, no sender, no release. The
    same data set sent again, by whomever, in the same transfer syntax, is the same file.

    References
    ----------
    PS3.10 7.1, table 7.1-1
    """
    elements = b"".join(
        (
            struct.pack("<HH2sHI2s", 0x0002, 0x0001, b"OB", 0, 2, b"\0\1"),
            _uid_element(0x0002, sop_class_uid),
            _uid_element(0x0003, sop_instance_uid),
            _uid_element(0x0010, transfer_syntax_uid),
            _uid_element(0x0012, IMPLEMENTATION_CLASS_UID),
        )
    )
    group_length = struct.pack("<HH2sHI", 0x0002, 0x0000, b"UL", 4, len(elements))
    meta = b"\0" * 128 + b"DICM" + group_length + elements
    return io.BufferedReader(_MetaThenDataSet(meta, data_set.contents()), buffer_size=2**18)


def _uid_element(element: int, uid: str) -> bytes:
    value = uid.encode("ascii", "replace")
    value += b"\0" * (len(value) % 2)
    return struct.pack("<HH2sH", 0x0002, element, b"UI", len(value)) + value


def sop_uids(data_set: ReceivedDataSet, *, transfer_syntax_uid: str) -> tuple[str, str]:
    """Return the SOP Class UID and SOP Instance UID that a data set carries, read from its start only.

    Raises
    ------
    UnidentifiedDataSetError
        One of them is missing, or the start cannot be read in the agreed transfer syntax.
    StorageError
        The received bytes cannot be read back.
    """
    syntax = transfer_syntax(transfer_syntax_uid)
    try:
        start = io.BytesIO(data_set.contents().read(_START_BYTES))
    except OSError as error:
        raise StorageError("What was received cannot be read back.") from error
    try:
        found = read_dataset(start, syntax.implicit_vr, syntax.little_endian, stop_when=_after_sop_instance)
    except (EOFError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError,
            NotImplementedError, struct.error, OverflowError, MemoryError) as error:  # fmt: skip
        raise UnidentifiedDataSetError("The start of the data set cannot be read.") from error
    uids = clean_text(found, "SOPClassUID", 65), clean_text(found, "SOPInstanceUID", 65)
    if not all(uids):
        raise UnidentifiedDataSetError("The data set has no SOP Class UID or no SOP Instance UID.")
    return uids


def _after_sop_instance(tag: BaseTag, vr: str | None, length: int) -> bool:
    return int(tag) > 0x00080018
