"""Any part of a slide, at any reduction, from the few frames that it takes.

References
----------
PS3.3 C.7.6.17.3 (spatial location of tiles), C.8.12.4.1.5 (what lies between the tiles of a sparse matrix).
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import InvalidTileError, UnsupportedPixelFormatError
from dicomkit.pixels.display import DisplayFrame, display_frame
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.pixels.packing import PackedFrame, Packing, packing_of
from dicomkit.pixels.scale import level_of
from dicomkit.slide import SlideMatrix, read_slide
from dicomkit.tiles import TileRectangle, level_shape

Pixels = PackedFrame | NDArray[np.uint8]

# Pixels along a side that are put together before they are averaged: 48 MiB of colour with what averaging takes.
_BLOCK = 2048
# Decoded frames that a level keeps for the tile beside, for frames that lie across tiles.
_KEPT_BYTES = 16 * 2**20
# Pixels that one tile may be averaged from: about three seconds of decoding.
MOST_PIXELS = 1 << 28
# Scanners round the size of a level; a pixel of it may be that much larger than it should be.
_TOLERANCE = 1.02
_TOO_LARGE = "This slide holds no smaller version of itself, and is too large to make one from."


@dataclass(frozen=True, slots=True)
class SourceShape:
    """Rows and columns of a level as stored."""

    rows: int
    columns: int


class SlideLevel:
    """One stored object of a slide, opened. Not safe for two threads at once.

    Raises
    ------
    InvalidTileError
        The object is no part of a slide.
    """

    def __init__(self, source: FrameSource) -> None:
        matrix = read_slide(source.dataset)
        if matrix is None:
            raise InvalidTileError("This object is no part of a slide.")
        self.source = source
        self.matrix: SlideMatrix = matrix
        self._packing = None if source.pixel_format.is_colour else _packing(source)
        self._frames: OrderedDict[int, Pixels] = OrderedDict()

    def region(self, picture_index: int, area: TileRectangle) -> Pixels:
        """Return a part of the stored matrix at full size; what no frame covers is background, or padding in grey."""
        canvas = self._canvas(area)
        for frame_index, column, row in self.matrix.frames_touching(picture_index, area):
            if frame_index < self.source.pixel_format.number_of_frames:
                _paste(canvas, self._frame(frame_index), column - area.column, row - area.row)
        if (
            isinstance(canvas, PackedFrame)
            and canvas.padding_mask is not None
            and not canvas.padding_mask.any()
        ):
            return PackedFrame(canvas.values, None, canvas.scale, canvas.offset)
        return canvas

    def reduced(self, picture_index: int, area: TileRectangle, halvings: int) -> Pixels:
        """Return a part of the stored matrix, halved so many times, block by block.

        Parameters
        ----------
        area
            Its row and column are multiples of 2 to the power of ``halvings``; it ends at such a multiple or where the
            matrix ends.
        """
        step = max(_BLOCK, 1 << halvings)
        rows = [
            [
                _halved(self.region(picture_index, _cut(area, row, column, step)), halvings)
                for column in range(0, area.columns, step)
            ]
            for row in range(0, area.rows, step)
        ]
        return _joined(rows)

    def _canvas(self, area: TileRectangle) -> Pixels:
        if self._packing is None:
            return np.full((area.rows, area.columns, 3), self.matrix.background, np.uint8)
        values = np.zeros((area.rows, area.columns), np.uint16)
        return PackedFrame(values, np.ones(values.shape, np.bool_), self._packing.scale, self._packing.offset)

    def _frame(self, frame_index: int) -> Pixels:
        frame = self._frames.get(frame_index)
        if frame is None:
            frame = _pixels(display_frame(self.source, frame_index))
            self._frames[frame_index] = frame
            while len(self._frames) > 1 and sum(map(_bytes, self._frames.values())) > _KEPT_BYTES:
                self._frames.popitem(last=False)
        return frame


def choose_source(shapes: Sequence[SourceShape], *, rows: int, columns: int, level: int) -> int:
    """Return which stored level a level of the pyramid is made from: the coarsest that is not coarser than it.

    Parameters
    ----------
    shapes
        Of the stored levels, in any order.
    rows, columns
        Of the whole at full resolution.

    Raises
    ------
    InvalidTileError
        It would take too many pixels, and nothing smaller is stored.
    """
    wanted_rows, wanted_columns = level_shape(rows, columns, level=level)
    by_size = sorted(range(len(shapes)), key=lambda index: -shapes[index].columns)
    finer = [index for index in by_size if shapes[index].columns * _TOLERANCE >= wanted_columns]
    chosen = finer[-1] if finer else by_size[0]
    ratio = shapes[chosen].columns * shapes[chosen].rows / (wanted_columns * wanted_rows)
    pixels = min(512 * 512, wanted_rows * wanted_columns) * ratio
    if pixels <= MOST_PIXELS:
        return chosen
    smaller = [index for index in by_size if shapes[index].columns < shapes[chosen].columns]
    if not smaller:
        raise InvalidTileError(_TOO_LARGE)
    return smaller[0]


def slide_tile(
    stored: SlideLevel, picture_index: int, rectangle: TileRectangle, *, level_rows: int, level_columns: int
) -> Pixels:
    """Return a part of a level of the pyramid.

    Parameters
    ----------
    stored
        What `choose_source` chose.
    rectangle
        In pixels of the level.
    level_rows, level_columns
        Of the level.

    Returns
    -------
    RGB or grey of the rectangle's shape. Where the stored level is the wanted one, or is halved to it without a rest,
    each pixel is the rounded average of its box at each halving, as for every other image. Otherwise it is the average
    of the area that it covers.
    """
    matrix = stored.matrix
    halvings = _halvings(matrix, level_rows, level_columns)
    if halvings is not None:
        top, left = rectangle.row << halvings, rectangle.column << halvings
        bottom = min((rectangle.row + rectangle.rows) << halvings, matrix.rows)
        right = min((rectangle.column + rectangle.columns) << halvings, matrix.columns)
        area = TileRectangle(top, left, bottom - top, right - left)
        return stored.reduced(picture_index, area, halvings)
    return _resampled(
        stored, picture_index, rectangle, matrix.rows / level_rows, matrix.columns / level_columns
    )


def _halvings(matrix: SlideMatrix, rows: int, columns: int) -> int | None:
    for halvings in range(32):
        size = -(-matrix.rows // (1 << halvings)), -(-matrix.columns // (1 << halvings))
        if size == (rows, columns):
            return halvings
        if size[1] < columns:
            break
    return None


def _resampled(
    stored: SlideLevel, picture_index: int, rectangle: TileRectangle, down: float, across: float
) -> Pixels:
    """Average areas whose edges lie within pixels of the stored level, after it was halved as often as leaves detail."""
    halvings = max(0, int(np.log2(max(1.0, min(down, across)) / 2)))
    unit, matrix = 1 << halvings, stored.matrix
    top, bottom = _aligned(rectangle.row * down, (rectangle.row + rectangle.rows) * down, unit, matrix.rows)
    left, right = _aligned(
        rectangle.column * across, (rectangle.column + rectangle.columns) * across, unit, matrix.columns
    )
    part = stored.reduced(picture_index, TileRectangle(top, left, bottom - top, right - left), halvings)
    shape = part.values.shape if isinstance(part, PackedFrame) else part.shape[:2]
    row_weights = _weights(rectangle.row, rectangle.rows, down / unit, top // unit, shape[0])
    column_weights = _weights(rectangle.column, rectangle.columns, across / unit, left // unit, shape[1])
    if not isinstance(part, PackedFrame):
        channels = [
            row_weights @ part[..., index].astype(np.float32) @ column_weights.T for index in range(3)
        ]
        return np.clip(np.floor(np.stack(channels, axis=-1) + 0.5), 0, 255).astype(np.uint8)
    known = (
        np.ones(shape, np.float32) if part.padding_mask is None else (~part.padding_mask).astype(np.float32)
    )
    share = row_weights @ known @ column_weights.T
    total = row_weights.astype(np.float64) @ (part.values * known) @ column_weights.T
    values = np.clip(np.floor(total / np.maximum(share, 1e-6) + 0.5), 0, 65535).astype(np.uint16)
    is_padding = share < 1e-6
    return PackedFrame(values, is_padding if is_padding.any() else None, part.scale, part.offset)


def _aligned(start: float, stop: float, unit: int, most: int) -> tuple[int, int]:
    first = min(int(start), most - 1) // unit * unit
    return first, max(first + 1, min(-(-int(np.ceil(stop - 1e-9)) // unit) * unit, most))


def _weights(first: int, count: int, scale: float, offset: int, size: int) -> NDArray[np.float32]:
    """Return (count, size): the share of each stored pixel in each pixel of the level, along one axis."""
    edges = (first + np.arange(count + 1)) * scale - offset
    cells = np.arange(size)
    overlap = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    weights = np.maximum(overlap, 0)
    # The last pixel of a level may reach beyond what is stored.
    weights[weights.sum(axis=1) == 0, -1] = 1
    shares: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _packing(source: FrameSource) -> Packing:
    packing = packing_of(source.pixel_format, modality=read_modality_transform(source.dataset))
    if packing is None:
        raise UnsupportedPixelFormatError("Slides of this kind of pixels are not shown.")
    return packing


def _pixels(frame: DisplayFrame) -> Pixels:
    if isinstance(frame, (PackedFrame, np.ndarray)):
        return frame
    raise UnsupportedPixelFormatError("Slides of this kind of pixels are not shown.")


def _cut(area: TileRectangle, row: int, column: int, step: int) -> TileRectangle:
    rows, columns = min(step, area.rows - row), min(step, area.columns - column)
    return TileRectangle(area.row + row, area.column + column, rows, columns)


def _paste(canvas: Pixels, frame: Pixels, column: int, row: int) -> None:
    """Copy what overlaps of a frame into a canvas; the frame's first pixel lies at (column, row) of it."""
    to, part = _values(canvas), _values(frame)
    top, left = max(0, row), max(0, column)
    bottom, right = min(to.shape[0], row + part.shape[0]), min(to.shape[1], column + part.shape[1])
    if bottom <= top or right <= left:
        return
    into = slice(top, bottom), slice(left, right)
    out_of = slice(top - row, bottom - row), slice(left - column, right - column)
    to[into] = part[out_of]
    if isinstance(canvas, PackedFrame) and canvas.padding_mask is not None:
        own = frame.padding_mask if isinstance(frame, PackedFrame) else None
        canvas.padding_mask[into] = False if own is None else own[out_of]


def _halved(pixels: Pixels, halvings: int) -> Pixels:
    return _pixels(level_of(pixels, halvings))


def _joined(parts: list[list[Pixels]]) -> Pixels:
    if len(parts) == len(parts[0]) == 1:
        return parts[0][0]
    values = np.concatenate([np.concatenate([_values(one) for one in row], axis=1) for row in parts])
    first = parts[0][0]
    if not isinstance(first, PackedFrame):
        return values
    masks = np.concatenate([np.concatenate([_mask(one) for one in row], axis=1) for row in parts])
    return PackedFrame(values, masks if masks.any() else None, first.scale, first.offset)


def _values(pixels: Pixels) -> NDArray[np.uint8] | NDArray[np.uint16]:
    return pixels.values if isinstance(pixels, PackedFrame) else pixels


def _mask(pixels: Pixels) -> NDArray[np.bool_]:
    mask = pixels.padding_mask if isinstance(pixels, PackedFrame) else None
    return np.zeros(_values(pixels).shape[:2], np.bool_) if mask is None else mask


def _bytes(pixels: Pixels) -> int:
    return _values(pixels).nbytes
