"""Find the fragments of each frame in encapsulated pixel data.

References
----------
PS3.5 A.4 and table A.4-1 (items, Basic Offset Table); PS3.3 C.7.6.3.1.8 (Extended Offset Table).
"""

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from dicomkit.errors import FrameDecodeError, FrameNotFoundError, PixelFloodError
from dicomkit.transfer_syntax import Decoder

_ITEM = 0xFFFEE000
_MAX_FRAGMENTS = 4_000_000
# A codestream that begins with one of these opens a frame: JPEG and JPEG-LS, JPEG 2000, JPEG XL, JP2 file format.
_FRAME_MAGIC: dict[Decoder, tuple[bytes, ...]] = {
    Decoder.JPEG: (b"\xff\xd8",),
    Decoder.JPEG_LS: (b"\xff\xd8",),
    Decoder.JPEG_2000: (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c\x6a\x50"),
    Decoder.HTJ2K: (b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0c\x6a\x50"),
    Decoder.JPEG_XL: (b"\xff\x0a", b"\x00\x00\x00\x0c\x4a\x58"),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """One fragment: offset of its first byte in the stream and its length in bytes."""

    offset: int
    length_bytes: int


@dataclass(frozen=True)
class EncapsulatedFrames:
    """Where each frame of an encapsulated pixel data element lies.

    `offset` is that of the Basic Offset Table's item. `extended_offsets` and `extended_lengths_bytes` are empty
    when the object has no Extended Offset Table.
    """

    stream: BinaryIO
    offset: int
    number_of_frames: int
    decoder: Decoder
    extended_offsets: Sequence[int] = ()
    extended_lengths_bytes: Sequence[int] = ()

    def read(self, frame_index: int, *, max_bytes: int) -> bytes:
        """Return the encoded bytes of one frame, its fragments joined.

        Raises
        ------
        FrameNotFoundError, FrameDecodeError, PixelFloodError
        """
        fragments = self._fragments_of(frame_index)
        if sum(fragment.length_bytes for fragment in fragments) > max_bytes:
            raise PixelFloodError("One compressed frame needs more memory than is allowed.")
        parts = []
        for fragment in fragments:
            self.stream.seek(fragment.offset)
            parts.append(self.stream.read(fragment.length_bytes))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _fragments_of(self, frame_index: int) -> list[Fragment]:
        first, table = self._basic_offset_table
        if len(self.extended_offsets) == self.number_of_frames == len(self.extended_lengths_bytes):
            # PS3.3 C.7.6.3.1.8: offsets count from the first byte after the Basic Offset Table's item.
            offset = first + self.extended_offsets[frame_index] + 8
            return [Fragment(offset, self.extended_lengths_bytes[frame_index])]
        if self._has_usable_table:
            end = first + table[frame_index + 1] if frame_index + 1 < len(table) else None
            fragments = _walk(self.stream, first + table[frame_index], end)
            if fragments:
                return fragments
        if frame_index >= len(self._scanned):
            raise FrameNotFoundError(f"Frame {frame_index + 1} is missing from the pixel data.")
        return self._scanned[frame_index]

    @cached_property
    def _has_usable_table(self) -> bool:
        table = self._basic_offset_table[1]
        return len(table) == self.number_of_frames and _is_increasing(table)

    @cached_property
    def _basic_offset_table(self) -> tuple[int, tuple[int, ...]]:
        self.stream.seek(self.offset)
        head = self.stream.read(8)
        if len(head) < 8 or _tag(head) != _ITEM:
            raise FrameDecodeError(
                "The compressed pixel data is damaged: it does not begin with an offset table."
            )
        (length,) = struct.unpack("<I", head[4:])
        data = self.stream.read(min(length, 4 * self.number_of_frames))
        return self.offset + 8 + length, struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    @cached_property
    def _scanned(self) -> list[list[Fragment]]:
        """The fragments of each frame without a usable table, found by a walk over all of them."""
        fragments = fragments_from(self.stream, self._basic_offset_table[0])
        if self.number_of_frames == 1:
            return [fragments]
        if len(fragments) != self.number_of_frames:
            return self._group_by_magic(fragments)
        return [[fragment] for fragment in fragments]

    def _group_by_magic(self, fragments: list[Fragment]) -> list[list[Fragment]]:
        magic = _FRAME_MAGIC.get(self.decoder)
        if magic is None:
            return [[fragment] for fragment in fragments]
        groups: list[list[Fragment]] = []
        for fragment in fragments:
            self.stream.seek(fragment.offset)
            if self.stream.read(8).startswith(magic) or not groups:
                groups.append([])
            groups[-1].append(fragment)
        return groups


def fragments_from(stream: BinaryIO, offset: int) -> list[Fragment]:
    """Return all fragments from the item at an offset on.

    Raises
    ------
    FrameDecodeError
        There are none.
    """
    fragments = _walk(stream, offset, None)
    if not fragments:
        raise FrameDecodeError("The compressed pixel data is empty.")
    return fragments


def _walk(stream: BinaryIO, offset: int, end: int | None) -> list[Fragment]:
    """Return the fragments from the item at `offset` up to `end`, or to the sequence delimiter."""
    fragments: list[Fragment] = []
    while (end is None or offset < end) and len(fragments) < _MAX_FRAGMENTS:
        stream.seek(offset)
        head = stream.read(8)
        if len(head) < 8 or _tag(head) != _ITEM:
            break
        (length,) = struct.unpack("<I", head[4:])
        fragments.append(Fragment(offset + 8, length))
        offset += 8 + length
    return fragments


def _tag(head: bytes) -> int:
    group, element = struct.unpack("<HH", head[:4])
    return int(group << 16 | element)


def _is_increasing(table: tuple[int, ...]) -> bool:
    return table[0] == 0 and all(before < after for before, after in itertools.pairwise(table))
