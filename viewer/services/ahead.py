"""Have a study rendered before its reader opens it: the next one of the list."""

from archive.models import Series, Study
from common.tasks import TaskName, enqueue
from viewer.stack import representative
from viewer.tiles.cache import tile_cache

# What a reader sees first; the rest is rendered when it is opened.
_MOST_SERIES = 12
_WHOLE_STACKS = 2
_AGAIN_SECONDS = 300


def render_study_ahead(study: Study) -> None:
    """Have the first pictures of the first series rendered, and the first stacks whole; at most once in five minutes.

    Runs behind everything that readers wait for.
    """
    if not tile_cache().once_in(_AGAIN_SECONDS, f"ahead:{study.study_instance_uid}"):
        return
    series = Series.objects.filter(study=study).order_by("series_number", "id")
    for number, uid in enumerate(series.values_list("series_instance_uid", flat=True)[:_MOST_SERIES]):
        enqueue(TaskName.WARM_SERIES, subject_uid=uid)
        image = representative(uid) if number < _WHOLE_STACKS else None
        if image is not None:
            enqueue(TaskName.WARM_STACK, series_instance_uid=uid, sop_instance_uid=image.sop_instance_uid)
