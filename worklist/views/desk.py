"""The reading of one study, for the viewer: where it stands, that its reader is still there, what comes next."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires
from accounts.roles import Codename
from audit.decorators import audited, not_audited
from audit.vocabulary import EventType
from worklist.exceptions import WorklistError
from worklist.reading_desk import desk_of
from worklist.services.next_study import claim_next
from worklist.services.reading import still_reading
from worklist.views.http import body_of, private, refusal, study_of, user_of


@require_GET
@not_audited("It belongs to a study that is open, whose opening is on record.")
@requires(None)
def desk(request: HttpRequest, study_instance_uid: str) -> HttpResponseBase:
    """Return status, order, notes and possible actions of a study."""
    return private(desk_of(request.user, study_of(request, study_instance_uid)))


@require_POST
@not_audited("It only says that what was claimed is still being read.")
@requires(Codename.REPORT_STUDY)
def still(request: HttpRequest, study_instance_uid: str) -> HttpResponseBase:
    """Note that the reader still has the study before him; tell him when it is no longer his."""
    study = study_of(request, study_instance_uid)
    return private({"is_own": still_reading(study=study, user=user_of(request))})


@require_POST
@audited(EventType.READING_CHANGED, recorded_by_service=True)
@requires(Codename.REPORT_STUDY)
def next_study(request: HttpRequest) -> HttpResponseBase:
    """Claim what the reader should read next, and return where it is read; nothing where nothing is left."""
    try:
        body = body_of(request)
    except WorklistError as error:
        return refusal(error)
    study = claim_next(user=user_of(request), except_uid=str(body.get("except_uid", "")))
    url = reverse("viewer:study", args=[study.study_instance_uid]) if study else None
    return private({"viewer_url": url})
