"""What the render processes do: render what a reader waits for, and ahead of the reader what comes next."""

from contextlib import nullcontext
from functools import partial
from typing import BinaryIO

from archive.models import Instance
from archive.selectors import open_blob
from archive.services.outbox import settle
from common.tasks import TaskName, enqueue
from dicomkit.image_attributes import frame_attributes
from dicomkit.tiles import tile_grid
from viewer.regions.listing import image_at
from viewer.regions.render import render_region
from viewer.regions.request import RegionRequest
from viewer.services.decoding import decoded_picture, try_later
from viewer.services.slides import render_slide_ahead, slide_thumbnail
from viewer.stack import StackImage, nearest_first, representative, stack_of_series
from viewer.statistics.compute import compute_statistics
from viewer.statistics.request import StatisticsRequest
from viewer.tiles.cache import CachedPicture, tile_cache
from viewer.tiles.render import render_marks, render_thumbnail, render_tile
from viewer.tiles.request import RENDERER_VERSION, TileRequest

# Images that one task renders ahead: enough to be worth the trip, few enough that a reader's own tile soon has its turn.
_IMAGES_PER_TASK = 24
# Images of a stack that are rendered ahead at all; the rest follows as the reader moves.
_WARM_LIMIT = 1000
_NOT_ON_SLIDES = "The values of a region are not computed on whole slides; its size is."
# Tiles of one level that are rendered ahead; finer levels of large images wait until somebody zooms in.
_TILES_AHEAD = 16


def thumbnail_key(image: StackImage) -> str:
    """Return the cache key of the thumbnail made from an image."""
    return f"thumbnail:{RENDERER_VERSION}:{image.sha256}:{image.frame_number}"


def render_requested_tile(request: TileRequest) -> None:
    """Render one tile into the cache, unless it is there by now."""
    cache = tile_cache()
    if not cache.missing([request.cache_key()]):
        return
    picture = decoded_picture(request.sha256, request.frame_number, lambda file: render_tile(file, request))
    if picture is None:
        try_later(TaskName.RENDER_TILE, **request.as_task_arguments())
    else:
        cache.put(request.cache_key(), picture)


def render_series_thumbnail(series_instance_uid: str) -> None:
    """Render the thumbnail of a series into the cache."""
    image = representative(series_instance_uid)
    if image is None:
        return
    key = thumbnail_key(image)
    cache = tile_cache()
    if not cache.missing([key]):
        return
    picture = slide_thumbnail(image.slide) if image.slide is not None else _thumbnail(image)
    if picture is None:
        try_later(TaskName.RENDER_THUMBNAIL, series_instance_uid=series_instance_uid)
    else:
        cache.put(key, picture)


def _thumbnail(image: StackImage) -> CachedPicture | None:
    vertical, horizontal = image.attributes["pixel_aspect_ratio"]
    number, aspect = image.frame_number, (vertical, horizontal)
    return decoded_picture(
        image.sha256, number, lambda file: render_thumbnail(file, image.sha256, number, aspect)
    )


def marks_key(sha256: str, frame_number: int, state_sha256: str = "") -> str:
    """Return the cache key of what lies over a frame, under a presentation state where one is named."""
    return f"marks:{RENDERER_VERSION}:{sha256}:{frame_number}:{state_sha256}"


def render_frame_marks(sha256: str, frame_number: int, state_sha256: str = "") -> None:
    """Render what lies over a frame into the cache."""
    cache = tile_cache()
    key = marks_key(sha256, frame_number, state_sha256)
    if not cache.missing([key]):
        return

    def make(file: BinaryIO) -> CachedPicture:
        with open_blob(state_sha256) if state_sha256 else nullcontext() as state:
            return render_marks(file, frame_number, state)

    picture = decoded_picture(sha256, frame_number, make)
    if picture is None:
        try_later(TaskName.RENDER_MARKS, sha256=sha256, frame_number=frame_number, state_sha256=state_sha256)
    else:
        cache.put(key, picture)


def render_requested_region(request: RegionRequest) -> None:
    """Render what a segmentation or structure set shows on a frame into the cache."""
    cache = tile_cache()
    key = request.cache_key()
    image = Instance.objects.filter(sop_instance_uid=request.image_sop_instance_uid).first()
    if image is None or not cache.missing([key]):
        return
    place = image_at(image, request.frame_number)
    # Frames count from 1: the object itself is never among those that were decoded.
    picture = decoded_picture(request.region_sha256, 0, lambda file: render_region(file, request, place))
    if picture is None:
        try_later(TaskName.RENDER_REGION, **request.as_task_arguments())
    else:
        cache.put(key, picture)


def measure_requested_region(request: StatisticsRequest) -> None:
    """Compute the statistics of a region into the cache."""
    cache = tile_cache()
    key = request.cache_key()
    image = Instance.objects.filter(sop_instance_uid=request.sop_instance_uid).first()
    if image is None or image.image_attributes is None or not cache.missing([key]):
        return
    attributes = frame_attributes(image.image_attributes, request.frame_number - 1)
    if "slide" in attributes:
        cache.put(key, CachedPicture(problem=_NOT_ON_SLIDES))
        return
    found = decoded_picture(
        request.sha256, request.frame_number, lambda file: compute_statistics(file, request, attributes)
    )
    if found is None:
        try_later(TaskName.MEASURE_REGION, **request.as_task_arguments())
    else:
        cache.put(key, found)


def warm_series(series_instance_uid: str) -> None:
    """Render what a reader sees first of a series: its thumbnail and its first and middle images."""
    render_series_thumbnail(series_instance_uid)
    images = stack_of_series(series_instance_uid)
    for index in sorted({0, len(images) // 2} if images else set()):
        render_ahead(images[index], with_preview=True)
    settle(TaskName.WARM_SERIES, series_instance_uid)


def warm_stack(series_instance_uid: str, sop_instance_uid: str) -> None:
    """Spread the rendering of a stack over the workers, beginning next to one image."""
    images = stack_of_series(series_instance_uid)
    index = next((at for at, image in enumerate(images) if image.sop_instance_uid == sop_instance_uid), 0)
    order = nearest_first(len(images), index)[:_WARM_LIMIT]
    for start in range(0, len(order), _IMAGES_PER_TASK):
        enqueue(
            TaskName.WARM_IMAGES,
            series_instance_uid=series_instance_uid,
            stack_indexes=order[start : start + _IMAGES_PER_TASK],
        )


def warm_images(series_instance_uid: str, stack_indexes: list[int]) -> None:
    """Render the tiles of some images of a stack ahead."""
    images = stack_of_series(series_instance_uid)
    for index in stack_indexes:
        if index < len(images):
            render_ahead(images[index], with_preview=False)


def render_ahead(image: StackImage, *, with_preview: bool) -> None:
    """Render those tiles of an image that a reader is likely to ask for and that the cache lacks."""
    if image.slide is not None:
        render_slide_ahead(image.slide)
        return
    cache = tile_cache()
    requests = {
        request.cache_key(): request for request in _likely_requests(image, with_preview=with_preview)
    }
    for key in cache.missing(list(requests)):
        picture = decoded_picture(
            image.sha256, image.frame_number, partial(render_tile, request=requests[key])
        )
        if picture is None:
            return
        cache.put(key, picture)


def _likely_requests(image: StackImage, *, with_preview: bool) -> list[TileRequest]:
    """Return the tiles of each level that is not too large, coarse levels first."""
    attributes = image.attributes
    depth = 16 if attributes["packing"] else 8
    requests = []
    coarsest = attributes["levels"] - 1
    if with_preview and depth == 16:
        requests.append(TileRequest(image.sha256, image.frame_number, coarsest, 0, 0))
    for level in range(coarsest, -1, -1):
        tile_rows, tile_columns = tile_grid(attributes["rows"], attributes["columns"], level=level)
        if tile_rows * tile_columns <= _TILES_AHEAD:
            requests += [
                TileRequest(image.sha256, image.frame_number, level, column, row, depth=depth)
                for row in range(tile_rows)
                for column in range(tile_columns)
            ]
    return requests
