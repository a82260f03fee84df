"""What the stored pixels inside of a region say. Permission first, then the entity tag, then the cache."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from common.http import not_modified, problem
from dicomkit.errors import NotAVolumeError
from dicomkit.marking import REGION_KINDS, MarkingKind
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.selectors import annotation_of_study
from viewer.statistics.on_planes import plane_statistics_request, volume_of_mark
from viewer.statistics.request import MeasuringRequest, StatisticsRequest, points_of
from viewer.tiles.service import fetch_picture
from viewer.views.opening import opened_instance, opened_study
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
    try:
        return _answer(request, asked, CACHE_CONTROL)
    except RenderingUnavailableError as error:
        return unavailable(error)


@require_GET
@not_audited("The opening of the study is recorded once per session.")
@requires(None)
def statistics_on_plane(
    request: HttpRequest, study_instance_uid: str, annotation_uid: str
) -> HttpResponseBase:
    """Return the statistics of a region that is kept on a plane, at the revision of the address; as for an image."""
    study = opened_study(request, study_instance_uid)
    annotation = annotation_of_study(study, annotation_uid)
    if annotation is None or annotation.plane is None or annotation.kind not in REGION_KINDS:
        raise Http404
    if str(annotation.revision) != request.GET.get("revision"):
        return problem(
            409, "The mark has changed", "Somebody has changed this mark. Look at it as it is now."
        )
    try:
        asked = plane_statistics_request(annotation, volume_of_mark(annotation))
        return _answer(request, asked, "private, no-cache")
    except (InvalidTileRequestError, NotAVolumeError) as error:
        return problem(422, "This region cannot be measured", str(error))
    except RenderingUnavailableError as error:
        return unavailable(error)


def _answer(request: HttpRequest, asked: MeasuringRequest, cache_control: str) -> HttpResponseBase:
    etag = asked.etag()
    response: HttpResponseBase | None = not_modified(request, etag)
    if response is None:
        found = fetch_picture(asked.cache_key(), asked.task, **asked.as_task_arguments())
        response = picture_answer(found, etag, content_type="application/json")
    if response.status_code in (200, 304):
        response["Cache-Control"] = cache_control
    return response


def _kind(name: str) -> MarkingKind:
    if name not in REGION_KINDS:
        raise InvalidTileRequestError(f"kind must be one of: {', '.join(sorted(REGION_KINDS))}.")
    return MarkingKind(name)
