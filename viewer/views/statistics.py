"""What the stored pixels inside of a region say. Permission first, then the entity tag, then the cache."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from common.http import not_modified, problem
from common.tasks import TaskName
from dicomkit.marking import REGION_KINDS, MarkingKind
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.statistics.request import StatisticsRequest, points_of
from viewer.tiles.service import fetch_picture
from viewer.views.opening import opened_instance
from viewer.views.pictures import CACHE_CONTROL, picture_answer, unavailable


@require_GET
@not_audited("The opening of the study is recorded once per session.")
@requires(None)
def statistics(request: HttpRequest, sop_instance_uid: str, frame_number: int) -> HttpResponseBase:
    """Return the statistics of a region of a frame as JSON; answers like a tile."""
    instance = opened_instance(request, sop_instance_uid, frame_number)
    try:
        asked = StatisticsRequest(
            sha256=instance.sha256,
            sop_instance_uid=sop_instance_uid,
            frame_number=frame_number,
            kind=_kind(request.GET.get("kind", "")),
            points=points_of(request.GET.get("points", "")),
        )
    except InvalidTileRequestError as error:
        return problem(400, "No such region", str(error))
    if (unchanged := not_modified(request, asked.etag())) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        found = fetch_picture(asked.cache_key(), TaskName.MEASURE_REGION, **asked.as_task_arguments())
    except RenderingUnavailableError as error:
        return unavailable(error)
    return picture_answer(found, asked.etag(), content_type="application/json")


def _kind(name: str) -> MarkingKind:
    if name not in REGION_KINDS:
        raise InvalidTileRequestError(f"kind must be one of: {', '.join(sorted(REGION_KINDS))}.")
    return MarkingKind(name)
