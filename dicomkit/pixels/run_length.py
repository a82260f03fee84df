"""Run-length data that a fast decoder must not see, and what can still be had of it.

References
----------
PS3.5 annex G (RLE compression: header G.5, segments G.3.1, order of the bytes G.2).
"""

import itertools
import struct

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import FrameDecodeError

_HEADER_BYTES, _MAX_SEGMENTS = 64, 15


def has_sound_header(data: bytes, *, segments: int) -> bool:
    """Whether the header names that many segments, one behind the other and all inside of the data.

    imagecodecs 2026.3.6 reads where the header points to, also outside of the data, and takes its process down.
    """
    if len(data) < _HEADER_BYTES or segments > _MAX_SEGMENTS:
        return False
    count, *offsets = struct.unpack("<16I", data[:_HEADER_BYTES])
    ends = [_HEADER_BYTES, *offsets[:segments], len(data)]
    return count == segments and all(before <= after for before, after in itertools.pairwise(ends))


def decode_cut_planes(
    data: bytes, *, planes: int, bytes_per_sample: int, pixels: int
) -> NDArray[np.unsignedinteger]:
    """Decode what is there of a frame; samples that lack a byte are zero.

    Returns
    -------
    Unsigned integers of `bytes_per_sample` bytes, (planes, pixels).

    Raises
    ------
    FrameDecodeError
        When not even the first samples are there, or the header describes another image.
    """
    segments = planes * bytes_per_sample
    offsets = _segment_offsets(data, segments)
    samples = np.zeros((planes, pixels, bytes_per_sample), np.uint8)
    for plane in range(planes):
        whole = pixels
        for place in range(bytes_per_sample):
            index = plane * bytes_per_sample + place
            part = _unpack(data[offsets[index] : offsets[index + 1]], pixels)
            # The most significant byte comes first; in memory it is the last.
            samples[plane, : len(part), bytes_per_sample - 1 - place] = np.frombuffer(part, np.uint8)
            whole = min(whole, len(part))
        samples[plane, whole:] = 0
    if not samples[0].any():
        raise FrameDecodeError("The compressed image is cut off before its first pixels.")
    return samples.view(f"<u{bytes_per_sample}")[..., 0]


def _segment_offsets(data: bytes, segments: int) -> tuple[int, ...]:
    """Return where each segment begins, and the end of the data."""
    if len(data) < _HEADER_BYTES or segments > _MAX_SEGMENTS:
        raise FrameDecodeError("The compressed image is cut off before its first pixels.")
    count, *offsets = struct.unpack("<16I", data[:_HEADER_BYTES])
    if count != segments:
        raise FrameDecodeError(f"The compressed image has {count} segments, its header says {segments}.")
    return (*offsets[:segments], len(data))


def _unpack(segment: bytes, limit: int) -> bytes:
    """Undo PackBits until the segment, or the plane, ends."""
    unpacked, position = bytearray(), 0
    while position + 1 < len(segment) and len(unpacked) < limit:
        control = segment[position]
        if control < 128:
            unpacked += segment[position + 1 : position + 2 + control]
            position += 2 + control
        else:
            # 128 stands for nothing; from 129 on the next byte is repeated.
            unpacked += segment[position + 1 : position + 2] * (257 - control if control > 128 else 0)
            position += 2 if control > 128 else 1
    return bytes(unpacked[:limit])
