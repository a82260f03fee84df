"""A film of a series leaves the viewer: asked for, looked after, fetched. It is on record before it is made."""

import json
from uuid import UUID

import redis
from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires
from accounts.models import User
from accounts.roles import Codename
from archive.models import Series, Study
from archive.selectors import find_study
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from common.http import problem
from common.tasks import TaskQueueUnavailableError
from viewer.access import may_export
from viewer.cine.jobs import CineJob, find_job
from viewer.cine.request import read_cine_request
from viewer.cine.services import start_film
from viewer.exceptions import InvalidCineRequestError
from viewer.views.opening import opened_study

_MOST_BYTES = 4096
NO_FILM = gettext_noop("No film was made")
BUSY = gettext_noop("Films cannot be made at the moment. Try again later.")
NOT_ALLOWED = gettext_noop("Films of this study may be saved only by those who may download it.")


@require_POST
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def film(request: HttpRequest, study_instance_uid: str) -> HttpResponseBase:
    """Have a film made: 202 with where its progress is; 403 where pictures may not leave, 422 for what is no film."""
    assert isinstance(request.user, User)
    study = opened_study(request, study_instance_uid)
    describe_film(request, study, {})
    if not may_export(request.user, study):
        return problem(403, "Not allowed", NOT_ALLOWED)
    try:
        wanted = read_cine_request(body_of(request))
        told = {"format": wanted.format, "frames": wanted.count, "has_identity": wanted.has_identity}
        describe_film(request, study, told)
        series = series_of_film(study, wanted.series_instance_uid)
        job = start_film(user=request.user, series=series, request=wanted)
    except InvalidCineRequestError as error:
        return problem(422, NO_FILM, str(error))
    except (redis.RedisError, TaskQueueUnavailableError):
        return problem(503, NO_FILM, BUSY)
    return film_answer(job, status=202)


@require_GET
@not_audited("How far a film is; that it was asked for is on record.")
@requires(Codename.DOWNLOAD_STUDY)
def progress(request: HttpRequest, study_instance_uid: str, export_id: UUID) -> JsonResponse:
    """Return how far one of the user's own films is."""
    return film_answer(own_film(request, study_instance_uid, export_id))


@require_GET
@not_audited("The film went on record when it was asked for, before it was made.")
@requires(Codename.DOWNLOAD_STUDY)
def download(request: HttpRequest, study_instance_uid: str, export_id: UUID) -> FileResponse:
    """Return one of the user's own films, named after its series and not after the patient."""
    job = own_film(request, study_instance_uid, export_id)
    if not job.is_ready or not job.film.is_file():
        raise Http404
    content_type = "image/gif" if job.file_name.endswith(".gif") else "video/mp4"
    response = FileResponse(
        job.film.open("rb"), as_attachment=True, filename=job.file_name, content_type=content_type
    )
    response["Cache-Control"] = "private, no-store"
    return response


def own_film(request: HttpRequest, study_instance_uid: str, export_id: UUID) -> CineJob:
    """Return a film that the user asked for and may still have."""
    study = find_study(request.user, study_instance_uid)
    job = find_job(str(export_id)) if study is not None and may_export(request.user, study) else None
    if job is None or job.user_pk != request.user.pk or job.study_instance_uid != study_instance_uid:
        raise Http404
    return job


def describe_film(request: HttpRequest, study: Study, told: dict[str, object]) -> None:
    """Say for the record that a film of a study is asked for, and what is known of it."""
    describe(
        request,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={"exported_as": "film", **told},
    )


def series_of_film(study: Study, series_instance_uid: str) -> Series:
    """Return the series that a film shows; InvalidCineRequestError where the study has none such."""
    series = Series.objects.filter(study=study, series_instance_uid=series_instance_uid).first()
    if series is None:
        raise InvalidCineRequestError("The study has no such series.")
    return series


def body_of(request: HttpRequest) -> object:
    """Return the JSON value of a request for a film; None where there is none."""
    try:
        return json.loads(request.body) if len(request.body) <= _MOST_BYTES else None
    except (RequestDataTooBig, ValueError, RecursionError):
        return None


def film_answer(job: CineJob, *, status: int = 200) -> JsonResponse:
    """Return how far a film is and where it will be."""
    arguments = [job.study_instance_uid, job.export_id]
    body = {
        "progress_url": reverse("viewer:film_progress", args=arguments),
        "film_url": reverse("viewer:film_download", args=arguments),
        "pictures_url": reverse("viewer:recorded_picture", args=[*arguments, 0]).removesuffix("0"),
        "file_name": job.file_name,
        "total": job.total,
        "done": job.done,
        "is_ready": job.is_ready,
        "problem": job.problem,
    }
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
