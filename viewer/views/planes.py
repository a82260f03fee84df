"""Volumes and planes through them. Permission first, then the entity tag, then the cache."""

from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from common.http import not_modified
from common.tasks import TaskName
from dicomkit.errors import NotAVolumeError
from viewer.exceptions import RenderingUnavailableError
from viewer.tiles.service import fetch_picture
from viewer.views.opening import opened_series
from viewer.views.pictures import CACHE_CONTROL, picture_answer, unavailable
from viewer.views.volume_addresses import (
    REFUSALS,
    oblique_request,
    plane_request,
    refused,
    requested_group,
)
from viewer.volumes.block import BlockRequest
from viewer.volumes.body import volume_body
from viewer.volumes.fetching import damaged_slices, exists, fetch_plane
from viewer.volumes.request import PlaneRequest
from viewer.volumes.series import SeriesVolume, current_volume

_OPENING = "The opening of the study is recorded once per session."
# Without the content in its address, another picture may come from it as soon as the series changes.
_ASK_AGAIN = "private, no-cache"


@require_GET
@gzip_page
@not_audited(_OPENING)
@requires(None)
def volume(request: HttpRequest, series_instance_uid: str) -> HttpResponseBase:
    """Return what is known of the volume of a series and of its planes, or the problem why there is none."""
    opened_series(request, series_instance_uid)
    try:
        found = current_volume(series_instance_uid, group=requested_group(request))
        body = volume_body(
            found, series_instance_uid=series_instance_uid, damaged=damaged_slices(found.content)
        )
    except NotAVolumeError as error:
        body = {"problem": gettext(str(error))}
    except REFUSALS as error:
        return refused(error)
    response = JsonResponse(body)
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@not_audited(_OPENING)
@requires(None)
def plane(
    request: HttpRequest, series_instance_uid: str, name: str, index: int, level: int, column: int, row: int
) -> HttpResponseBase:
    """Return one tile of an axial, coronal or sagittal plane; answers like a tile of an image."""
    opened_series(request, series_instance_uid)
    try:
        found = _asked_volume(request, series_instance_uid)
        wanted = plane_request(
            request, found, series_instance_uid, name, index=index, level=level, column=column, row=row
        )
        return _answer(request, found, wanted)
    except REFUSALS as error:
        return refused(error)


@require_GET
@not_audited(_OPENING)
@requires(None)
def oblique_plane(
    request: HttpRequest, series_instance_uid: str, level: int, column: int, row: int
) -> HttpResponseBase:
    """Return one tile of a plane whose place and directions the address gives; answers like a tile of an image."""
    opened_series(request, series_instance_uid)
    try:
        found = _asked_volume(request, series_instance_uid)
        wanted = oblique_request(request, found, series_instance_uid, level=level, column=column, row=row)
        return _answer(request, found, wanted)
    except REFUSALS as error:
        return refused(error)


@require_GET
@not_audited(_OPENING)
@requires(None)
def block(request: HttpRequest, series_instance_uid: str) -> HttpResponseBase:
    """Return a whole volume on a coarse grid, see `viewer.volumes.block`; answers like a tile."""
    opened_series(request, series_instance_uid)
    try:
        wanted = BlockRequest(series_instance_uid, _asked_volume(request, series_instance_uid).content)
        return _block_answer(request, wanted)
    except REFUSALS as error:
        return refused(error)


def _block_answer(request: HttpRequest, wanted: BlockRequest) -> HttpResponseBase:
    etag = wanted.etag()
    if (unchanged := not_modified(request, etag)) is not None:
        return unchanged
    found = fetch_picture(wanted.cache_key(), TaskName.RENDER_BLOCK, **wanted.as_task_arguments())
    response = picture_answer(found, etag, content_type="application/octet-stream")
    if response.status_code == 200:
        response["Content-Encoding"] = "gzip"
        response["Cache-Control"] = CACHE_CONTROL if "of" in request.GET else _ASK_AGAIN
    return response


def _asked_volume(request: HttpRequest, series_instance_uid: str) -> SeriesVolume:
    return current_volume(series_instance_uid, request.GET.get("of", ""), group=requested_group(request))


def _answer(request: HttpRequest, found: SeriesVolume, wanted: PlaneRequest) -> HttpResponseBase:
    if not exists(found, wanted):
        raise Http404
    etag = wanted.etag()
    kept = CACHE_CONTROL if "of" in request.GET else _ASK_AGAIN
    if (unchanged := not_modified(request, etag)) is not None:
        unchanged["Cache-Control"] = kept
        return unchanged
    try:
        response = picture_answer(fetch_plane(found, wanted), etag)
    except RenderingUnavailableError as error:
        return unavailable(error)
    if response.status_code == 200:
        response["Cache-Control"] = kept
    return response
