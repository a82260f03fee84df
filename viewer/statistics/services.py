"""What the render processes do for regions on planes. It follows the tiles of planes, whose slices it shares."""

from common.tasks import send_now
from dicomkit.errors import NotAVolumeError
from viewer.exceptions import VolumeStoreFullError
from viewer.statistics.on_planes import PlaneStatisticsRequest, measured_on_plane, slices_of_region
from viewer.tiles.cache import CachedPicture, tile_cache
from viewer.tiles.render import or_problem
from viewer.volumes.services import call_helpers, has_slices, opened_volume


def measure_requested_plane_region(request: PlaneStatisticsRequest) -> None:
    """Compute the statistics of a region into the cache, or decode some of the slices that it needs and try again."""
    key, cache = request.cache_key(), tile_cache()
    if not cache.missing([key]):
        return
    try:
        renderable = opened_volume(request.series_instance_uid, request.content)
    except (NotAVolumeError, VolumeStoreFullError) as error:
        cache.put(key, CachedPicture(problem=str(error)))
        return
    if renderable is None:
        cache.release(key)
    elif has_slices(renderable, [slices_of_region(renderable.volume, request)]):
        cache.put(key, or_problem(lambda: measured_on_plane(renderable, request)))
    else:
        call_helpers(request.series_instance_uid, request.content)
        send_now(request.task, **request.as_task_arguments())
