"""Celery entry points of the viewer."""

from typing import Any

from common.tasks import TaskName, task
from viewer import services
from viewer.cine import services as cine_services
from viewer.documents.request import DocumentRequest
from viewer.fusion import services as fusion_services
from viewer.fusion.request import FusionRequest
from viewer.regions.request import RegionRequest
from viewer.slides.request import SlideRequest
from viewer.statistics.on_planes import PlaneStatisticsRequest
from viewer.statistics.request import StatisticsRequest
from viewer.statistics.services import measure_requested_plane_region
from viewer.tiles.request import TileRequest
from viewer.volumes import services as volume_services
from viewer.volumes.block import BlockRequest
from viewer.volumes.request import PlaneRequest


@task(TaskName.RENDER_TILE)
def render_tile(**arguments: Any) -> None:
    """Render one tile that a reader waits for."""
    services.render_requested_tile(TileRequest.from_task_arguments(arguments))


@task(TaskName.RENDER_SLIDE)
def render_slide(**arguments: Any) -> None:
    """Render one tile of a slide that a reader waits for."""
    services.render_requested_slide(SlideRequest.from_task_arguments(arguments))


@task(TaskName.RENDER_THUMBNAIL)
def render_thumbnail(series_instance_uid: str) -> None:
    """Render the thumbnail of a series."""
    services.render_series_thumbnail(series_instance_uid)


@task(TaskName.RENDER_MARKS)
def render_marks(sha256: str, frame_number: int, state_sha256: str) -> None:
    """Render what lies over a frame."""
    services.render_frame_marks(sha256, frame_number, state_sha256)


@task(TaskName.RENDER_REGION)
def render_region(**arguments: Any) -> None:
    """Render a region on a frame that a reader waits for."""
    services.render_requested_region(RegionRequest.from_task_arguments(arguments))


@task(TaskName.READ_DOCUMENT)
def read_document(**arguments: Any) -> None:
    """Read a part of a document that a reader waits for."""
    services.read_requested_document(DocumentRequest.from_task_arguments(arguments))


@task(TaskName.MEASURE_REGION)
def measure_region(**arguments: Any) -> None:
    """Compute the statistics of a region that a reader waits for."""
    services.measure_requested_region(StatisticsRequest.from_task_arguments(arguments))


@task(TaskName.MEASURE_PLANE_REGION)
def measure_plane_region(**arguments: Any) -> None:
    """Compute the statistics of a region on a plane that a reader waits for."""
    measure_requested_plane_region(PlaneStatisticsRequest.from_task_arguments(arguments))


@task(TaskName.WARM_SERIES)
def warm_series(subject_uid: str) -> None:
    """Render what is seen first of a series that arrived."""
    services.warm_series(subject_uid)


@task(TaskName.WARM_STACK)
def warm_stack(series_instance_uid: str, sop_instance_uid: str) -> None:
    """Have a stack rendered ahead, beginning next to one image."""
    services.warm_stack(series_instance_uid, sop_instance_uid)


@task(TaskName.WARM_IMAGES)
def warm_images(series_instance_uid: str, stack_indexes: list[int]) -> None:
    """Render some images of a stack ahead."""
    services.warm_images(series_instance_uid, stack_indexes)


@task(TaskName.RENDER_BLOCK)
def render_block(**arguments: Any) -> None:
    """Make the block of a volume that a reader waits for."""
    volume_services.render_requested_block(BlockRequest(**arguments))


@task(TaskName.RENDER_PLANE)
def render_plane(**arguments: Any) -> None:
    """Render one tile of a plane that a reader waits for."""
    volume_services.render_requested_plane(PlaneRequest.from_task_arguments(arguments))


@task(TaskName.RENDER_FUSION)
def render_fusion(**arguments: Any) -> None:
    """Render one tile of a series laid over another."""
    fusion_services.render_requested_fusion(FusionRequest.from_task_arguments(arguments))


@task(TaskName.BUILD_VOLUME)
def build_volume(series_instance_uid: str, content: str) -> None:
    """Decode some slices of a volume."""
    volume_services.build_volume(series_instance_uid, content)


@task(TaskName.WARM_PLANES)
def warm_planes(request: dict[str, Any], indexes: list[int]) -> None:
    """Render some planes of a stack ahead."""
    volume_services.warm_planes(request, indexes)


@task(TaskName.DROP_STALE_VOLUMES)
def drop_stale_volumes() -> None:
    """Remove the volumes of images that are no more."""
    volume_services.drop_stale_volumes()


@task(TaskName.RENDER_CINE)
def render_cine(export_id: str, position: int, wanted: dict[str, Any]) -> None:
    """Render some frames of a film."""
    cine_services.render_cine(export_id, position, wanted)


@task(TaskName.ENCODE_CINE)
def encode_cine(export_id: str) -> None:
    """Make the file of a film."""
    cine_services.encode_cine(export_id)


@task(TaskName.TAKE_OVER_RECORDING)
def take_over_recording(export_id: str, position: int) -> None:
    """Read some pictures of a film that a browser has sent."""
    cine_services.take_over_recording(export_id, position)
