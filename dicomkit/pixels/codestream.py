"""Read what the header of a JPEG, JPEG-LS or JPEG 2000 codestream says, before anything is allocated for it.

References
----------
ITU-T T.81 annex B (markers), T.87 (JPEG-LS), T.800 annex A (SIZ, COD); T.872 (Adobe APP14 segment).
"""

import struct
from dataclasses import dataclass

_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
# Start of frame, including JPEG-LS (F7); without DHT (C4), JPG (C8) and DAC (CC).
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC})
_LOSSLESS_START_OF_FRAME = frozenset({0xC3, 0xC7, 0xCB, 0xCF, 0xF7})
_MAX_TILES = 65_535


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """Size and colour hints of a JPEG or JPEG-LS codestream. `rows` is 0 when a DNL marker gives it later."""

    rows: int
    columns: int
    components: int
    precision_bits: int
    is_lossless: bool
    is_subsampled: bool
    adobe_transform: int | None
    has_jfif: bool
    has_rgb_identifiers: bool

    def is_ybr(self, photometric_interpretation: str) -> bool:
        """Whether the three components are luminance and colour differences.

        The codestream decides where it speaks (Adobe transform, component identifiers, subsampling), else the
        attribute: devices that write RGB over a YCbCr codestream are common, the reverse is rare.
        """
        if self.components != 3 or self.has_rgb_identifiers:
            return False
        if self.adobe_transform is not None:
            return self.adobe_transform == 1
        if self.is_subsampled or (self.has_jfif and not self.is_lossless):
            return True
        return photometric_interpretation.startswith("YBR")


@dataclass(frozen=True, slots=True)
class Jpeg2000Header:
    """Size, precision and component transform of a JPEG 2000 codestream."""

    rows: int
    columns: int
    components: int
    precision_bits: int
    is_signed: bool
    uses_component_transform: bool


def read_jpeg_header(data: bytes) -> JpegHeader | None:
    """Return the header of a JPEG or JPEG-LS codestream, or None when there is no start of frame."""
    adobe_transform: int | None = None
    has_jfif = False
    position = data.find(b"\xff\xd8") + 2
    if position < 2:
        return None
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF or marker in _STANDALONE:
            position += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        segment = data[position + 4 : position + 2 + length]
        if marker in _START_OF_FRAME:
            return _start_of_frame(marker, segment, adobe_transform, has_jfif)
        if marker == 0xEE and segment[:5] == b"Adobe" and len(segment) >= 12:
            adobe_transform = segment[11]
        has_jfif = has_jfif or (marker == 0xE0 and segment[:4] == b"JFIF")
        position += 2 + length
    return None


def _start_of_frame(
    marker: int, segment: bytes, adobe_transform: int | None, has_jfif: bool
) -> JpegHeader | None:
    if len(segment) < 6 or len(segment) < 6 + 3 * segment[5]:
        return None
    precision, rows, columns, components = struct.unpack_from(">BHHB", segment)
    table = [segment[6 + 3 * index : 9 + 3 * index] for index in range(components)]
    return JpegHeader(
        rows=rows,
        columns=columns,
        components=components,
        precision_bits=precision,
        is_lossless=marker in _LOSSLESS_START_OF_FRAME,
        is_subsampled=len({entry[1] for entry in table}) > 1,
        adobe_transform=adobe_transform,
        has_jfif=has_jfif,
        has_rgb_identifiers=bytes(entry[0] for entry in table) == b"RGB",
    )


def read_jpeg_2000_header(data: bytes) -> Jpeg2000Header | None:
    """Return the header of a JPEG 2000 or HTJ2K codestream, also inside a JP2 file, or None."""
    start = data.find(b"\xff\x4f\xff\x51")
    if start < 0 or start + 43 > len(data):
        return None
    columns, rows, column_offset, row_offset = struct.unpack_from(">IIII", data, start + 8)
    (components,) = struct.unpack_from(">H", data, start + 40)
    if not _has_sound_grid(data[start : start + 42 + 3 * components], components):
        return None
    depth = data[start + 42]
    (size_length,) = struct.unpack_from(">H", data, start + 4)
    return Jpeg2000Header(
        rows=rows - row_offset,
        columns=columns - column_offset,
        components=components,
        precision_bits=(depth & 0x7F) + 1,
        is_signed=bool(depth & 0x80),
        uses_component_transform=_component_transform(data, start + 4 + size_length),
    )


def _has_sound_grid(size: bytes, components: int) -> bool:
    """Whether the tiles and the steps of the components can be divided by, and the tiles can be counted.

    OpenJPH divides by them unasked, and walks through millions of tiles (T.800 B.3: there are at most 65,535).
    """
    if len(size) < 42 + 3 * components:
        return False
    right, bottom, x, y, width, height, left, top = struct.unpack_from(">8I", size, 8)
    steps = size[43::3] + size[44::3]
    # T.800 B.3: the first tile holds the image's first point.
    is_placed = left <= x < min(left + width, right) and top <= y < min(top + height, bottom)
    if not (is_placed and all(steps)):
        return False
    tiles: int = -(-(right - left) // width) * -(-(bottom - top) // height)
    return tiles <= _MAX_TILES


def _component_transform(data: bytes, position: int) -> bool:
    """Find the COD marker of the main header and return whether it switches the component transform on."""
    while position + 9 <= len(data) and data[position] == 0xFF and data[position + 1] != 0x90:
        if data[position + 1] == 0x52:
            return data[position + 8] != 0
        position += 2 + int(struct.unpack_from(">H", data, position + 2)[0])
    return False
