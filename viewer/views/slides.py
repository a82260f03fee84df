"""Tiles of whole slides. Permission first, then the entity tag, then the cache."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from common.http import not_modified, problem
from common.tasks import TaskName
from dicomkit.errors import InvalidTileError
from dicomkit.tiles import tile_rectangle
from viewer.exceptions import InvalidTileRequestError, RenderingUnavailableError
from viewer.slides.pyramid import slide_image
from viewer.slides.request import SlideRequest
from viewer.tiles.service import fetch_picture
from viewer.views.opening import opened_instance
from viewer.views.pictures import CACHE_CONTROL, picture_answer, requested_tile, unavailable


@require_GET
@not_audited("The opening of the study is recorded once per session.")
@requires(None)
def slide(
    request: HttpRequest, sop_instance_uid: str, picture_number: int, level: int, column: int, row: int
) -> HttpResponseBase:
    """Return one tile of a slide; answers like a tile of an image."""
    instance = opened_instance(request, sop_instance_uid, None)
    image = slide_image(sop_instance_uid, instance.series_instance_uid, picture_number)
    if image is None:
        raise Http404
    whole = image.levels[0]
    try:
        tile_rectangle(whole.rows, whole.columns, level=level, column=column, row=row)
        tile = requested_tile(
            request, sha256=image.content, frame_number=picture_number, level=level, column=column, row=row
        )
    except InvalidTileError:
        raise Http404 from None
    except InvalidTileRequestError as error:
        return problem(400, "No such tile", str(error))
    asked = SlideRequest(tile, image.levels)
    etag = asked.etag()
    if (unchanged := not_modified(request, etag)) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        picture = fetch_picture(asked.cache_key(), TaskName.RENDER_SLIDE, **asked.as_task_arguments())
    except RenderingUnavailableError as error:
        return unavailable(error)
    return picture_answer(picture, etag)
