"""Single instances as files: as they leave, with what was corrected, and as they came."""

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.permissions import may_on
from accounts.roles import Codename
from archive.access import correctable_studies, may_override_final, visible_studies
from archive.models import Instance
from archive.selectors import open_blob
from archive.services.outgoing import outgoing_file
from audit.decorators import audited, describe
from audit.vocabulary import EventType

_WITH = ("blob", "series__study__facility")


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def instance_file(request: HttpRequest, sop_instance_uid: str) -> HttpResponseBase:
    """Return an instance as it leaves: corrected, with the original attributes beside."""
    instance = (
        Instance.objects.select_related(*_WITH)
        .filter(sop_instance_uid=sop_instance_uid, series__study__in=visible_studies(request.user))
        .first()
    )
    if instance is None or not may_on(request.user, Codename.DOWNLOAD_STUDY, instance.series.study):
        raise Http404
    _describe(request, instance, "as it leaves")
    return _answer(FileResponse(outgoing_file(instance)), f"{sop_instance_uid}.dcm")


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.OVERRIDE_FINAL)
def original_file(request: HttpRequest, sop_instance_uid: str) -> HttpResponseBase:
    """Return an instance as it came, byte for byte, rejected or not: for whoever administers its facility."""
    instance = (
        Instance.kept.select_related(*_WITH)
        .filter(sop_instance_uid=sop_instance_uid, series__study__in=correctable_studies(request.user))
        .first()
    )
    if instance is None or not may_override_final(request.user, instance.series.study):
        raise Http404
    _describe(request, instance, "as it came")
    return _answer(FileResponse(open_blob(instance.blob.sha256)), f"{sop_instance_uid}.original.dcm")


def _describe(request: HttpRequest, instance: Instance, version: str) -> None:
    study = instance.series.study
    describe(
        request,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={"sop_instance_uid": instance.sop_instance_uid, "version": version},
    )


def _answer(response: FileResponse, name: str) -> FileResponse:
    response["Content-Type"] = "application/dicom"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
