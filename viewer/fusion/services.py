"""What the render processes do for a series laid over another."""

import time
from typing import BinaryIO

from archive.models import Instance
from common.tasks import TaskName, send_now
from dicomkit.errors import NotAVolumeError
from dicomkit.image_attributes import frame_attributes
from viewer.exceptions import VolumeStoreFullError
from viewer.fusion.render import (
    Place,
    fused_picture,
    overlay_slices,
    place_in_volume,
    place_of_image,
    values_picture,
)
from viewer.fusion.request import FusionRequest
from viewer.services.decoding import decoded_picture
from viewer.tiles.cache import CachedPicture, tile_cache
from viewer.tiles.render import frame_of, or_problem, tile_picture
from viewer.volumes.render import RenderableVolume, plane_picture, slices_of_request
from viewer.volumes.services import call_helpers, has_slices, opened_volume

# How long a process rests before it asks again for a file that another one is trying.
_BUSY_SECONDS = 0.02


def render_requested_fusion(request: FusionRequest) -> None:
    """Render a tile into the cache, or decode some of the slices that it needs and try again."""
    key, cache = request.cache_key(), tile_cache()
    if not cache.missing([key]):
        return
    try:
        overlay = opened_volume(request.overlay_series_instance_uid, request.overlay_content)
        below = _volume_below(request)
    except (NotAVolumeError, VolumeStoreFullError) as error:
        cache.put(key, CachedPicture(problem=str(error)))
        return
    place = _place(request, below)
    if overlay is None or place is None:
        # One of the series has changed, and nobody asks for what it was.
        cache.release(key)
    elif not _is_ready(request, overlay, below, place):
        send_now(TaskName.RENDER_FUSION, **request.as_task_arguments())
    elif (picture := _picture(request, overlay, below, place)) is not None:
        cache.put(key, picture)
    else:
        time.sleep(_BUSY_SECONDS)
        send_now(TaskName.RENDER_FUSION, **request.as_task_arguments())


def _volume_below(request: FusionRequest) -> RenderableVolume | None:
    """Return the volume whose plane is below; None for an image, and for a series that has changed."""
    if request.plane is None:
        return None
    return opened_volume(request.plane.series_instance_uid, request.plane.tile.sha256)


def _place(request: FusionRequest, below: RenderableVolume | None) -> Place | None:
    if request.plane is not None:
        return place_in_volume(below.volume, request) if below else None
    instance = Instance.objects.filter(sop_instance_uid=request.image_sop_instance_uid).first()
    if instance is None or not instance.image_attributes:
        return None
    return place_of_image(frame_attributes(instance.image_attributes, request.tile.frame_number - 1))


def _is_ready(
    request: FusionRequest, overlay: RenderableVolume, below: RenderableVolume | None, place: Place
) -> bool:
    """Decode some of the slices that are missing; tell whether all are there now."""
    if not has_slices(overlay, overlay_slices(overlay.volume, place)):
        call_helpers(request.overlay_series_instance_uid, request.overlay_content)
        return False
    if below is None or request.plane is None or request.tile.depth == 16:
        return True
    if has_slices(below, slices_of_request(below.volume, request.plane)):
        return True
    call_helpers(request.plane.series_instance_uid, request.plane.tile.sha256)
    return False


def _picture(
    request: FusionRequest, overlay: RenderableVolume, below: RenderableVolume | None, place: Place
) -> CachedPicture | None:
    """Return the tile, or an entry that says why there is none; None where it must be tried later."""
    if request.tile.depth == 16:
        return or_problem(lambda: values_picture(overlay, place, request))
    plane = request.plane
    if below is not None and plane is not None:
        return or_problem(lambda: fused_picture(plane_picture(below, plane), overlay, place, request))
    tile = request.tile

    def over_image(file: BinaryIO) -> CachedPicture:
        frame = frame_of(file, tile.sha256, tile.frame_number)
        return fused_picture(tile_picture(frame, tile), overlay, place, request)

    return decoded_picture(tile.sha256, tile.frame_number, lambda file: or_problem(lambda: over_image(file)))
