"""Palette colour: an index per pixel, a red, green and blue table for the image.

References
----------
PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6 (descriptors and data), C.7.9 (Palette Color Lookup Table), C.7.9.2 (segmented).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidLookupTableError
from dicomkit.pixels.lookup_table import lut_entries
from dicomkit.pixels.numbers import floats

_CHANNELS = ("Red", "Green", "Blue")
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_MAX_ENTRIES = 0x10000


def read_palette(dataset: Dataset, *, is_signed: bool = False) -> tuple[int, NDArray[np.uint8]]:
    """Return the index of the first entry and the entries as 8-bit RGB, (entries, 3).

    Raises
    ------
    InvalidLookupTableError
        When a table is missing or cannot be used.
    """
    channels: list[NDArray[np.uint8]] = []
    first_mapped = 0
    for channel in _CHANNELS:
        descriptor = floats(dataset.get(f"{channel}PaletteColorLookupTableDescriptor"), count=3)
        if descriptor is None:
            raise InvalidLookupTableError(f"The {channel.lower()} palette of the image is missing.")
        count, first_mapped, bits = (int(number) for number in descriptor)
        count = count or _MAX_ENTRIES
        if is_signed and first_mapped > 0x7FFF:
            first_mapped -= 0x10000
        channels.append(_to_eight_bits(_entries(dataset, channel, count, bits), bits))
    if len({len(entries) for entries in channels}) != 1:
        raise InvalidLookupTableError("The red, green and blue palettes of the image differ in length.")
    return first_mapped, np.stack(channels, axis=-1)


def apply_palette(
    indices: NDArray[Any], *, first_mapped: int, entries: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return RGB, (rows, columns, 3); indices outside of the palette take its first or last entry."""
    positions = np.clip(indices.astype(np.int64) - first_mapped, 0, len(entries) - 1)
    return entries[positions]


def _entries(dataset: Dataset, channel: str, count: int, bits: int) -> NDArray[np.uint16]:
    is_big_endian = dataset.original_encoding[1] is False
    segmented = dataset.get(f"Segmented{channel}PaletteColorLookupTableData")
    if isinstance(segmented, bytes) and segmented:
        width = 1 if bits <= 8 and not is_big_endian and _looks_like_bytes(segmented) else 2
        dtype = np.dtype(np.uint8) if width == 1 else np.dtype(">u2" if is_big_endian else "<u2")
        codes = np.frombuffer(segmented[: len(segmented) // width * width], dtype)
        return _expand_segments([int(code) for code in codes], count)
    data = dataset.get(f"{channel}PaletteColorLookupTableData")
    return lut_entries(data, count=count, bits=bits, is_big_endian=is_big_endian)


def _looks_like_bytes(data: bytes) -> bool:
    """Whether 8-bit segments are written as bytes: as words every high byte of an 8-bit table would be zero."""
    return any(data[1::2])


def _expand_segments(codes: list[int], count: int) -> NDArray[np.uint16]:
    """Undo the segmentation of C.7.9.2: runs of entries, straight lines, and repeats of earlier segments."""
    entries: list[int] = []
    starts: list[int] = []
    position = 0
    while position + 1 < len(codes) and len(entries) < count:
        starts.append(position)
        position = _expand_segment(codes, position, entries, starts)
    if not entries:
        raise InvalidLookupTableError("The palette of the image is empty.")
    array = np.array(entries[:count], np.uint16)
    return np.pad(array, (0, count - len(array)), mode="edge")


def _expand_segment(codes: list[int], position: int, entries: list[int], starts: list[int]) -> int:
    """Append one segment's entries and return the position after it."""
    opcode, length = codes[position], codes[position + 1]
    if opcode == _DISCRETE:
        entries.extend(codes[position + 2 : position + 2 + length])
        return position + 2 + length
    if opcode == _LINEAR and entries and position + 2 < len(codes):
        start, end = entries[-1], codes[position + 2]
        entries.extend(start + round((end - start) * step / length) for step in range(1, length + 1))
        return position + 3
    if opcode == _INDIRECT and position + 3 < len(codes):
        # The offset counts bytes from the start of the data; codes are words, so half of that is the position.
        target = (codes[position + 2] | codes[position + 3] << 16) // 2
        if target not in starts[:-1]:
            raise InvalidLookupTableError("The palette of the image is damaged.")
        for index in range(starts.index(target), min(starts.index(target) + length, len(starts) - 1)):
            if codes[starts[index]] == _INDIRECT:
                raise InvalidLookupTableError("The palette of the image is damaged.")
            _expand_segment(codes, starts[index], entries, starts)
        return position + 4
    raise InvalidLookupTableError("The palette of the image is damaged.")


def _to_eight_bits(entries: NDArray[np.uint16], bits: int) -> NDArray[np.uint8]:
    # Some writers declare 16 bits and store 8-bit numbers: their largest entry gives them away.
    if bits <= 8 or int(entries.max()) <= 0xFF:
        return (entries & 0xFF).astype(np.uint8)
    return (entries >> 8).astype(np.uint8)
