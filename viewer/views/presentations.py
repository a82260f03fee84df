"""How others want images to be seen: presentation states, key objects, and the grey tables that they need."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from archive.exceptions import BlobNotFoundError
from archive.selectors import open_blob
from audit.decorators import audited, not_audited
from audit.vocabulary import EventType
from common.http import problem
from dicomkit.errors import DicomKitError
from dicomkit.image_references import ImageReference
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.presentation import read_presentation_state
from dicomkit.presented_grey import presented_lookup
from viewer.access import VisibleInstance
from viewer.presentations import presentations_of, read_stored_header
from viewer.views.opening import opened_instance, opened_study
from viewer.views.pictures import CACHE_CONTROL, marks_answer


@require_GET
@gzip_page
@audited(EventType.STUDY_OPENED, recorded_by_service=True)
@requires(None)
def presentations(request: HttpRequest, study_instance_uid: str) -> JsonResponse:
    """Return the presentation states and key object selections of a study."""
    response = JsonResponse(presentations_of(opened_study(request, study_instance_uid)))
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
@not_audited("The opening of the study is recorded once per session.")
@requires(None)
def presented_table(request: HttpRequest, state_sop_instance_uid: str, sop_instance_uid: str) -> HttpResponse:
    """Return the grey of every packed value of an image under a presentation state: 65,536 bytes."""
    state, image, frame_number = _presented(request, state_sop_instance_uid, sop_instance_uid)
    try:
        table = _table(state, image, ImageReference(sop_instance_uid, (frame_number,)))
    except BlobNotFoundError as error:
        return problem(410, "The image is missing", str(error))
    except DicomKitError as error:
        return problem(422, "This presentation state cannot be applied", str(error))
    response = HttpResponse(table, content_type="application/octet-stream")
    response["Cache-Control"] = CACHE_CONTROL
    return response


@require_GET
@not_audited("The opening of the study is recorded once per session.")
@requires(None)
def presented_marks(
    request: HttpRequest, state_sop_instance_uid: str, sop_instance_uid: str
) -> HttpResponseBase:
    """Return what lies over an image under a presentation state; answers like a tile."""
    state, image, frame_number = _presented(request, state_sop_instance_uid, sop_instance_uid)
    return marks_answer(request, image.sha256, frame_number, state_sha256=state.sha256)


def _presented(
    request: HttpRequest, state_sop_instance_uid: str, sop_instance_uid: str
) -> tuple[VisibleInstance, VisibleInstance, int]:
    """Return a state, an image of the same study, and which of its frames is asked for."""
    number = request.GET.get("frame", "1")
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    image = opened_instance(request, sop_instance_uid, int(number))
    state = opened_instance(request, state_sop_instance_uid, None)
    if state.study_instance_uid != image.study_instance_uid:
        raise Http404
    return state, image, int(number)


def _table(state: VisibleInstance, image: VisibleInstance, reference: ImageReference) -> bytes:
    presentation = read_presentation_state(read_stored_header(state.sha256).dataset)
    with open_blob(image.sha256) as file, FrameSource.open(file) as source:
        modality = read_modality_transform(source.dataset, frame_index=reference.frame_numbers[0] - 1)
        return presented_lookup(
            presentation, image=reference, layout=source.pixel_format, modality=modality
        ).tobytes()
