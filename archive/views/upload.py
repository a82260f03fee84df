"""Bringing in studies through the browser."""

from typing import TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires
from accounts.models import Facility
from accounts.roles import Codename
from archive.access import upload_facilities
from archive.exceptions import RefusedError, StorageError, StorageFullError
from archive.services.importing import ingest_file
from archive.services.ingest import close_session
from archive.services.received import ArrivalSession, IngestResult, Origin
from audit.context import current_actor
from audit.decorators import audited, not_audited
from audit.vocabulary import EventType
from common.http import problem


class ResultBody(TypedDict):
    """What became of one uploaded file, or of one member of an uploaded ZIP archive."""

    file: str
    outcome: str
    reason: str
    study_instance_uid: str


@require_GET
@not_audited("The page shows no patient data.")
@requires(Codename.UPLOAD_STUDY)
def upload_page(request: HttpRequest) -> HttpResponse:
    """Show the page for dropping files."""
    return render(request, "archive/upload.html", {"facilities": upload_facilities(request.user)})


@require_POST
@audited(EventType.INSTANCES_IMPORTED, recorded_by_service=True)
@requires(Codename.UPLOAD_STUDY)
def upload_file(request: HttpRequest) -> HttpResponseBase:
    """Take in one file or ZIP archive; answers only after it is durable."""
    facility = _facility_of(request)
    if facility is None:
        return problem(403, "Not your facility", "Choose a facility for which you may bring in studies.")
    uploaded = request.FILES.get("file")
    if not isinstance(uploaded, UploadedFile):
        return problem(400, "No file", "Send one file in the form field 'file'.")
    session = ArrivalSession(Origin.UPLOAD, current_actor(), facility)
    name = request.POST.get("relative_path") or uploaded.name or ""
    try:
        results = list(ingest_file(uploaded, name=name, session=session))  # type: ignore[arg-type]
    except StorageFullError as error:
        return problem(507, "The archive is full", str(error))
    except StorageError as error:
        return problem(503, "The archive cannot store", str(error))
    except RefusedError as error:
        return problem(422, "Not taken in", str(error))
    finally:
        close_session(session)
    return JsonResponse({"results": [_body_of(result) for result in results]})


def _facility_of(request: HttpRequest) -> Facility | None:
    code = request.POST.get("facility", "")
    # Compared here, for a database may refuse to look for what a form may send.
    return next((one for one in upload_facilities(request.user) if one.code == code), None)


def _body_of(result: IngestResult) -> ResultBody:
    return {
        "file": result.name,
        "outcome": result.outcome,
        "reason": gettext(result.reason) if result.reason else "",
        "study_instance_uid": result.study_instance_uid,
    }
