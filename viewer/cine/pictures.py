"""One frame of a film: rendered as a tile is, then overlays, square pixels, the reader's turn, and words."""

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dicomkit.errors import InvalidTileError
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.marks import GRAPHICS, REGION, frame_marks
from dicomkit.pixels.voi_lut import VOI
from dicomkit.tiles import level_count
from viewer.cine.request import CineRequest
from viewer.stack import StackImage
from viewer.tiles.render import RenderableFrame, frame_of, picture_of
from viewer.tiles.request import checked_window

Picture = NDArray[np.uint8]
Size = tuple[int, int]

# The colours of overlays on the reading page, the second half transparent.
_GRAPHICS_COLOUR = np.array([142, 203, 255], np.uint8)
_REGION_COLOUR, _REGION_OPACITY = np.array([255, 209, 102], np.float32), 110 / 255
_MISSING_GLYPH = "\uffff"


def film_size(images: Sequence[StackImage], request: CineRequest) -> Size:
    """Return columns and rows that hold every picture of the film; even, as video needs them."""
    sizes = [_shown_size(image, request) for image in images]
    columns, rows = max(size[0] for size in sizes), max(size[1] for size in sizes)
    return columns + columns % 2, rows + rows % 2


def film_frame(
    file: BinaryIO, image: StackImage, request: CineRequest, *, size: Size, words: Sequence[str]
) -> Picture:
    """Return a frame of the film in its size: uint8, greys (rows, columns) or colours (rows, columns, 3).

    Parameters
    ----------
    file
        The stored object of the image.
    words
        Written into the upper left corner, line by line.

    Raises
    ------
    DicomKitError
        The image cannot be displayed so.
    """
    picture = _rendered(file, image, request)
    columns, rows = _upright_size(image, request)
    resized = Image.fromarray(picture).resize((columns, rows), Image.Resampling.BILINEAR)
    turned = _turned(np.asarray(resized), request.orientation)
    placed = np.zeros((size[1], size[0], *turned.shape[2:]), np.uint8)
    top, left = (size[1] - turned.shape[0]) // 2, (size[0] - turned.shape[1]) // 2
    placed[top : top + turned.shape[0], left : left + turned.shape[1]] = turned
    return _with_words(placed, words) if words else placed


def writable(text: str) -> bool:
    """Tell whether the font of the films has every letter of a text."""
    font = ImageFont.load_default(24)
    missing = bytes(font.getmask(_MISSING_GLYPH))
    return all(letter.isspace() or bytes(font.getmask(letter)) != missing for letter in text)


def _rendered(file: BinaryIO, image: StackImage, request: CineRequest) -> Picture:
    frame = frame_of(file, image.sha256, image.frame_number)
    level = _level(image, request)
    picture = picture_of(
        frame.level(level),
        _voi(frame, request),
        inverse=frame.is_inverse != request.is_inverted,
        palette=request.palette,
    )
    picture = frame.cover(picture, level=level)
    if not (request.has_overlays and image.attributes["overlays"]):
        return picture
    file.seek(0)
    with FrameSource.open(file) as source:
        return _with_marks(picture, frame_marks(source, image.frame_number - 1), step=1 << level)


def _voi(frame: RenderableFrame, request: CineRequest) -> VOI | None:
    if request.window is not None:
        return checked_window(request.window)
    if request.voi_index is None:
        return frame.default_voi
    if request.voi_index >= len(frame.vois):
        raise InvalidTileError("The file has no such window.")
    return frame.vois[request.voi_index]


def _with_marks(picture: Picture, marks: Picture, *, step: int) -> Picture:
    """Draw overlays in their colours; of a reduced picture a line of one pixel is still there."""
    rows, columns = picture.shape[:2]
    padded = np.zeros((rows * step, columns * step), np.uint8)
    part = marks[: rows * step, : columns * step]
    padded[: part.shape[0], : part.shape[1]] = part
    reduced = np.bitwise_or.reduce(padded.reshape(rows, step, columns, step), axis=(1, 3))
    colours = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    colours = colours.copy()
    is_region, is_graphics = (reduced & REGION) != 0, (reduced & GRAPHICS) != 0
    mixed = colours[is_region] * (1 - _REGION_OPACITY) + _REGION_COLOUR * _REGION_OPACITY
    colours[is_region] = np.rint(mixed).astype(np.uint8)
    colours[is_graphics] = _GRAPHICS_COLOUR
    return colours


def _level(image: StackImage, request: CineRequest) -> int:
    rows, columns = image.attributes["rows"], image.attributes["columns"]
    level = 0
    while max(rows, columns) >> level > request.format.most_px and level < level_count(rows, columns) - 1:
        level += 1
    return level


def _upright_size(image: StackImage, request: CineRequest) -> Size:
    """Return columns and rows with square pixels, as large as the film may be, never enlarged."""
    vertical, horizontal = image.attributes["pixel_aspect_ratio"]
    aspect = vertical / horizontal
    columns, rows = float(image.attributes["columns"]), float(image.attributes["rows"])
    columns, rows = (columns, rows * aspect) if aspect >= 1 else (columns / aspect, rows)
    factor = min(1.0, request.format.most_px / max(columns, rows))
    return max(2, round(columns * factor)), max(2, round(rows * factor))


def _shown_size(image: StackImage, request: CineRequest) -> Size:
    columns, rows = _upright_size(image, request)
    return (rows, columns) if request.orientation[0] == 0 else (columns, rows)


def _turned(picture: Picture, orientation: tuple[int, int, int, int]) -> Picture:
    a, b, c, d = orientation
    across, down = (b, c) if a == 0 else (a, d)
    upright = picture.swapaxes(0, 1) if a == 0 else picture
    return upright[:: 1 if down > 0 else -1, :: 1 if across > 0 else -1]


def _with_words(picture: Picture, words: Sequence[str]) -> Picture:
    image = Image.fromarray(picture)
    height = max(11, min(picture.shape[0], picture.shape[1]) // 32)
    font = ImageFont.load_default(height)
    white, black = (255, 0) if image.mode == "L" else ((255, 255, 255), (0, 0, 0))
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(words):
        place = (height // 2, height // 2 + number * round(height * 1.3))
        draw.text(place, line, fill=white, font=font, stroke_width=max(1, height // 10), stroke_fill=black)
    return np.asarray(image)
