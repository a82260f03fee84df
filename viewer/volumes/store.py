"""Voxels of volumes as files that all processes of a machine map into memory, within a budget of bytes.

A folder is named by the content of the series, and holds the voxels and the state of each slice. Whoever decodes a slice
writes its voxels first and its state afterwards; two who do so write the same. Locks on ranges of slices only spare double
work, and end with their process. A folder is made elsewhere and renamed, so there is never half of one.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from dicomkit.reformat_voxels import PADDING, Voxels
from viewer.exceptions import VolumeStoreFullError

_VOXELS, _STATES = "voxels", "states"
# Holds the UID of the series, so that a volume is recognised when the series has changed or is gone.
_SERIES = "series"
_MISSING, _PRESENT, _DAMAGED = 0, 1, 2
_UNFINISHED = "unfinished-"
# Of a process that ended while it made a folder.
_UNFINISHED_SECONDS = 3600
_BYTES_PER_VOXEL = 2
_NO_ROOM = gettext_noop("The server has no room on its disk for the volume of this series.")


class StoredVolume:
    """The voxels of one volume, (slices, rows, columns) of uint16, filled slice by slice."""

    def __init__(self, folder: Path, shape: tuple[int, int, int]) -> None:
        self._folder = folder
        self.voxels: Voxels = np.asarray(np.memmap(folder / _VOXELS, np.uint16, "r+", shape=shape))
        self._states: NDArray[np.uint8] = np.asarray(
            np.memmap(folder / _STATES, np.uint8, "r+", shape=shape[:1])
        )
        # Closing any handle of this file would give up the locks of the process, so this one stays open.
        self._file = os.open(folder / _STATES, os.O_RDWR)
        weakref.finalize(self, os.close, self._file)

    def is_current(self) -> bool:
        """Tell whether the folder still holds these files, and mark it as used now."""
        try:
            now = (self._folder / _STATES).stat()
            os.utime(self._folder)
        except FileNotFoundError:
            return False
        # A file that is open keeps its number, so a new one has another.
        return os.path.samestat(now, os.fstat(self._file))

    def missing(self, wanted: range) -> list[int]:
        """Return those slices that nobody has decoded yet."""
        states = self._states[wanted.start : wanted.stop]
        return [wanted.start + int(index) for index in np.flatnonzero(states == _MISSING)]

    def damaged(self) -> list[int]:
        """Return the slices that could not be decoded."""
        return [int(index) for index in np.flatnonzero(self._states == _DAMAGED)]

    def put(self, index: int, voxels: Voxels) -> None:
        """Store a slice."""
        self.voxels[index] = voxels
        self._states[index] = _PRESENT

    def put_damaged(self, index: int) -> None:
        """Have a slice that cannot be decoded shown as padding."""
        self.voxels[index] = PADDING
        self._states[index] = _DAMAGED

    @contextlib.contextmanager
    def claimed(self, wanted: range) -> Iterator[bool]:
        """Tell whether this process alone fills a range of slices while it is in the block."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, len(wanted), wanted.start)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, len(wanted), wanted.start)


class VolumeStore:
    """The volumes of this machine."""

    def __init__(self, folder: Path, *, budget_bytes: int, spared_bytes: int = 0) -> None:
        self._folder = folder
        self._budget_bytes = budget_bytes
        self._spared_bytes = spared_bytes

    def open(
        self, content: str, shape: tuple[int, int, int], *, series_instance_uid: str = ""
    ) -> StoredVolume:
        """Return the volume of that content, with all slices missing where it is new.

        Raises
        ------
        VolumeStoreFullError
            The disk has no room for it.
        """
        folder = self._folder / content
        while True:
            if not folder.exists():
                self._create(folder, shape, series_instance_uid)
            # Another process may need the room just now.
            with contextlib.suppress(FileNotFoundError):
                opened = StoredVolume(folder, shape)
                if opened.is_current():
                    return opened

    def contents(self) -> dict[str, str]:
        """Return the volumes that are here, by content, with the series of each."""
        found = {}
        for file in self._folder.glob(f"*/{_SERIES}"):
            with contextlib.suppress(FileNotFoundError):
                found[file.parent.name] = file.read_text()
        return found

    def forget(self, content: str) -> None:
        """Remove a volume. Who has it mapped keeps it until it is done with it."""
        shutil.rmtree(self._folder / content, ignore_errors=True)

    def _create(self, folder: Path, shape: tuple[int, int, int], series_instance_uid: str) -> None:
        size_bytes = _BYTES_PER_VOXEL * shape[0] * shape[1] * shape[2]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_room(size_bytes)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        try:
            _reserve(unfinished / _VOXELS, size_bytes)
            _reserve(unfinished / _STATES, shape[0])
            (unfinished / _SERIES).write_text(series_instance_uid)
            unfinished.rename(folder)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            # Somebody else was faster.
            if not folder.exists():
                raise VolumeStoreFullError(_NO_ROOM) from error

    def _make_room(self, size_bytes: int) -> None:
        """Remove the volumes that were unused for longest until another one of that size fits.

        It fits within the budget, and leaves free on the disk what the archive must be able to take in.
        """
        kept: list[tuple[float, int, Path]] = []
        for folder in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                used = folder.stat().st_mtime
                if not folder.name.startswith(_UNFINISHED):
                    kept.append((used, (folder / _VOXELS).stat().st_size, folder))
                elif time.time() - used > _UNFINISHED_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
        total = sum(size for _, size, _ in kept)
        for _, size, folder in sorted(kept):
            if total + size_bytes <= self._budget_bytes and self._leaves_enough_free(size_bytes):
                return
            # Who has it mapped keeps it until it is done with it.
            shutil.rmtree(folder, ignore_errors=True)
            total -= size
        if not self._leaves_enough_free(size_bytes):
            raise VolumeStoreFullError(_NO_ROOM)

    def _leaves_enough_free(self, size_bytes: int) -> bool:
        return shutil.disk_usage(self._folder).free - size_bytes >= self._spared_bytes


def volume_store() -> VolumeStore:
    """Return the store that the settings describe."""
    # The archive stops to take in images at its limit, so what can be made again stops earlier.
    return VolumeStore(
        settings.PACS_VOLUME_DIR,
        budget_bytes=settings.PACS_VOLUME_CACHE_BYTES,
        spared_bytes=2 * settings.PACS_MIN_FREE_BYTES,
    )


def _reserve(path: Path, size_bytes: int) -> None:
    """Make a file of zeros whose room is there: a mapped file on a full disk would end the process that writes to it."""
    with path.open("xb") as file:
        os.posix_fallocate(file.fileno(), 0, size_bytes)
