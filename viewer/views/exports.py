"""Pictures of the screen that leave the viewer: a file, or paper. Each is on record before it is made."""

import json
from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.roles import Codename
from audit.decorators import audited, describe
from audit.vocabulary import EventType
from common.http import problem
from viewer.access import may_export
from viewer.views.opening import opened_study

_MOST_BYTES = 1024
_NOT_ALLOWED = gettext_noop(
    "Pictures of this study may be saved and printed only by those who may download it."
)
_UNREADABLE = (
    'The body must be {"what": "image", "layout", "print" or "film", "has_identity": true or false}.'
)


class ExportedAs(StrEnum):
    """What leaves."""

    IMAGE = "image"
    LAYOUT = "layout"
    PRINT = "print"
    FILM = "film"


@dataclass(frozen=True)
class _Export:
    what: ExportedAs
    has_identity: bool


@require_POST
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def export(request: HttpRequest, study_instance_uid: str) -> HttpResponseBase:
    """Put on record that a picture of the study leaves: 204, after which the browser makes it; 403 where it may not."""
    study = opened_study(request, study_instance_uid)
    wanted = _export_of(request)
    describe(
        request,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={} if wanted is None else {"exported_as": wanted.what, "has_identity": wanted.has_identity},
    )
    if not may_export(request.user, study):
        return problem(403, "Not allowed", _NOT_ALLOWED)
    if wanted is None:
        return problem(422, "Nothing was exported", _UNREADABLE)
    return HttpResponse(status=204)


def _export_of(request: HttpRequest) -> _Export | None:
    """Return what the body asks for; None where it asks for nothing that there is."""
    try:
        body = json.loads(request.body) if len(request.body) <= _MOST_BYTES else None
    except (RequestDataTooBig, ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or set(body) != {"what", "has_identity"}:
        return None
    what, has_identity = body["what"], body["has_identity"]
    if not isinstance(what, str) or what not in set(ExportedAs) or not isinstance(has_identity, bool):
        return None
    return _Export(ExportedAs(what), has_identity)
