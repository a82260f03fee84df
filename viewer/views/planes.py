"""Volumes and planes through them. Permission first, then the entity tag, then the cache."""

import math
from collections.abc import Callable

from django.http import Http404, HttpRequest, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from archive.selectors import find_series
from audit.decorators import not_audited
from common.http import not_modified, problem
from dicomkit.errors import NotAVolumeError
from dicomkit.reformat import PlaneName
from dicomkit.reformat_voxels import Projection
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.views.opening import record_opening
from viewer.views.pictures import CACHE_CONTROL, picture_answer, requested_tile, unavailable
from viewer.volumes.body import volume_body
from viewer.volumes.fetching import damaged_slices, exists, fetch_plane
from viewer.volumes.request import OBLIQUE, ObliquePlane, PlaneRequest
from viewer.volumes.series import SeriesVolume, content_of, series_volume

_OPENING = "The opening of the study is recorded once per session."
_NO_VOLUME = "This series cannot be reformatted"


@require_GET
@gzip_page
@not_audited(_OPENING)
@requires(None)
def volume(request: HttpRequest, series_instance_uid: str) -> HttpResponseBase:
    """Return what is known of the volume of a series and of its planes, or the problem why there is none."""
    _require_opened_series(request, series_instance_uid)
    try:
        found = _current_volume(series_instance_uid)
        body = volume_body(
            found, series_instance_uid=series_instance_uid, damaged=damaged_slices(found.content)
        )
    except NotAVolumeError as error:
        body = {"problem": str(error)}
    except RenderingUnavailableError as error:
        return unavailable(error)
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
    if name not in set(PlaneName):
        raise Http404

    def asked(content: str) -> PlaneRequest:
        return PlaneRequest(
            series_instance_uid,
            requested_tile(
                request, sha256=content, frame_number=index + 1, level=level, column=column, row=row
            ),
            name,
            _slab_mm(request.GET),
            request.GET.get("projection", Projection.MAXIMUM),
        )

    return _plane_answer(request, series_instance_uid, asked)


@require_GET
@not_audited(_OPENING)
@requires(None)
def oblique_plane(
    request: HttpRequest, series_instance_uid: str, level: int, column: int, row: int
) -> HttpResponseBase:
    """Return one tile of a plane whose place and directions the address gives; answers like a tile of an image."""

    def asked(content: str) -> PlaneRequest:
        return PlaneRequest(
            series_instance_uid,
            requested_tile(request, sha256=content, frame_number=1, level=level, column=column, row=row),
            OBLIQUE,
            _slab_mm(request.GET),
            request.GET.get("projection", Projection.MAXIMUM),
            _oblique(request.GET),
        )

    return _plane_answer(request, series_instance_uid, asked)


def _plane_answer(
    request: HttpRequest, series_instance_uid: str, asked: Callable[[str], PlaneRequest]
) -> HttpResponseBase:
    _require_opened_series(request, series_instance_uid)
    try:
        found = _current_volume(series_instance_uid)
        wanted = asked(found.content)
        if not exists(found, wanted):
            raise Http404
        etag = wanted.etag()
        if (unchanged := not_modified(request, etag)) is not None:
            unchanged["Cache-Control"] = CACHE_CONTROL
            return unchanged
        return picture_answer(fetch_plane(found, wanted), etag)
    except NotAVolumeError as error:
        return problem(422, _NO_VOLUME, str(error))
    except InvalidTileRequestError as error:
        return problem(400, "No such plane", str(error))
    except RenderingUnavailableError as error:
        return unavailable(error)


def _require_opened_series(request: HttpRequest, series_instance_uid: str) -> None:
    """Raise Http404 for a series that the user may not see; record the opening of its study."""
    series = find_series(request.user, series_instance_uid)
    if series is None:
        raise Http404
    record_opening(
        request,
        study_instance_uid=series.study.study_instance_uid,
        patient_id=series.study.patient_id,
        issuer_of_patient_id=series.study.issuer_of_patient_id,
        facility_code=series.study.facility.code,
    )


def _current_volume(series_instance_uid: str) -> SeriesVolume:
    """Return the volume of a series as it is now.

    Raises
    ------
    NotAVolumeError
        It has none.
    RenderingUnavailableError
        It has changed while this was found out.
    """
    found = series_volume(series_instance_uid, content=content_of(series_instance_uid))
    if found is None:
        raise RenderingUnavailableError("The series is changing at this moment.")
    return found


def _slab_mm(parameters: QueryDict) -> float:
    return round(_number(parameters.get("slab", "0")), 3)


def _oblique(parameters: QueryDict) -> ObliquePlane:
    """Return the plane of an address; a thousandth of a millimetre is enough, and lets readers share tiles."""
    x, y, z = _numbers(parameters.get("position", ""), count=3, digits=3)
    row_x, row_y, row_z, column_x, column_y, column_z = _numbers(
        parameters.get("orientation", ""), count=6, digits=6
    )
    return ObliquePlane(
        position=(x, y, z),
        orientation=(row_x, row_y, row_z, column_x, column_y, column_z),
        spacing_mm=round(_number(parameters.get("spacing", "")), 4),
        rows=int(_number(parameters.get("rows", ""))),
        columns=int(_number(parameters.get("columns", ""))),
    )


def _numbers(text: str, *, count: int, digits: int) -> list[float]:
    numbers = [round(_number(part), digits) for part in text.split(",")]
    if len(numbers) != count:
        raise InvalidTileRequestError("A plane has a position of 3 and an orientation of 6 numbers.")
    return numbers


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidTileRequestError("Measures of planes are finite numbers.")
    return number
