"""What the render processes do for slides: render what a reader waits for, and the coarse levels ahead of the reader."""

from collections.abc import Callable

from common.tasks import TaskName
from dicomkit.errors import InvalidTileError
from dicomkit.tiles import tile_grid
from viewer.services.decoding import decoded_picture, try_later
from viewer.slides.pyramid import SlideImage
from viewer.slides.render import coarsest_of, render_slide_thumbnail, render_slide_tile, stored_level
from viewer.slides.request import SlideRequest
from viewer.tiles.cache import CachedPicture, tile_cache
from viewer.tiles.request import TileRequest

# Tiles of one level that are rendered ahead: those of the level that fits a screen, and of coarser ones.
_TILES_AHEAD = 16


def render_requested_slide(request: SlideRequest) -> None:
    """Render one tile of a slide into the cache, unless it is there by now."""
    cache = tile_cache()
    if not cache.missing([request.cache_key()]):
        return
    picture = _picture(request, render_slide_tile)
    if picture is None:
        try_later(TaskName.RENDER_SLIDE, **request.as_task_arguments())
    else:
        cache.put(request.cache_key(), picture)


def render_slide_ahead(slide: SlideImage) -> None:
    """Render the tiles that show the whole slide on a screen, coarse levels first; finer ones wait for a reader."""
    attributes, cache = slide.attributes, tile_cache()
    depth = 16 if attributes["packing"] else 8
    for level in range(attributes["levels"] - 1, -1, -1):
        rows, columns = tile_grid(attributes["rows"], attributes["columns"], level=level)
        if rows * columns > _TILES_AHEAD:
            return
        for place in range(rows * columns):
            request = _request(slide, level, place % columns, place // columns, depth)
            if cache.missing([request.cache_key()]):
                picture = _picture(request, render_slide_tile)
                if picture is None:
                    return
                cache.put(request.cache_key(), picture)


def slide_thumbnail(slide: SlideImage) -> CachedPicture | None:
    """Return the thumbnail of a slide, or an entry that says why there is none; None where it must be tried later."""
    return _picture(coarsest_of(_request(slide, 0, 0, 0, 8)), render_slide_thumbnail)


def _picture(request: SlideRequest, make: Callable[[SlideRequest], CachedPicture]) -> CachedPicture | None:
    try:
        stored = request.levels[stored_level(request)]
    except InvalidTileError as error:
        return CachedPicture(problem=str(error))
    # Frames count from 1: a slide is never among the frames that were decoded whole.
    return decoded_picture(stored.sha256, 0, lambda _file: make(request))


def _request(slide: SlideImage, level: int, column: int, row: int, depth: int) -> SlideRequest:
    tile = TileRequest(slide.content, slide.picture_number, level, column, row, depth=depth)
    return SlideRequest(tile, slide.levels)
