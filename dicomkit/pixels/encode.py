"""Pictures to PNG, fast: own framing, one filter for all rows, deflate by igzip where it is installed.

No chunk speaks of colour (gAMA, cHRM, sRGB, iCCP): a browser would correct the values that a 16-bit tile carries.

References
----------
PNG specification (W3C, third edition) sections 5, 9 and 10; PS3.18 8.7.4 (rendered media types).
"""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.scale import halve, resize_area

try:
    from isal.isal_zlib import compress as _compress
except ImportError:  # There is no wheel for every platform; zlib gives the same picture, slower.
    from zlib import compress as _compress

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2
_FILTER_UP = 2
_END = b"\0\0\0\0IEND\xaeB`\x82"
PADDING_BLUE = 255


def encode_png_grey(picture: NDArray[np.uint8]) -> bytes:
    """Encode 8-bit grey, (rows, columns)."""
    return _encode(picture, colour_type=_GREY)


def encode_png_rgb(picture: NDArray[np.uint8]) -> bytes:
    """Encode 8-bit RGB, (rows, columns, 3)."""
    rows, columns, _ = picture.shape
    return _encode(picture.reshape(rows, columns * 3), colour_type=_RGB)


def encode_png_packed(frame: PackedFrame) -> bytes:
    """Encode packed values as an RGB picture: red is the high byte, green the low byte, blue 255 where padding.

    An 8-bit colour picture is the only lossless way for 16 bits through a browser's own decoder: a 16-bit grey PNG
    comes out of it with 8 bits. `packing` says what the values mean.
    """
    rows, columns = frame.values.shape
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[..., 0] = frame.values >> 8
    picture[..., 1] = frame.values
    if frame.padding_mask is not None:
        picture[..., 2][frame.padding_mask] = PADDING_BLUE
    return _encode(picture.reshape(rows, columns * 3), colour_type=_RGB)


def thumbnail(
    picture: NDArray[np.uint8], *, max_px: int = 256, pixel_aspect_ratio: tuple[float, float] = (1.0, 1.0)
) -> NDArray[np.uint8]:
    """Reduce a rendered frame to at most `max_px` in each direction, with square pixels; never enlarge it.

    Parameters
    ----------
    picture
        uint8, (rows, columns) or (rows, columns, 3).
    pixel_aspect_ratio
        Vertical and horizontal size of a pixel, in any unit.

    References
    ----------
    PS3.3 C.7.6.3.1.7 (Pixel Aspect Ratio).
    """
    vertical, horizontal = pixel_aspect_ratio
    smallest = min(vertical, horizontal)
    height, width = picture.shape[0] * vertical / smallest, picture.shape[1] * horizontal / smallest
    factor = min(1.0, max_px / max(height, width))
    rows, columns = max(1, round(height * factor)), max(1, round(width * factor))
    while picture.shape[0] >= 2 * rows and picture.shape[1] >= 2 * columns:
        picture = halve(picture)
    if picture.shape[:2] == (rows, columns):
        return picture
    return resize_area(picture, rows=rows, columns=columns)


def _encode(lines: NDArray[np.uint8], *, colour_type: int) -> bytes:
    """Frame lines of bytes, (rows, bytes per row), filtered against the row above."""
    rows, line_bytes = lines.shape
    columns = line_bytes // 3 if colour_type == _RGB else line_bytes
    filtered = np.empty((rows, line_bytes + 1), np.uint8)
    filtered[:, 0] = _FILTER_UP
    filtered[0, 1:] = lines[0]
    np.subtract(lines[1:], lines[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", columns, rows, 8, colour_type, 0, 0, 0)
    return b"".join((_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", _deflate(filtered)), _END))


def _chunk(kind: bytes, data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    return struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))


def _deflate(data: NDArray[Any]) -> bytes:
    return bytes(_compress(data, 1))
