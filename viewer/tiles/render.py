"""From a tile request to a picture. Runs in the render processes, which keep the frames they decoded last."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dicomkit.calibration import read_calibration, read_pixel_aspect_ratio
from dicomkit.errors import DicomKitError, InvalidTileError
from dicomkit.malformed import refuse_malformed_values
from dicomkit.part10 import read_header
from dicomkit.pixels.colour_palettes import ColourPalette
from dicomkit.pixels.display import (
    DisplayFrame,
    crop,
    default_inverse,
    default_voi,
    display_frame,
    render,
    render_in_colours,
)
from dicomkit.pixels.encode import encode_png_grey, encode_png_packed, encode_png_rgb, thumbnail
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.marks import frame_marks
from dicomkit.pixels.packing import PackedFrame, RealFrame
from dicomkit.pixels.scale import half_of
from dicomkit.pixels.shutter import read_shutter, shutter_mask
from dicomkit.pixels.voi_lut import VOI, VOIWindow, read_vois
from dicomkit.tiles import TileRectangle, level_count, tile_rectangle
from viewer.tiles.cache import CachedPicture
from viewer.tiles.request import TileRequest

logger = logging.getLogger(__name__)

Picture = NDArray[np.uint8]

# Bytes of decoded frames that one render process keeps.
_FRAMES_BUDGET_BYTES = 256 * 2**20


class RenderableFrame:
    """One decoded frame with its pyramid, built level by level as it is asked for."""

    def __init__(self, source: FrameSource, frame_index: int) -> None:
        self._levels: list[DisplayFrame] = [display_frame(source, frame_index)]
        self.is_incomplete = source.is_truncated
        self.vois: tuple[VOI, ...] = read_vois(source.dataset, frame_index=frame_index)
        self.default_voi = default_voi(
            self._levels[0], dataset=source.dataset, layout=source.pixel_format, frame_index=frame_index
        )
        self.is_inverse = default_inverse(source.dataset, layout=source.pixel_format)
        self.rows, self.columns = source.pixel_format.rows, source.pixel_format.columns
        self._shutter = read_shutter(source.dataset, frame_index=frame_index)
        self._pixel_aspect_ratio = _aspect_ratio_of(source, frame_index)

    def level(self, level: int) -> DisplayFrame:
        """Return the frame at a level of its pyramid."""
        while len(self._levels) <= level:
            self._levels.append(half_of(self._levels[-1]))
        return self._levels[level]

    def cover(self, picture: Picture, *, level: int, rectangle: TileRectangle | None = None) -> Picture:
        """Return a rendered level, or a tile of it, with what the shutter hides in the shutter's grey."""
        if self._shutter is None:
            return picture
        mask = self._covered[:: 1 << level, :: 1 << level]
        covered = picture.copy()
        covered[mask if rectangle is None else mask[rectangle.slices]] = self._shutter.grey
        return covered

    @cached_property
    def _covered(self) -> NDArray[np.bool_]:
        assert self._shutter is not None
        return shutter_mask(
            self._shutter, self.rows, self.columns, pixel_aspect_ratio=self._pixel_aspect_ratio
        )

    @property
    def size_bytes(self) -> int:
        """Bytes that the frame holds now, its built levels included."""
        return sum(_bytes_of(frame) for frame in self._levels)


class FrameMemory:
    """The frames decoded last, within a budget of bytes."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._frames: OrderedDict[tuple[str, int], RenderableFrame] = OrderedDict()

    def get(self, sha256: str, frame_number: int) -> RenderableFrame | None:
        """Return a kept frame and mark it as used last."""
        frame = self._frames.get((sha256, frame_number))
        if frame is not None:
            self._frames.move_to_end((sha256, frame_number))
        return frame

    def keep(self, sha256: str, frame_number: int, frame: RenderableFrame) -> None:
        """Keep a frame; drop those unused for longest beyond the budget, but never this one."""
        self._frames[(sha256, frame_number)] = frame
        while (
            len(self._frames) > 1
            and sum(one.size_bytes for one in self._frames.values()) > self._budget_bytes
        ):
            self._frames.popitem(last=False)


_memory = FrameMemory(_FRAMES_BUDGET_BYTES)


def is_decoded(sha256: str, frame_number: int) -> bool:
    """Tell whether this process still holds a frame, so that no decoder is needed."""
    return _memory.get(sha256, frame_number) is not None


def frame_of(file: BinaryIO, sha256: str, frame_number: int) -> RenderableFrame:
    """Return a frame of a stored file, decoded now or kept from before.

    Raises
    ------
    DicomKitError
        It cannot be displayed.
    """
    frame = _memory.get(sha256, frame_number)
    if frame is None:
        with FrameSource.open(file) as source:
            frame = RenderableFrame(source, frame_number - 1)
        _memory.keep(sha256, frame_number, frame)
    return frame


def render_tile(file: BinaryIO, request: TileRequest) -> CachedPicture:
    """Return the tile of a stored file, or an entry that says why it cannot be displayed."""
    return or_problem(lambda: _tile(file, request))


def render_thumbnail(
    file: BinaryIO, sha256: str, frame_number: int, pixel_aspect_ratio: tuple[float, float]
) -> CachedPicture:
    """Return a small picture of a frame in its default window, with square pixels."""
    return or_problem(lambda: _thumbnail(frame_of(file, sha256, frame_number), pixel_aspect_ratio))


def render_marks(file: BinaryIO, frame_number: int, state: BinaryIO | None = None) -> CachedPicture:
    """Return what lies over a frame, under a presentation state where one is given, see `dicomkit.pixels.marks`."""
    return or_problem(lambda: _marks(file, frame_number, state))


def tile_picture(frame: RenderableFrame, request: TileRequest) -> Picture:
    """Return the rendered pixels of an 8-bit tile, grey or RGB, with the shutter over them."""
    rectangle = _rectangle(frame, request)
    part = crop(frame.level(request.level), rectangle)
    inverse = frame.is_inverse != request.is_inverted
    picture = picture_of(part, _voi_of(frame, request), inverse=inverse, palette=request.palette)
    return frame.cover(picture, level=request.level, rectangle=rectangle)


def picture_of(part: DisplayFrame, voi: VOI | None, *, inverse: bool, palette: str) -> Picture:
    """Return rendered greys or colours, in the colours of a palette where one is named.

    Raises
    ------
    InvalidTileError
        There is a palette, and the image has no plain greys.
    """
    if not palette:
        return render(part, voi=voi, inverse=inverse)
    if not isinstance(part, PackedFrame):
        raise InvalidTileError("Only images of plain greys can be shown in other colours.")
    return render_in_colours(part, voi=voi, inverse=inverse, palette=ColourPalette(palette))


def encoded_picture(picture: Picture) -> bytes:
    """Return a PNG of greys, (rows, columns), or of colours, (rows, columns, 3)."""
    return encode_png_rgb(picture) if picture.ndim == 3 else encode_png_grey(picture)


def window_text(voi: VOI | None) -> str:
    """Return a window as the header of a tile carries it; empty for a table and for colour."""
    return f"{float(voi.center)!r} {float(voi.width)!r} {voi.function}" if isinstance(voi, VOIWindow) else ""


def or_problem(make: Callable[[], CachedPicture]) -> CachedPicture:
    """Return a picture, or the reason why there is none: whatever a file does to us, the reader gets an answer."""
    try:
        return make()
    except DicomKitError as error:
        return CachedPicture(problem=str(error))
    except MemoryError:
        return CachedPicture(problem="The image needs more memory than a render process has.")
    except Exception:
        logger.exception("rendering failed")
        return CachedPicture(problem="The image could not be rendered; the reason is in the server's log.")


def _tile(file: BinaryIO, request: TileRequest) -> CachedPicture:
    frame = frame_of(file, request.sha256, request.frame_number)
    return CachedPicture(
        _encoded_tile(frame, request),
        window_text(frame.default_voi),
        is_incomplete=frame.is_incomplete,
    )


def _thumbnail(frame: RenderableFrame, pixel_aspect_ratio: tuple[float, float]) -> CachedPicture:
    coarsest = frame.level(level_count(frame.rows, frame.columns) - 1)
    picture = render(coarsest, voi=frame.default_voi, inverse=frame.is_inverse)
    picture = frame.cover(picture, level=level_count(frame.rows, frame.columns) - 1)
    return CachedPicture(encoded_picture(thumbnail(picture, pixel_aspect_ratio=pixel_aspect_ratio)))


def _encoded_tile(frame: RenderableFrame, request: TileRequest) -> bytes:
    if request.depth == 8:
        return encoded_picture(tile_picture(frame, request))
    part = crop(frame.level(request.level), _rectangle(frame, request))
    if not isinstance(part, PackedFrame):
        raise InvalidTileError("This image has no 16-bit tiles.")
    return encode_png_packed(part)


def _rectangle(frame: RenderableFrame, request: TileRequest) -> TileRectangle:
    return tile_rectangle(
        frame.rows, frame.columns, level=request.level, column=request.column, row=request.row
    )


def _voi_of(frame: RenderableFrame, request: TileRequest) -> VOI | None:
    if request.window is not None:
        return request.voi_window()
    if request.voi_index is None:
        return frame.default_voi
    if request.voi_index >= len(frame.vois):
        raise InvalidTileError("The file has no such window.")
    return frame.vois[request.voi_index]


def _aspect_ratio_of(source: FrameSource, frame_index: int) -> tuple[float, float]:
    with refuse_malformed_values():
        calibration = read_calibration(source.dataset, frame_index=frame_index)
        return read_pixel_aspect_ratio(source.dataset, calibration=calibration)


def _marks(file: BinaryIO, frame_number: int, state: BinaryIO | None) -> CachedPicture:
    presentation = read_header(state).dataset if state is not None else None
    with FrameSource.open(file) as source:
        aspect = _aspect_ratio_of(source, frame_number - 1)
        marks = frame_marks(source, frame_number - 1, pixel_aspect_ratio=aspect, state=presentation)
        return CachedPicture(encode_png_grey(marks))


def _bytes_of(frame: DisplayFrame) -> int:
    if isinstance(frame, np.ndarray):
        return frame.nbytes
    colour = frame.colour if isinstance(frame, RealFrame) else None
    parts = [frame.values, frame.padding_mask, colour]
    return sum(part.nbytes for part in parts if part is not None)
