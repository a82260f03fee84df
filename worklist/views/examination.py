"""One examination: its order, its steps, its images to be checked, and what people note about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.roles import Codename
from archive.models import Study
from archive.selectors import find_study
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from worklist.access import may_correct, may_protocol, may_read, ordering_facilities, visible_procedures
from worklist.examination import (
    dose_of,
    expected_images,
    find_procedure,
    history_of,
    procedure_of,
    series_to_check,
    steps_of,
    task_of,
)
from worklist.examination_rows import ActionChoice, step_row
from worklist.exceptions import WorklistError
from worklist.forms_correction import CorrectionForm
from worklist.local_time import zone_of
from worklist.models import ReadingTask, RequestedProcedure
from worklist.services import handover, notes
from worklist.states import READING_TRANSITIONS, ReadingAction, ReadingStatus
from worklist.views.http import back_to, study_of

# What is done with the images before somebody reads them; the rest belongs to reading.
_HAND_OVER = (
    ReadingAction.CHECK,
    ReadingAction.COMPLETE,
    ReadingAction.RETURN,
    ReadingAction.REOPEN,
    ReadingAction.CANCEL,
    ReadingAction.REINSTATE,
)
_NEEDS_REASON = frozenset({ReadingAction.RETURN, ReadingAction.REOPEN, ReadingAction.CANCEL})


@require_GET
@audited(EventType.QUERY)
@requires(Codename.VIEW_STUDY)
def examination(request: HttpRequest, procedure_pk: int) -> HttpResponse:
    """Show an examination that was ordered, with its images where there are any yet."""
    procedure = find_procedure(request.user, procedure_pk)
    if procedure is None:
        raise Http404
    study = find_study(request.user, procedure.study.study_instance_uid) if procedure.study else None
    patient = procedure.imaging_service_request.patient_record
    describe(
        request,
        patient_id=patient.patient_id,
        issuer_of_patient_id=patient.issuer_of_patient_id,
        study_instance_uid=procedure.study_instance_uid,
        facility_code=procedure.imaging_service_request.facility.code,
        details={"list": "examination"},
    )
    return render(request, "worklist/examination.html", _context(request, procedure, study))


@require_GET
@audited(EventType.QUERY)
@requires(Codename.VIEW_STUDY)
def image_check(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Show the images of a study to be checked, with its order where it has one."""
    study = find_study(request.user, study_instance_uid)
    if study is None:
        raise Http404
    describe(
        request,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study_instance_uid,
        facility_code=study.facility.code,
        details={"list": "image check"},
    )
    procedure = procedure_of(request.user, study)
    full = find_procedure(request.user, procedure.pk) if procedure else None
    return render(request, "worklist/examination.html", _context(request, full, study))


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.VIEW_STUDY)
def hand_over(request: HttpRequest, study_instance_uid: str) -> HttpResponseRedirect:
    """Move a study on towards its reader, or back."""
    study = study_of(request, study_instance_uid)
    try:
        action = ReadingAction(request.POST.get("action", ""))
    except ValueError:
        raise Http404 from None
    try:
        handover.hand_over(
            study=study, user=signed_in_user(request), action=action, reason=request.POST.get("reason", "")
        )
    except WorklistError as error:
        messages.error(request, str(error))
    return back_to(request, reverse("worklist:image_check", args=[study_instance_uid]))


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.EDIT_STUDY)
def note_for_reader(request: HttpRequest, study_instance_uid: str) -> HttpResponseRedirect:
    """Keep the technologist's note."""
    study = study_of(request, study_instance_uid)
    try:
        notes.note_for_reader(study=study, user=signed_in_user(request), text=request.POST.get("text", ""))
    except WorklistError as error:
        messages.error(request, str(error))
    return back_to(request, reverse("worklist:image_check", args=[study_instance_uid]))


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.VIEW_STUDY)
def protocol_note(request: HttpRequest, procedure_pk: int) -> HttpResponseRedirect:
    """Keep how an examination is to be done."""
    procedure = get_object_or_404(
        visible_procedures(request.user).select_related(
            "imaging_service_request__facility", "imaging_service_request__patient_record"
        ),
        pk=procedure_pk,
    )
    notes.lay_down_protocol(
        procedure=procedure, user=signed_in_user(request), text=request.POST.get("text", "")
    )
    return back_to(request, reverse("worklist:examination", args=[procedure_pk]))


def _context(
    request: HttpRequest, procedure: RequestedProcedure | None, study: Study | None
) -> dict[str, Any]:
    facility = study.facility if study else procedure.imaging_service_request.facility  # type: ignore[union-attr]
    may_manage = ordering_facilities(request.user).filter(pk=facility.pk).exists()
    task = task_of(study) if study else None
    series = series_to_check(study) if study else []
    choices = _choices(request, task, study) if task and study else []
    corrects = study is not None and may_correct(request.user, study)
    uids = {one.study_instance_uid for one in (procedure, study) if one}
    return {
        "procedure": procedure,
        "order": procedure.imaging_service_request if procedure else None,
        "patient": _patient(procedure, study),
        "own_uids": " ".join(sorted(uids)),
        "study": study,
        "task": task,
        "zone": str(zone_of(facility)),
        "steps": [step_row(step, may_manage=may_manage) for step in steps_of(procedure)] if procedure else [],
        "series": series,
        "series_with_images": [one for one in series if one.has_images],
        "series_without_images": [one for one in series if not one.has_images],
        "expected_images": expected_images(procedure) if procedure else 0,
        "dose_reports": dose_of(study) if study else [],
        "history": history_of(study) if study else [],
        "choices": choices,
        "has_more_choices": not all(one.is_next for one in choices),
        "may_manage": may_manage,
        "may_correct": corrects,
        "rejecting": CorrectionForm(study=study, typed={}) if study and corrects else None,
        "may_protocol": procedure is not None and may_protocol(request.user, procedure),
    }


def _patient(procedure: RequestedProcedure | None, study: Study | None) -> dict[str, Any]:
    """Return whom the examination is of: what the images say, and the order while there are none."""
    source = study or procedure.imaging_service_request.patient_record  # type: ignore[union-attr]
    names = ("patient_name", "patient_id", "issuer_of_patient_id", "patient_birth_date", "patient_sex")
    return {name: getattr(source, name) for name in names}


def _choices(request: HttpRequest, task: ReadingTask, study: Study) -> list[ActionChoice]:
    corrects, reads = may_correct(request.user, study), may_read(request.user, study)
    possible = READING_TRANSITIONS.possible(ReadingStatus(task.status))
    return [
        ActionChoice(str(action), str(action.label), action in _NEEDS_REASON, action not in _NEEDS_REASON)
        for action in _HAND_OVER
        if action in possible and (corrects or (reads and action == ReadingAction.RETURN))
    ]
