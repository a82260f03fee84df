"""From the stored levels of a slide to a tile. Runs in the render processes, which keep the levels they opened last."""

from collections import OrderedDict
from dataclasses import replace

from archive.selectors import open_blob
from dicomkit.errors import InvalidTileError
from dicomkit.part10 import read_header
from dicomkit.pixels.display import default_inverse, default_voi, render
from dicomkit.pixels.encode import encode_png_grey, encode_png_packed, encode_png_rgb, thumbnail
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.voi_lut import VOI, read_vois
from dicomkit.slide_region import Pixels, SlideLevel, SourceShape, choose_source, slide_tile
from dicomkit.tiles import TileRectangle, level_count, level_shape, tile_rectangle
from viewer.slides.request import SlideRequest
from viewer.tiles.cache import CachedPicture
from viewer.tiles.render import or_problem, window_text

# Open levels of a process, each a file and its offset table: those of two slides that are read side by side.
_LEVELS_KEPT = 12
# Default windows of grey slides; each costs the coarsest level, so it is not computed for every tile.
_WINDOWS_KEPT = 256


class OpenLevels:
    """The stored levels that a process opened last, with their files."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._levels: OrderedDict[str, SlideLevel] = OrderedDict()

    def get(self, sha256: str) -> SlideLevel:
        """Return a level, opened now or kept from before.

        Raises
        ------
        BlobNotFoundError, DicomKitError
        """
        if sha256 not in self._levels:
            self._levels[sha256] = _opened(sha256)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)[1].source.close()
        self._levels.move_to_end(sha256)
        return self._levels[sha256]


_levels = OpenLevels(_LEVELS_KEPT)
_windows: OrderedDict[str, VOI | None] = OrderedDict()


def stored_level(request: SlideRequest) -> int:
    """Return which of the stored levels a tile is made from.

    Raises
    ------
    InvalidTileError
        None will do.
    """
    whole = request.levels[0]
    shapes = [SourceShape(level.rows, level.columns) for level in request.levels]
    return choose_source(shapes, rows=whole.rows, columns=whole.columns, level=request.tile.level)


def render_slide_tile(request: SlideRequest) -> CachedPicture:
    """Return a tile, or an entry that says why it cannot be displayed."""
    return or_problem(lambda: _tile(request))


def render_slide_thumbnail(request: SlideRequest) -> CachedPicture:
    """Return a small picture of a whole slide, whose coarsest level the request names."""
    return or_problem(lambda: _thumbnail(request))


def _tile(request: SlideRequest) -> CachedPicture:
    tile, whole = request.tile, request.levels[0]
    rectangle = tile_rectangle(whole.rows, whole.columns, level=tile.level, column=tile.column, row=tile.row)
    part = _part(request, rectangle)
    if isinstance(part, PackedFrame):
        default = _default_window(request)
        return CachedPicture(_encoded_grey(part, request, default), window_text(default))
    if tile.depth == 16:
        raise InvalidTileError("This image has no 16-bit tiles.")
    return CachedPicture(encode_png_rgb(render(part, voi=None, inverse=tile.is_inverted)))


def _encoded_grey(part: PackedFrame, request: SlideRequest, default: VOI | None) -> bytes:
    tile = request.tile
    if tile.depth == 16:
        return encode_png_packed(part)
    source = _levels.get(request.levels[0].sha256).source
    voi = tile.voi_window() if tile.window is not None else default
    if tile.voi_index is not None:
        vois = read_vois(source.dataset)
        if tile.voi_index >= len(vois):
            raise InvalidTileError("The file has no such window.")
        voi = vois[tile.voi_index]
    inverse = default_inverse(source.dataset, layout=source.pixel_format) != tile.is_inverted
    return encode_png_grey(render(part, voi=voi, inverse=inverse))


def _thumbnail(request: SlideRequest) -> CachedPicture:
    part = _part(request, _everything(request))
    source = _levels.get(request.levels[0].sha256).source
    if not isinstance(part, PackedFrame):
        return CachedPicture(encode_png_rgb(thumbnail(part)))
    inverse = default_inverse(source.dataset, layout=source.pixel_format)
    return CachedPicture(
        encode_png_grey(thumbnail(render(part, voi=_default_window(request), inverse=inverse)))
    )


def _part(request: SlideRequest, rectangle: TileRectangle) -> Pixels:
    """Put a rectangle of the request's level together."""
    whole = request.levels[0]
    chosen = request.levels[stored_level(request)]
    rows, columns = level_shape(whole.rows, whole.columns, level=request.tile.level)
    return slide_tile(
        _levels.get(chosen.sha256),
        chosen.picture_number - 1,
        rectangle,
        level_rows=rows,
        level_columns=columns,
    )


def _default_window(request: SlideRequest) -> VOI | None:
    """Return the first window of the file, else one by the values of the whole: the same for all tiles."""
    key = f"{request.tile.sha256}:{request.tile.frame_number}"
    if key not in _windows:
        coarsest = coarsest_of(request)
        source = _levels.get(request.levels[0].sha256).source
        part = _part(coarsest, _everything(coarsest))
        _windows[key] = default_voi(part, dataset=source.dataset, layout=source.pixel_format)
        if len(_windows) > _WINDOWS_KEPT:
            _windows.popitem(last=False)
    return _windows[key]


def coarsest_of(request: SlideRequest) -> SlideRequest:
    """Return the request for the one tile of the coarsest level."""
    whole = request.levels[0]
    level = level_count(whole.rows, whole.columns) - 1
    return replace(request, tile=replace(request.tile, level=level, column=0, row=0))


def _everything(coarsest: SlideRequest) -> TileRectangle:
    whole = coarsest.levels[0]
    return tile_rectangle(whole.rows, whole.columns, level=coarsest.tile.level, column=0, row=0)


def _opened(sha256: str) -> SlideLevel:
    file = open_blob(sha256)
    try:
        return SlideLevel(FrameSource(read_header(file), owns_stream=True))
    except BaseException:
        file.close()
        raise
