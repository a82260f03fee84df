"""Tiles of a PET over another series. Permission for both, then the entity tag, then the cache."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from archive.models import Instance, Series
from audit.decorators import not_audited
from common.http import not_modified, problem
from common.tasks import TaskName
from dicomkit.image_attributes import frame_attributes
from dicomkit.tiles import tile_rectangle
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.fusion.partners import fusion_body
from viewer.fusion.render import place_of_image
from viewer.fusion.request import DEFAULT_OPACITY_PERCENT, FusionRequest
from viewer.tiles.service import fetch_picture
from viewer.views.opening import opened_instance, opened_series
from viewer.views.pictures import CACHE_CONTROL, picture_answer, requested_tile, unavailable
from viewer.views.volume_addresses import (
    REFUSALS,
    oblique_request,
    plane_request,
    refused,
    requested_group,
)
from viewer.volumes.fetching import exists
from viewer.volumes.request import PlaneRequest
from viewer.volumes.series import SeriesVolume, current_volume

_OPENING = "The opening of each study is recorded once per session."
_NOTHING_OVER = gettext_noop("Nothing can be laid over this image")
_APART = gettext_noop("The two series do not lie in one frame of reference.")


@require_GET
@gzip_page
@not_audited(_OPENING)
@requires(None)
def partners(request: HttpRequest, series_instance_uid: str) -> HttpResponseBase:
    """Return which series can be laid over this one, or why none can."""
    series = opened_series(request, series_instance_uid)
    response = JsonResponse(fusion_body(series, request.user))
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@not_audited(_OPENING)
@requires(None)
def image(
    request: HttpRequest,
    overlay_uid: str,
    sop_instance_uid: str,
    frame_number: int,
    level: int,
    column: int,
    row: int,
) -> HttpResponseBase:
    """Return one tile of an image with a series over it; answers like a tile of the image."""
    below = opened_instance(request, sop_instance_uid, frame_number)
    overlay_series = _overlay_series(request, overlay_uid, below.series_instance_uid)
    attributes = _attributes_of(sop_instance_uid, frame_number)
    if attributes is None or place_of_image(attributes) is None:
        return problem(422, _NOTHING_OVER, "It does not say where it lies in the patient.")
    try:
        tile_rectangle(attributes["rows"], attributes["columns"], level=level, column=column, row=row)
        overlay = current_volume(overlay_series.series_instance_uid, request.GET.get("over", ""))
        asked = _asked(
            request,
            overlay_series,
            overlay,
            image=requested_tile(
                request,
                sha256=below.sha256,
                frame_number=frame_number,
                level=level,
                column=column,
                row=row,
            ),
            image_sop_instance_uid=sop_instance_uid,
        )
    except REFUSALS as error:
        return refused(error)
    return _answer(request, asked, overlay, attributes["frame_of_reference_uid"])


@require_GET
@not_audited(_OPENING)
@requires(None)
def plane(
    request: HttpRequest,
    overlay_uid: str,
    series_instance_uid: str,
    name: str,
    index: int,
    level: int,
    column: int,
    row: int,
) -> HttpResponseBase:
    """Return one tile of an axial, coronal or sagittal plane with a series over it."""
    opened_series(request, series_instance_uid)
    overlay_series = _overlay_series(request, overlay_uid, series_instance_uid)
    try:
        below = current_volume(series_instance_uid, request.GET.get("of", ""), group=requested_group(request))
        asked = plane_request(
            request, below, series_instance_uid, name, index=index, level=level, column=column, row=row
        )
        return _over_plane(request, overlay_series, below, asked)
    except REFUSALS as error:
        return refused(error)


@require_GET
@not_audited(_OPENING)
@requires(None)
def oblique_plane(
    request: HttpRequest, overlay_uid: str, series_instance_uid: str, level: int, column: int, row: int
) -> HttpResponseBase:
    """Return one tile of a plane whose place the address gives with a series over it."""
    opened_series(request, series_instance_uid)
    overlay_series = _overlay_series(request, overlay_uid, series_instance_uid)
    try:
        below = current_volume(series_instance_uid, request.GET.get("of", ""), group=requested_group(request))
        asked = oblique_request(request, below, series_instance_uid, level=level, column=column, row=row)
        return _over_plane(request, overlay_series, below, asked)
    except REFUSALS as error:
        return refused(error)


def _attributes_of(sop_instance_uid: str, frame_number: int) -> dict[str, Any] | None:
    stored = Instance.objects.get(sop_instance_uid=sop_instance_uid).image_attributes
    return frame_attributes(stored, frame_number - 1) if stored else None


def _overlay_series(request: HttpRequest, overlay_uid: str, below_uid: str) -> Series:
    """Return the series that is laid over, of a study that the user may see, too, and of the same patient.

    Raises
    ------
    Http404
        There is none, or the user may not know that there is, or it is of somebody else.
    """
    overlay = opened_series(request, overlay_uid)
    below = Series.objects.select_related("study").get(series_instance_uid=below_uid)
    if overlay.study.patient_record_id != below.study.patient_record_id:
        raise Http404
    return overlay


def _over_plane(
    request: HttpRequest, overlay_series: Series, below: SeriesVolume, asked: PlaneRequest
) -> HttpResponseBase:
    if not exists(below, asked):
        raise Http404
    overlay = current_volume(overlay_series.series_instance_uid, request.GET.get("over", ""))
    fused = _asked(request, overlay_series, overlay, plane=asked)
    return _answer(request, fused, overlay, below.geometry.frame_of_reference_uid)


def _asked(
    request: HttpRequest, overlay_series: Series, overlay: SeriesVolume, **below: object
) -> FusionRequest:
    parameters = request.GET
    try:
        center, width = parameters.get("over_wc"), parameters.get("over_ww")
        if (center is None) != (width is None):
            raise InvalidTileRequestError("A window has both a centre and a width.")
        window = (
            (float(center), float(width), parameters.get("over_fn", "LINEAR_EXACT"))
            if center is not None and width is not None
            else None
        )
        opacity = parameters.get("opacity")
        percent = DEFAULT_OPACITY_PERCENT if opacity is None else round(float(opacity) * 100)
    except (ValueError, OverflowError):
        raise InvalidTileRequestError("Window and opacity are numbers.") from None
    return FusionRequest(
        overlay_series.series_instance_uid,
        overlay.content,
        palette=parameters.get("palette", "hot-iron"),
        opacity_percent=percent,
        window=window,
        **below,  # type: ignore[arg-type]
    )


def _answer(
    request: HttpRequest, asked: FusionRequest, overlay: SeriesVolume, frame_of_reference_uid: str
) -> HttpResponseBase:
    if not frame_of_reference_uid or overlay.geometry.frame_of_reference_uid != frame_of_reference_uid:
        return problem(422, _NOTHING_OVER, _APART)
    etag = asked.etag()
    if (unchanged := not_modified(request, etag)) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        picture = fetch_picture(asked.cache_key(), TaskName.RENDER_FUSION, **asked.as_task_arguments())
    except RenderingUnavailableError as error:
        return unavailable(error)
    return picture_answer(picture, etag)
