"""A film that the browser records: announced, then sent picture by picture. It is on record before it is made."""

from uuid import UUID

import redis
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import requires
from accounts.models import User
from accounts.roles import Codename
from audit.decorators import audited, not_audited
from audit.vocabulary import EventType
from common.http import problem
from common.tasks import TaskQueueUnavailableError
from viewer.access import may_export
from viewer.cine.recording import MOST_BYTES, read_recording_request
from viewer.cine.services import start_recording, take_picture
from viewer.exceptions import InvalidCineRequestError
from viewer.views.cine import (
    BUSY,
    NO_FILM,
    NOT_ALLOWED,
    body_of,
    describe_film,
    film_answer,
    own_film,
    series_of_film,
)
from viewer.views.opening import opened_study

_PNG = b"\x89PNG\r\n\x1a\n"


@require_POST
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def recording(request: HttpRequest, study_instance_uid: str) -> HttpResponseBase:
    """Announce a film that the browser records: 202, after which its pictures are sent; 403, 422 as of other films."""
    assert isinstance(request.user, User)
    study = opened_study(request, study_instance_uid)
    describe_film(request, study, {"is_recorded": True})
    if not may_export(request.user, study):
        return problem(403, "Not allowed", NOT_ALLOWED)
    try:
        wanted = read_recording_request(body_of(request))
        told = {"format": wanted.format, "frames": wanted.frames, "has_identity": wanted.has_identity}
        describe_film(request, study, {"is_recorded": True, "shows": wanted.shows, **told})
        series = series_of_film(study, wanted.series_instance_uid)
        job = start_recording(user=request.user, series=series, request=wanted)
    except InvalidCineRequestError as error:
        return problem(422, NO_FILM, str(error))
    except redis.RedisError:
        return problem(503, NO_FILM, BUSY)
    return film_answer(job, status=202)


@require_http_methods(["PUT"])
@not_audited("One picture of a film that went on record when it was announced.")
@requires(Codename.DOWNLOAD_STUDY)
def recorded_picture(
    request: HttpRequest, study_instance_uid: str, export_id: UUID, index: int
) -> HttpResponseBase:
    """Take the PNG of a picture, from 0 on: 204; with the last one the film is made."""
    job = own_film(request, study_instance_uid, export_id)
    picture = request.read(MOST_BYTES + 1)
    if len(picture) > MOST_BYTES or not picture.startswith(_PNG):
        return problem(422, NO_FILM, "A picture of a film must be a PNG of at most 6 MB.")
    try:
        take_picture(job, index, picture)
    except InvalidCineRequestError as error:
        return problem(422, NO_FILM, str(error))
    except (redis.RedisError, TaskQueueUnavailableError):
        return problem(503, NO_FILM, BUSY)
    return HttpResponse(status=204)
