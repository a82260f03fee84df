"""What all addresses of pictures have in common: how a picture is asked for, and how it is answered."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common.http import not_modified, problem
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.services import marks_key
from viewer.tiles.cache import CachedPicture
from viewer.tiles.request import TileRequest
from viewer.tiles.service import fetch_marks

# The address with its content hash decides the bytes, but who may see them can change within the day.
CACHE_CONTROL = "private, max-age=3600"


def requested_tile(
    request: HttpRequest, *, sha256: str, frame_number: int, level: int, column: int, row: int
) -> TileRequest:
    """Return the tile that an address and its parameters ask for.

    Raises
    ------
    InvalidTileRequestError
        The parameters make no sense.
    """
    parameters = request.GET
    try:
        center, width = parameters.get("wc"), parameters.get("ww")
        if (center is None) != (width is None):
            raise InvalidTileRequestError("A window has both a centre (wc) and a width (ww).")
        function = parameters.get("fn", "LINEAR")
        return TileRequest(
            sha256=sha256,
            frame_number=frame_number,
            level=level,
            column=column,
            row=row,
            depth=int(parameters.get("depth", "8")),
            window=(float(center), float(width), function)
            if center is not None and width is not None
            else None,
            voi_index=int(parameters["voi"]) if "voi" in parameters else None,
            is_inverted=parameters.get("invert") == "1",
            palette=parameters.get("colours", ""),
        )
    except ValueError:
        raise InvalidTileRequestError("Window, VOI and depth are numbers.") from None


def picture_answer(
    picture: CachedPicture | None, etag: str, *, content_type: str = "image/png"
) -> HttpResponseBase:
    """Return 200 with the picture, 202 where it is being rendered, 422 where it cannot be displayed."""
    if picture is None:
        response = HttpResponse(status=202)
        response["Retry-After"] = "1"
        response["Cache-Control"] = "no-store"
        return response
    if picture.problem:
        return problem(422, "This image cannot be displayed", picture.problem)
    response = HttpResponse(picture.png, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    if picture.default_window:
        response["X-Default-Window"] = picture.default_window
    if picture.is_incomplete:
        response["X-Incomplete"] = "1"
    return response


def marks_answer(
    request: HttpRequest, sha256: str, frame_number: int, *, state_sha256: str = ""
) -> HttpResponseBase:
    """Answer with what lies over a frame, under a presentation state where one is named."""
    key = marks_key(sha256, frame_number, state_sha256)
    etag = f'"{key.replace(":", "-")}"'
    if (unchanged := not_modified(request, etag)) is not None:
        return unchanged
    try:
        marks = fetch_marks(key, sha256=sha256, frame_number=frame_number, state_sha256=state_sha256)
    except RenderingUnavailableError as error:
        return unavailable(error)
    return picture_answer(marks, etag)


def unavailable(error: RenderingUnavailableError) -> HttpResponseBase:
    """Return 503."""
    response = problem(503, "Pictures are not available at the moment", str(error))
    response["Retry-After"] = "2"
    return response
