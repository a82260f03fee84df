"""What the addresses of planes have in common: the volume that they mean, the plane, and how requests are refused."""

import math

from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop

from common.http import problem
from dicomkit.errors import DicomKitError, InvalidTileError, NotAVolumeError
from dicomkit.reformat import PlaneName
from dicomkit.reformat_voxels import Projection
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError, VolumeChangedError
from viewer.views.pictures import requested_tile, unavailable
from viewer.volumes.request import OBLIQUE, ObliquePlane, PlaneRequest
from viewer.volumes.series import SeriesVolume

_NO_VOLUME = gettext_noop("This series cannot be reformatted")


def requested_group(request: HttpRequest) -> int:
    """Return the number of the group that an address asks for.

    Raises
    ------
    InvalidTileRequestError
        It is no number.
    """
    written = request.GET.get("group", "0")
    if not (written.isascii() and written.isdecimal() and len(written) < 6):
        raise InvalidTileRequestError("group is a number.")
    return int(written)


def plane_request(
    request: HttpRequest,
    volume: SeriesVolume,
    series_instance_uid: str,
    name: str,
    *,
    index: int,
    level: int,
    column: int,
    row: int,
) -> PlaneRequest:
    """Return the tile of an axial, coronal or sagittal plane that an address asks for.

    Raises
    ------
    Http404
        There is no such stack.
    InvalidTileRequestError
        The parameters make no sense.
    """
    if name not in set(PlaneName):
        raise Http404
    return PlaneRequest(
        series_instance_uid,
        requested_tile(
            request, sha256=volume.content, frame_number=index + 1, level=level, column=column, row=row
        ),
        name,
        _slab_mm(request.GET),
        request.GET.get("projection", Projection.MAXIMUM),
    )


def oblique_request(
    request: HttpRequest,
    volume: SeriesVolume,
    series_instance_uid: str,
    *,
    level: int,
    column: int,
    row: int,
) -> PlaneRequest:
    """Return the tile of a plane whose place and directions an address gives.

    Raises
    ------
    InvalidTileRequestError
        The parameters make no sense.
    """
    return PlaneRequest(
        series_instance_uid,
        requested_tile(request, sha256=volume.content, frame_number=1, level=level, column=column, row=row),
        OBLIQUE,
        _slab_mm(request.GET),
        request.GET.get("projection", Projection.MAXIMUM),
        _oblique(request.GET),
    )


REFUSALS = (
    DicomKitError,
    InvalidTileRequestError,
    VolumeChangedError,
    RenderingUnavailableError,
)
"""What `refused` has an answer to."""


def refused(error: Exception) -> HttpResponseBase:
    """Return the answer to a request for a plane that failed.

    Raises
    ------
    Http404
        There is no such tile.
    """
    match error:
        case InvalidTileError():
            raise Http404 from error
        case NotAVolumeError():
            return problem(422, _NO_VOLUME, str(error))
        case InvalidTileRequestError():
            return problem(400, "No such plane", str(error))
        case VolumeChangedError():
            return problem(410, "The series has changed", str(error))
        case RenderingUnavailableError():
            return unavailable(error)
        case _:
            raise error


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
