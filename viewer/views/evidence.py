"""Storing what readers marked as DICOM instances."""

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.models import User
from accounts.roles import Codename
from archive.exceptions import BlobNotFoundError
from audit.context import current_actor
from audit.decorators import audited
from audit.vocabulary import EventType
from common.http import problem
from dicomkit.errors import DicomKitError
from viewer.access import may_annotate
from viewer.exceptions import EvidenceRefusedError, RenderingUnavailableError
from viewer.models import EvidenceKind
from viewer.services import store_evidence
from viewer.views.annotations import NOT_ALLOWED
from viewer.views.opening import opened_study
from viewer.views.pictures import unavailable

_NOTHING_NEW = (
    "Nothing has been stored: no annotation or key image of this study is new since they were last stored."
)
_COMPUTING = "The numbers of some regions are still being computed. Ask again in a second."


@require_POST
@audited(EventType.INSTANCES_STORED, recorded_by_service=True)
@requires(Codename.ANNOTATE_STUDY)
def evidence(request: HttpRequest, study_instance_uid: str) -> HttpResponseBase:
    """Store what is marked: 200 with what was stored and what was not, 202 while numbers are computed (ask again)."""
    study = opened_study(request, study_instance_uid)
    if not may_annotate(request.user, study):
        return problem(403, "Not allowed", NOT_ALLOWED)
    assert isinstance(request.user, User)
    try:
        stored = store_evidence(study=study, author=request.user, actor=current_actor())
    except RenderingUnavailableError as error:
        return unavailable(error)
    except (DicomKitError, BlobNotFoundError, EvidenceRefusedError) as error:
        return problem(422, "The annotations could not be stored", str(error))
    if stored is None:
        pending = JsonResponse({"created": [], "omitted": 0, "detail": _COMPUTING}, status=202)
        pending["Retry-After"] = "1"
        return pending
    created = [
        {
            "sop_instance_uid": one.sop_instance_uid,
            "modality": one.kind,
            "description": EvidenceKind(one.kind).label,
        }
        for one in stored.created
    ]
    told = ["" if created else _NOTHING_NEW, _left_out(stored.omitted), _on_planes(stored.on_planes)]
    return JsonResponse(
        {
            "created": created,
            "omitted": stored.omitted + stored.on_planes,
            "detail": " ".join(filter(None, told)),
        }
    )


def _on_planes(count: int) -> str:
    if not count:
        return ""
    marks = "1 mark on a plane is" if count == 1 else f"{count} marks on planes are"
    return f"{marks} in no object: of planes the report has what measures, in a series with a frame of reference."


def _left_out(count: int) -> str:
    if not count:
        return ""
    marks = "1 annotation is" if count == 1 else f"{count} annotations are"
    return f"{marks} in no presentation state, because it is for grey-scale images only."
