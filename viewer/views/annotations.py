"""What readers draw and mark: read with the study, written one by one."""

import json
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from accounts.decorators import requires
from accounts.models import User
from accounts.roles import Codename
from archive.models import Study
from audit.context import current_actor
from audit.decorators import audited
from audit.vocabulary import EventType
from common.http import problem
from viewer.access import may_annotate
from viewer.annotations import JSONObject, annotation_body, content_of, key_image_body
from viewer.exceptions import AnnotationConflictError, AnnotationNotFoundError, InvalidAnnotationError
from viewer.foreign_reports import read_only_annotations
from viewer.selectors import annotation_of_study, annotations_of_study, key_images_of_study
from viewer.services import delete_annotation, mark_key_image, save_annotation, unmark_key_image
from viewer.views.opening import opened_study

NOT_ALLOWED = gettext_noop(
    "Your role at this facility does not allow to annotate this study. Ask for the right, or tell a radiologist."
)
_CONFLICT = gettext_noop(
    "Somebody else has changed or deleted this annotation since you last saw it. Nothing was overwritten: look at the "
    "current one and make your change again."
)


@require_GET
@gzip_page
@audited(EventType.STUDY_OPENED, recorded_by_service=True)
@requires(None)
def annotations(request: HttpRequest, study_instance_uid: str) -> JsonResponse:
    """Return the annotations and key images of a study."""
    study = opened_study(request, study_instance_uid)
    may_edit = may_annotate(request.user, study)
    return _private(
        {
            "annotations": [annotation_body(one, may_edit=may_edit) for one in annotations_of_study(study)],
            "key_images": [key_image_body(one) for one in key_images_of_study(study)],
            "read_only": read_only_annotations(study),
        }
    )


@require_http_methods(["PUT", "DELETE"])
@audited(EventType.ANNOTATION_CHANGED, recorded_by_service=True)
@requires(Codename.ANNOTATE_STUDY)
def annotation(request: HttpRequest, study_instance_uid: str, annotation_uid: str) -> HttpResponseBase:
    """Make, change or delete an annotation: 200 or 201 with it, 204 when deleted, 409 where somebody was faster."""
    study = opened_study(request, study_instance_uid)
    if not may_annotate(request.user, study):
        return problem(403, "Not allowed", NOT_ALLOWED)
    try:
        if request.method == "DELETE":
            return _delete(request, study, annotation_uid)
        return _put(request, study, annotation_uid)
    except AnnotationConflictError:
        return _conflict(study, annotation_uid)
    except InvalidAnnotationError as error:
        return problem(422, "This annotation cannot be kept", str(error))
    except AnnotationNotFoundError:
        raise Http404 from None


@require_http_methods(["PUT", "DELETE"])
@audited(EventType.KEY_IMAGE_MARKED, recorded_by_service=True)
@requires(Codename.ANNOTATE_STUDY)
def key_image(
    request: HttpRequest, study_instance_uid: str, sop_instance_uid: str, frame_number: int
) -> HttpResponseBase:
    """Mark a frame as a key image, or take the mark away: 204, however often."""
    study = opened_study(request, study_instance_uid)
    if not may_annotate(request.user, study):
        return problem(403, "Not allowed", NOT_ALLOWED)
    if request.method == "DELETE":
        unmark_key_image(
            study=study, sop_instance_uid=sop_instance_uid, frame_number=frame_number, actor=current_actor()
        )
        return HttpResponse(status=204)
    try:
        mark_key_image(
            study=study,
            sop_instance_uid=sop_instance_uid,
            frame_number=frame_number,
            author=_author(request),
            actor=current_actor(),
        )
    except InvalidAnnotationError as error:
        return problem(422, "This image cannot be marked", str(error))
    return HttpResponse(status=204)


def _put(request: HttpRequest, study: Study, annotation_uid: str) -> HttpResponseBase:
    content, revision = content_of(_json_of(request))
    saved = save_annotation(
        study=study,
        annotation_uid=annotation_uid,
        content=content,
        revision=revision,
        author=_author(request),
        actor=current_actor(),
    )
    status = HTTPStatus.CREATED if saved.is_new else HTTPStatus.OK
    return _private(annotation_body(saved.annotation, may_edit=True), status=status)


def _delete(request: HttpRequest, study: Study, annotation_uid: str) -> HttpResponseBase:
    revision = request.GET.get("revision", "")
    if not (revision.isascii() and revision.isdecimal() and len(revision) < 10):
        raise InvalidAnnotationError("Name the revision that you last saw: ?revision=<number>.")
    delete_annotation(
        study=study,
        annotation_uid=annotation_uid,
        revision=int(revision),
        author=_author(request),
        actor=current_actor(),
    )
    return HttpResponse(status=204)


def _conflict(study: Study, annotation_uid: str) -> HttpResponseBase:
    """Return 409 with the annotation as it is now, None where it is deleted."""
    current = annotation_of_study(study, annotation_uid)
    body = {
        "type": "about:blank",
        "title": "Somebody else was faster",
        "status": HTTPStatus.CONFLICT,
        "detail": _CONFLICT,
        "current": annotation_body(current, may_edit=True) if current is not None else None,
    }
    return JsonResponse(body, status=HTTPStatus.CONFLICT, content_type="application/problem+json")


def _json_of(request: HttpRequest) -> object:
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        raise InvalidAnnotationError("The annotation is too large. Draw it with fewer points.") from None
    except (ValueError, RecursionError):
        raise InvalidAnnotationError("The body is not JSON.") from None


def _author(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _private(body: JSONObject, *, status: int = HTTPStatus.OK) -> JsonResponse:
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
