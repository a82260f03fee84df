"""Documents of a study. Permission first, then the entity tag, then the cache; a file leaves only with a record."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.roles import Codename
from archive.exceptions import BlobNotFoundError
from archive.selectors import find_study
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from common.http import not_modified, problem
from common.tasks import TaskName
from dicomkit.encapsulated_document import document_bytes, pdf_bytes
from dicomkit.errors import DicomKitError
from viewer.access import may_export, visible_instance
from viewer.documents.kinds import file_suffix
from viewer.documents.request import DocumentPart, DocumentRequest
from viewer.exceptions import RenderingUnavailableError
from viewer.presentations import read_stored_header
from viewer.tiles.service import fetch_picture
from viewer.views.opening import opened_instance
from viewer.views.pictures import CACHE_CONTROL, picture_answer, unavailable

_OPENING = "The opening of the study is recorded once per session."
_NOT_ALLOWED = gettext_noop("Files of this study may be taken only by those who may download it.")
_UNSHOWABLE = gettext_noop("This document cannot be shown")
# Whatever a file holds: opened by itself it is a page without scripts, forms and origin.
_SANDBOX = "default-src 'none'; sandbox"


@require_GET
@gzip_page
@not_audited(_OPENING)
@requires(None)
def report(request: HttpRequest, sop_instance_uid: str) -> HttpResponseBase:
    """Return a structured report as `dicomkit.sr.document.StructuredReport`; answers like a tile."""
    return _part(request, sop_instance_uid, DocumentPart.REPORT)


@require_GET
@gzip_page
@not_audited(_OPENING)
@requires(None)
def waveform(request: HttpRequest, sop_instance_uid: str) -> HttpResponseBase:
    """Return the groups, channels and annotations of a waveform without samples; answers like a tile."""
    return _part(request, sop_instance_uid, DocumentPart.WAVEFORM)


@require_GET
@gzip_page
@not_audited(_OPENING)
@requires(None)
def samples(
    request: HttpRequest, sop_instance_uid: str, group_number: int, chunk_index: int
) -> HttpResponseBase:
    """Return samples as `dicomkit.waveform_samples.pack_samples` writes them; answers like a tile."""
    if group_number < 1:
        raise Http404
    return _part(request, sop_instance_uid, DocumentPart.SAMPLES, group_number - 1, chunk_index)


@require_GET
@not_audited(_OPENING)
@requires(None)
def pdf(request: HttpRequest, sop_instance_uid: str) -> HttpResponseBase:
    """Return an encapsulated PDF for the viewer to draw.

    The bytes are copied out of the stored file and not looked into: that is done by the browser, in a worker.
    """
    instance = opened_instance(request, sop_instance_uid, None)
    etag = f'"pdf-{instance.sha256[:32]}"'
    if (unchanged := not_modified(request, etag)) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        data = pdf_bytes(read_stored_header(instance.sha256).dataset)
    except BlobNotFoundError as error:
        return problem(410, "The document is missing", str(error))
    except DicomKitError as error:
        return problem(422, _UNSHOWABLE, str(error))
    response = _file(data, "application/pdf")
    response["ETag"] = etag
    response["Cache-Control"] = CACHE_CONTROL
    return response


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def download(request: HttpRequest, sop_instance_uid: str) -> HttpResponseBase:
    """Return the file that an object carries, to be kept: only for those who may download the study, and on record."""
    instance = visible_instance(request.user, sop_instance_uid)
    study = find_study(request.user, instance.study_instance_uid) if instance is not None else None
    if instance is None or study is None:
        raise Http404
    describe(
        request,
        patient_id=instance.patient_id,
        issuer_of_patient_id=instance.issuer_of_patient_id,
        study_instance_uid=instance.study_instance_uid,
        facility_code=instance.facility_code,
        details={"exported_as": "document", "sop_instance_uid": sop_instance_uid, "has_identity": True},
    )
    if not may_export(request.user, study):
        return problem(403, "Not allowed", _NOT_ALLOWED)
    try:
        dataset = read_stored_header(instance.sha256).dataset
        data = document_bytes(dataset)
    except BlobNotFoundError as error:
        return problem(410, "The document is missing", str(error))
    except DicomKitError as error:
        return problem(422, "There is no file to take", str(error))
    # The browser keeps it and never opens it: the media type that the object names is not to be trusted.
    response = _file(data, "application/octet-stream")
    suffix = file_suffix(instance.sop_class_uid)
    response["Content-Disposition"] = f'attachment; filename="document{suffix}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _part(
    request: HttpRequest,
    sop_instance_uid: str,
    part: DocumentPart,
    group_index: int = 0,
    chunk_index: int = 0,
) -> HttpResponseBase:
    instance = opened_instance(request, sop_instance_uid, None)
    asked = DocumentRequest(instance.sha256, part, group_index, chunk_index)
    if (unchanged := not_modified(request, asked.etag())) is not None:
        unchanged["Cache-Control"] = CACHE_CONTROL
        return unchanged
    try:
        found = fetch_picture(asked.cache_key(), TaskName.READ_DOCUMENT, **asked.as_task_arguments())
    except RenderingUnavailableError as error:
        return unavailable(error)
    if found is not None and found.problem:
        return problem(422, _UNSHOWABLE, found.problem)
    is_binary = part is DocumentPart.SAMPLES
    content_type = "application/octet-stream" if is_binary else "application/json"
    return picture_answer(found, asked.etag(), content_type=content_type)


def _file(data: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Security-Policy"] = _SANDBOX
    return response
