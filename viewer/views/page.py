"""The reading page and its manifest."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.models import User
from archive.selectors import instances_of_study
from audit.decorators import audited
from audit.vocabulary import EventType
from viewer.access import may_export
from viewer.hanging.selection import hanging_of
from viewer.hanging.stored import own_candidates
from viewer.manifest import manifest_of
from viewer.patient_studies import patient_studies
from viewer.stored_preferences import preferences_of
from viewer.views.opening import opened_study


@require_GET
@audited(EventType.STUDY_OPENED, recorded_by_service=True)
@requires(None)
def study_page(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Show the reading page of a study."""
    study = opened_study(request, study_instance_uid)
    assert isinstance(request.user, User)
    context = {
        "study_instance_uid": study.study_instance_uid,
        "manifest_url": reverse("viewer:manifest", args=[study.study_instance_uid]),
        "presentations_url": reverse("viewer:presentations", args=[study.study_instance_uid]),
        "may_export": may_export(request.user, study),
        "preferences": preferences_of(request.user).as_json(),
    }
    response = render(request, "viewer/study.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@gzip_page
@audited(EventType.STUDY_OPENED, recorded_by_service=True)
@requires(None)
def manifest(request: HttpRequest, study_instance_uid: str) -> JsonResponse:
    """Return the manifest of a study; with ``?images_only=1`` without what is about reading it beside others."""
    study = opened_study(request, study_instance_uid)
    body = manifest_of(study, instances_of_study(study))
    if request.GET.get("images_only") != "1":
        body["patient_studies"] = patient_studies(request.user, study)
        body["hanging"] = hanging_of(
            study, body["series"], body["patient_studies"], own_candidates(request.user, study)
        )
    response = JsonResponse(body)
    response["Cache-Control"] = "private, no-store"
    return response
