"""Decoding slices into a volume, a few at a time, under the same limits as tiles."""

import contextlib
import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Self

from django.conf import settings

from archive.exceptions import BlobNotFoundError
from archive.selectors import open_blob
from dicomkit.errors import DicomKitError, FrameDecodeError
from dicomkit.pixels.display import display_frame
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.packing import PackedFrame
from dicomkit.reformat_voxels import Voxels
from dicomkit.volume_packing import to_voxels
from viewer.tiles.attempts import DecodingAttempts, Permission, decoding_attempts
from viewer.tiles.limits import time_limit
from viewer.volumes.series import SeriesVolume, VolumeSlice
from viewer.volumes.store import StoredVolume

logger = logging.getLogger(__name__)

# Slices that one process claims at a time, and how long it goes on before others have their turn.
_SLICES_AT_ONCE = 16
_SECONDS_AT_ONCE = 0.15


def fill(volume: SeriesVolume, stored: StoredVolume, wanted: range) -> bool:
    """Decode some of the wanted slices that are missing, those that no other process is about.

    Returns
    -------
    Whether there was anything to do here; if not, others are doing the rest.
    """
    until = time.monotonic() + _SECONDS_AT_ONCE
    is_busy = False
    with SliceReader() as reader:
        for start in range(wanted.start, wanted.stop, _SLICES_AT_ONCE):
            part = range(start, min(start + _SLICES_AT_ONCE, wanted.stop))
            if not stored.missing(part):
                continue
            with stored.claimed(part) as is_mine:
                if not is_mine:
                    continue
                for index in stored.missing(part):
                    is_busy |= _fill_slice(volume, stored, index, reader)
                    if time.monotonic() > until:
                        return True
    return is_busy


class SliceReader(AbstractContextManager["SliceReader"]):
    """Reads slices one after the other, and opens a file once for all its frames that follow each other."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._sha256 = ""
        self._source: FrameSource | None = None
        self._attempts: DecodingAttempts = decoding_attempts()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    @contextlib.contextmanager
    def permitted(self, sha256: str) -> Iterator[Permission]:
        """Have a file decoded within the block, if that is permitted, under the limit of time."""
        permission, attempt = self._attempts.begin(sha256)
        if permission is not Permission.GRANTED:
            yield permission
            return
        try:
            with time_limit(settings.PACS_RENDER_SECONDS):
                yield permission
        finally:
            self._attempts.end(sha256, attempt)

    def frame(self, one: VolumeSlice) -> PackedFrame:
        """Return a decoded frame.

        Raises
        ------
        DicomKitError, BlobNotFoundError
            It cannot be decoded, has no grey values of 16 bits, or is lost.
        """
        if self._source is None or self._sha256 != one.sha256:
            self._opened.close()
            file = self._opened.enter_context(open_blob(one.sha256))
            self._source = self._opened.enter_context(FrameSource.open(file))
            self._sha256 = one.sha256
        frame = display_frame(self._source, one.frame_number - 1)
        if not isinstance(frame, PackedFrame):
            raise FrameDecodeError("The image has no grey values of 16 bits.")
        return frame

    def forget(self) -> None:
        """Close the file that was read last."""
        self._opened.close()
        self._source = None

    def __enter__(self) -> Self:
        return self


def _fill_slice(volume: SeriesVolume, stored: StoredVolume, index: int, reader: SliceReader) -> bool:
    """Decode one slice; return False where it must be tried later."""
    one = volume.slices[index]
    with reader.permitted(one.sha256) as permission:
        if permission is Permission.BUSY:
            return False
        voxels = _voxels(volume, one, reader) if permission is Permission.GRANTED else None
    if voxels is None:
        stored.put_damaged(index)
    else:
        stored.put(index, voxels)
    return True


def _voxels(volume: SeriesVolume, one: VolumeSlice, reader: SliceReader) -> Voxels | None:
    """Return the voxels of a slice, or None for one that cannot be decoded: the others are worth showing."""
    try:
        voxels = to_voxels(reader.frame(one), volume.packing, factor=one.factor)
    except (DicomKitError, BlobNotFoundError, MemoryError) as error:
        reader.forget()
        logger.warning(
            "frame %d of blob %s is left out of its volume: %s", one.frame_number, one.sha256, error
        )
        return None
    except Exception:
        reader.forget()
        logger.exception("frame %d of blob %s is left out of its volume", one.frame_number, one.sha256)
        return None
    return voxels if voxels.shape == volume.geometry.shape[1:] else None
