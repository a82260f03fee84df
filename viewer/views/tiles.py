"""Tiles, lookup tables and thumbnails. Permission first, then the entity tag, then the cache."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from archive.exceptions import BlobNotFoundError
from archive.selectors import find_series, open_blob
from audit.decorators import not_audited
from common.http import not_modified, problem
from dicomkit.errors import DicomKitError, InvalidTileError
from dicomkit.tiles import tile_rectangle
from viewer.access import VisibleInstance
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.services import thumbnail_key
from viewer.stack import representative
from viewer.tiles.lookup import grey_table
from viewer.tiles.service import fetch_thumbnail, fetch_tile
from viewer.views.opening import admit, opened_instance, record_opening
from viewer.views.pictures import CACHE_CONTROL, marks_answer, picture_answer, requested_tile, unavailable

_OPENING = "The opening of the study is recorded once per session."


@require_GET
@not_audited(_OPENING)
@requires(None)
def tile(
    request: HttpRequest, sop_instance_uid: str, frame_number: int, level: int, column: int, row: int
) -> HttpResponseBase:
    """Return one tile: 200 with the picture, 202 while it is rendered, 422 where it cannot be displayed."""
    instance = opened_instance(request, sop_instance_uid, frame_number)
    admit(request, instance, sop_instance_uid)
    return tile_answer(
        request,
        instance,
        sop_instance_uid=sop_instance_uid,
        frame_number=frame_number,
        level=level,
        column=column,
        row=row,
    )


@require_GET
@not_audited(_OPENING)
@requires(None)
def thumbnail(request: HttpRequest, series_instance_uid: str) -> HttpResponseBase:
    """Return the thumbnail of a series; answers like a tile."""
    series = find_series(request.user, series_instance_uid)
    image = representative(series_instance_uid) if series else None
    if series is None or image is None:
        raise Http404
    record_opening(
        request,
        study_instance_uid=series.study.study_instance_uid,
        patient_id=series.study.patient_id,
        issuer_of_patient_id=series.study.issuer_of_patient_id,
        facility_code=series.study.facility.code,
        looked_at="thumbnails",
    )
    key = thumbnail_key(image)
    etag = f'"{key.replace(":", "-")}"'
    if (unchanged := not_modified(request, etag)) is not None:
        return unchanged
    try:
        return picture_answer(fetch_thumbnail(key, series_instance_uid), etag)
    except RenderingUnavailableError as error:
        return unavailable(error)


@require_GET
@not_audited(_OPENING)
@requires(None)
def marks(request: HttpRequest, sop_instance_uid: str, frame_number: int) -> HttpResponseBase:
    """Return what lies over a frame, overlays and shutter, as one bitmap; answers like a tile."""
    instance = opened_instance(request, sop_instance_uid, frame_number)
    return marks_answer(request, instance.sha256, frame_number)


@require_GET
@not_audited(_OPENING)
@requires(None)
def lookup(
    request: HttpRequest, sop_instance_uid: str, frame_number: int, voi_index: int
) -> HttpResponseBase:
    """Return the grey of every packed value under one of the file's windows or tables: 65,536 bytes."""
    instance = opened_instance(request, sop_instance_uid, frame_number)
    try:
        with open_blob(instance.sha256) as file:
            table = grey_table(file, frame_number, voi_index)
    except BlobNotFoundError as error:
        return problem(410, "The image is missing", str(error))
    except DicomKitError as error:
        return problem(422, "No such table", str(error))
    response = HttpResponse(table, content_type="application/octet-stream")
    response["Cache-Control"] = CACHE_CONTROL
    return response


def tile_answer(
    request: HttpRequest,
    instance: VisibleInstance,
    *,
    sop_instance_uid: str,
    frame_number: int,
    level: int,
    column: int,
    row: int,
) -> HttpResponseBase:
    """Answer with a tile of an instance that the user may see and whose opening is on record.

    Raises
    ------
    Http404
        The image has no such tile.
    """
    _require_in_pyramid(instance, level, column, row)
    try:
        asked = requested_tile(
            request, sha256=instance.sha256, frame_number=frame_number, level=level, column=column, row=row
        )
    except InvalidTileRequestError as error:
        return problem(400, "No such tile", str(error))
    etag = asked.etag()
    if (unchanged := not_modified(request, etag)) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        picture = fetch_tile(
            asked, series_instance_uid=instance.series_instance_uid, sop_instance_uid=sop_instance_uid
        )
    except RenderingUnavailableError as error:
        return unavailable(error)
    return picture_answer(picture, etag)


def _require_in_pyramid(instance: VisibleInstance, level: int, column: int, row: int) -> None:
    """Raise Http404 for a tile that the image has not, before any render process looks for it."""
    try:
        # An image whose size is not known has one tile, which will say why it cannot be displayed.
        tile_rectangle(instance.rows or 1, instance.columns or 1, level=level, column=column, row=row)
    except InvalidTileError:
        raise Http404 from None
