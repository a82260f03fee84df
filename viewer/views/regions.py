"""Segmentations and structure sets on an image. Permission for both first, then the entity tag, then the cache."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from common.http import not_modified, problem
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.regions.request import RegionForm, RegionRequest, hidden_places
from viewer.tiles.service import fetch_region
from viewer.views.opening import opened_instance
from viewer.views.pictures import CACHE_CONTROL, picture_answer, unavailable

_OPENING = "The opening of the study is recorded once per session."


@require_GET
@not_audited(_OPENING)
@requires(None)
def region_bitmap(
    request: HttpRequest, region_sop_instance_uid: str, sop_instance_uid: str, frame_number: int
) -> HttpResponseBase:
    """Return a segmentation on a frame, see `dicomkit.segments_on`; answers like a tile."""
    return _answer(request, RegionForm.BITMAP, region_sop_instance_uid, sop_instance_uid, frame_number)


@require_GET
@not_audited(_OPENING)
@requires(None)
def region_contours(
    request: HttpRequest, region_sop_instance_uid: str, sop_instance_uid: str, frame_number: int
) -> HttpResponseBase:
    """Return the contours of a structure set on a frame as JSON; answers like a tile."""
    return _answer(request, RegionForm.CONTOURS, region_sop_instance_uid, sop_instance_uid, frame_number)


def _answer(
    request: HttpRequest, form: RegionForm, region_uid: str, image_uid: str, frame_number: int
) -> HttpResponseBase:
    image = opened_instance(request, image_uid, frame_number)
    region = opened_instance(request, region_uid, None)
    if region.study_instance_uid != image.study_instance_uid:
        raise Http404
    try:
        hidden = hidden_places(request.GET.get("hidden", ""))
    except InvalidTileRequestError as error:
        return problem(400, "No such segments", str(error))
    asked = RegionRequest(form, region.sha256, image.sha256, image_uid, frame_number, hidden)
    if (unchanged := not_modified(request, asked.etag())) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        found = fetch_region(asked.cache_key(), **asked.as_task_arguments())
    except RenderingUnavailableError as error:
        return unavailable(error)
    content_type = "image/png" if form is RegionForm.BITMAP else "application/json"
    return picture_answer(found, asked.etag(), content_type=content_type)
