"""Frames of a video: MPEG-2, H.264 and HEVC streams that lie in the fragments of the pixel data.

A frame of a video is the difference to others, so a player goes forward from where it is, and from the start when it is
asked for an earlier frame. A seek would be faster, but in program streams it is not exact, and a frame number must
always mean the same picture.

References
----------
PS3.5 8.2.5 to 8.2.8 and A.4.5 to A.4.7 (one stream in all fragments, no offset table), PS3.3 A.32.5 (video objects).
"""

import io
import os
import struct
import weakref
from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import FrameDecodeError
from dicomkit.pixels.encapsulation import Fragment, fragments_from

# Players of the videos that this process showed last: a cine goes on where it is.
_MOST_PLAYERS = 2
_BUFFER_BYTES = 2**20

ReadAt = Callable[[int, int], bytes]


class VideoFrames:
    """The frames of one video.

    Parameters
    ----------
    stream
        Holds the encapsulated pixel data; a file of the operating system is read further after the stream was closed.
    offset
        Of the Basic Offset Table's item.
    """

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        self._stream = stream
        self._offset = offset

    def read(self, frame_index: int) -> NDArray[np.uint8]:
        """Return one frame as RGB, (rows, columns, 3).

        Raises
        ------
        FrameDecodeError
            The stream cannot be decoded, or ends before that frame.
        """
        return self._player().frame(frame_index)

    def _player(self) -> "_Player":
        key = _identity_of(self._stream)
        player = _players.pop(key, None) if key else None
        if player is None:
            player = _Player(self._fragments(), _reader_of(self._stream))
        if key:
            _players[key] = player
            while len(_players) > _MOST_PLAYERS:
                _players.popitem(last=False)
        return player

    def _fragments(self) -> list[Fragment]:
        self._stream.seek(self._offset)
        head = self._stream.read(8)
        if len(head) < 8:
            raise FrameDecodeError("The video is missing: the file ends before it.")
        (table_bytes,) = struct.unpack("<I", head[4:])
        return fragments_from(self._stream, self._offset + 8 + table_bytes)


class _Player:
    """A decoder and the frame that it stands at."""

    def __init__(self, fragments: list[Fragment], read_at: ReadAt) -> None:
        self._fragments = fragments
        self._read_at = read_at
        # Loaded by who shows a video: it costs every other process sixty megabytes.
        self._cv2: Any = import_module("cv2")
        self._start()

    def _start(self) -> None:
        cv2 = self._cv2
        self._stream = io.BufferedReader(_Joined(self._fragments, self._read_at), _BUFFER_BYTES)
        one_thread = [cv2.CAP_PROP_N_THREADS, 1]
        self._capture = cv2.VideoCapture(self._stream, cv2.CAP_FFMPEG, one_thread)
        if not self._capture.isOpened():
            raise FrameDecodeError("The video cannot be decoded.")
        self._next_index = 0
        self._shown: NDArray[np.uint8] | None = None

    def frame(self, frame_index: int) -> NDArray[np.uint8]:
        """Return a frame as RGB."""
        if self._shown is not None and frame_index == self._next_index - 1:
            return self._shown
        if frame_index < self._next_index:
            self._start()
        while self._next_index < frame_index:
            self._step(self._capture.grab(), frame_index)
        is_there, picture = self._capture.read()
        self._step(is_there, frame_index)
        shown: NDArray[np.uint8] = np.ascontiguousarray(picture[..., ::-1])
        self._shown = shown
        return shown

    def _step(self, is_there: bool, wanted_index: int) -> None:
        if not is_there:
            raise FrameDecodeError(
                f"The video ends or is damaged after frame {self._next_index}; frame {wanted_index + 1} is missing."
            )
        self._next_index += 1


_players: OrderedDict[tuple[int, ...], _Player] = OrderedDict()


class _Joined(io.RawIOBase):
    """The bytes of all fragments one after the other, without a copy of them."""

    def __init__(self, fragments: list[Fragment], read_at: ReadAt) -> None:
        super().__init__()
        self._read_at = read_at
        self._parts: list[tuple[int, Fragment]] = []
        self._length = 0
        for fragment in fragments:
            self._parts.append((self._length, fragment))
            self._length += fragment.length_bytes
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        for start, fragment in self._parts:
            inside = self._position - start
            if 0 <= inside < fragment.length_bytes:
                wanted = min(len(view), fragment.length_bytes - inside)
                data = self._read_at(fragment.offset + inside, wanted)
                view[: len(data)] = data
                self._position += len(data)
                return len(data)
        return 0


def _identity_of(stream: BinaryIO) -> tuple[int, ...] | None:
    """Return what tells a file from all others; None for bytes in memory."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _reader_of(stream: BinaryIO) -> ReadAt:
    """Return a way to read that leaves the stream's place alone and, for a file, outlives the stream."""
    if _identity_of(stream) is None:

        def read_memory(offset: int, length: int) -> bytes:
            stream.seek(offset)
            return stream.read(length)

        return read_memory
    return _FileReader(stream.fileno())


class _FileReader:
    """Reads a file at any place, through a handle of its own that is closed with this object."""

    def __init__(self, handle: int) -> None:
        self._handle = os.dup(handle)
        weakref.finalize(self, os.close, self._handle)

    def __call__(self, offset: int, length: int) -> bytes:
        return os.pread(self._handle, length, offset)
