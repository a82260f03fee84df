"""Read one frame of native (not encapsulated) pixel data: seek to it, read only it.

References
----------
PS3.5 8.1.1, 8.2 (native format), annex D (examples of encoding), 7.3 (byte ordering of OB and OW).
"""

from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import UnsupportedPixelFormatError
from dicomkit.part10 import PixelDataElement
from dicomkit.pixels.photometric import expand_422
from dicomkit.pixels.pixel_format import PixelFormat


def read_native_samples(
    stream: BinaryIO,
    *,
    frame_index: int,
    element: PixelDataElement,
    layout: PixelFormat,
    little_endian: bool,
) -> tuple[NDArray[Any], bool]:
    """Return the samples of one frame in native byte order, and whether the frame was whole in the file.

    Returns
    -------
    samples
        (rows, columns) or (rows, columns, samples), colour by pixel, unsigned or float; Bits Stored not applied.
    is_whole
        False when the file ends early; missing values are zero.
    """
    bits = layout.frame_bits
    first_bit = bits * frame_index
    first_byte, end_byte = first_bit // 8, -(-(first_bit + bits) // 8)
    # Words of two bytes hold bytes, or bits, in the order of the transfer syntax (PS3.5 7.3).
    swap_words = not little_endian and element.vr == "OW" and layout.bits_allocated <= 8
    if swap_words:
        first_byte, end_byte = first_byte - first_byte % 2, end_byte + end_byte % 2
    raw, is_whole = _read(stream, element, first_byte, end_byte - first_byte)
    if swap_words:
        raw = np.frombuffer(raw, dtype=">u2").astype("<u2").tobytes()
    if layout.bits_allocated == 1:
        if layout.samples_per_pixel != 1:
            raise UnsupportedPixelFormatError(
                "The image is in colour with one bit per sample, which cannot be shown."
            )
        flags = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")
        start = first_bit - first_byte * 8
        return flags[start : start + bits].reshape(layout.rows, layout.columns), is_whole
    start = first_bit // 8 - first_byte
    dtype = np.dtype(f"{'f' if layout.is_float else 'u'}{layout.bits_allocated // 8}")
    samples = np.frombuffer(
        raw,
        dtype.newbyteorder("<" if little_endian else ">"),
        count=bits // layout.bits_allocated,
        offset=start,
    )
    if not little_endian:
        samples = samples.astype(dtype)
    return _shape(samples, layout), is_whole


def _read(stream: BinaryIO, element: PixelDataElement, offset: int, length: int) -> tuple[bytes, bool]:
    """Read bytes of the element's value; complete them with zeros where the value or the file ends."""
    available = max(0, min(length, element.length_bytes - offset))
    stream.seek(element.offset + offset)
    raw = stream.read(available)
    return (raw, True) if len(raw) == length else (raw + bytes(length - len(raw)), False)


def _shape(samples: NDArray[Any], layout: PixelFormat) -> NDArray[Any]:
    rows, columns, count = layout.rows, layout.columns, layout.samples_per_pixel
    if count == 1:
        return samples.reshape(rows, columns)
    if layout.is_subsampled:
        if columns % 2:
            raise UnsupportedPixelFormatError(
                "The image shares its colour between pairs of pixels, but has an odd number of columns."
            )
        return expand_422(samples, rows=rows, columns=columns)
    if layout.is_planar:
        return np.ascontiguousarray(np.moveaxis(samples.reshape(count, rows, columns), 0, -1))
    return samples.reshape(rows, columns, count)
