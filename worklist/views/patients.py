"""The page of a patient: who it is, all studies, who may be the same person; and what is put right of that."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.roles import Codename
from archive.access import (
    correctable_corrections,
    correctable_patients,
    correctable_studies,
    visible_patients,
)
from archive.exceptions import CorrectionError
from archive.models import Correction, CorrectionKind, Patient
from archive.services.corrections.carrying_out import carry_out, preview, undo
from audit.decorators import audited, not_audited
from audit.services import record_event
from audit.vocabulary import EventType
from worklist.correction_page import identities_of as compared_people
from worklist.patient_correcting import plan_of_patient
from worklist.patient_page import Identity, compared, identities_of, survivor_of
from worklist.same_person import candidates_for
from worklist.timeline import MOST_STUDIES, TimelineStudy, timeline_of
from worklist.views.http import study_of

_OF_PATIENTS = (
    CorrectionKind.MERGE_PATIENTS,
    CorrectionKind.LINK_PATIENTS,
    CorrectionKind.UNLINK_PATIENTS,
    CorrectionKind.EDIT_PATIENT,
    CorrectionKind.MOVE_STUDY,
)
_REPEATED = ("other", "other_patient_id", "other_issuer", "survivor")
_MOST_CORRECTIONS = 50


@require_GET
@not_audited("It only forwards to the page of the patient, which records the query.")
@requires(None)
def patient_of_study(request: HttpRequest, study_instance_uid: str) -> HttpResponseRedirect:
    """Forward to the page of the patient of a study."""
    study = study_of(request, study_instance_uid)
    return redirect("worklist:patient", patient_pk=study.patient_record_id)


@require_GET
@audited(EventType.QUERY, recorded_by_service=True)
@requires(None)
def patient(request: HttpRequest, patient_pk: int) -> HttpResponse:
    """Show a patient: identities, studies and who may be the same person. One who was merged leads to the survivor."""
    survivor = survivor_of(patient_pk)
    if survivor is None or not visible_patients(request.user).filter(pk=survivor.pk).exists():
        raise Http404
    if survivor.pk != patient_pk:
        return redirect("worklist:patient", patient_pk=survivor.pk)
    return _page(request, survivor)


@require_POST
@audited(EventType.QUERY, recorded_by_service=True)
@requires(Codename.EDIT_STUDY)
def patient_preview(request: HttpRequest, patient_pk: int) -> HttpResponse:
    """Show what a correction of who somebody is would change. Writes nothing but the record."""
    found = _correctable(request, patient_pk)
    kind, user = request.POST.get("kind", ""), signed_in_user(request)
    try:
        plan = plan_of_patient(kind, patient=found, user=user, filled=request.POST.dict())
        seen = preview(plan=plan, user=user)
    except CorrectionError as error:
        return _page(request, found, refusal=str(error))
    sites = correctable_studies(user).filter(patient_record=found).values_list("facility__code", flat=True)
    _record([(code, found) for code in set(sites)], {"list": "patient correction", "kind": kind})
    context = {
        "patient": found,
        "preview": seen,
        "kind": kind,
        "kind_label": CorrectionKind(kind).label,
        "compared_people": compared_people(plan, user),
        "repeated": [(name, request.POST[name]) for name in _REPEATED if name in request.POST],
        "may_turn_round": kind == CorrectionKind.MERGE_PATIENTS,
        "turned_round": "this" if request.POST.get("survivor") == "other" else "other",
        "reason": request.POST.get("reason", ""),
        "preview_url": reverse("worklist:patient_preview", args=[patient_pk]),
        "do_url": reverse("worklist:correct_patient", args=[patient_pk]),
        "back_url": reverse("worklist:patient", args=[patient_pk]),
    }
    return render(request, "worklist/patient_preview.html", context)


@require_POST
@audited(EventType.PATIENT_CHANGED, recorded_by_service=True)
@requires(Codename.EDIT_STUDY)
def correct_patient(request: HttpRequest, patient_pk: int) -> HttpResponse:
    """Do what the preview has shown."""
    found, user = _correctable(request, patient_pk), signed_in_user(request)
    try:
        plan = plan_of_patient(
            request.POST.get("kind", ""), patient=found, user=user, filled=request.POST.dict()
        )
        carry_out(
            plan=plan,
            user=user,
            reason=request.POST.get("reason", ""),
            token=request.POST.get("token", ""),
            overrides_final=request.POST.get("overrides_final") == "yes",
            is_sure=request.POST.get("is_sure") == "yes",
        )
    except CorrectionError as error:
        return _page(request, found, refusal=str(error))
    messages.success(request, _("Done. It can be undone below for 30 days."))
    return redirect("worklist:patient", patient_pk=patient_pk)


@require_POST
@audited(EventType.PATIENT_CHANGED, recorded_by_service=True)
@requires(Codename.EDIT_STUDY)
def undo_patient_correction(request: HttpRequest, patient_pk: int, correction_uid: UUID) -> HttpResponse:
    """Give everything back what it said before a correction of this patient."""
    found = _correctable(request, patient_pk)
    correction = (
        correctable_corrections(request.user)
        .filter(patients=found, kind__in=_OF_PATIENTS, correction_uid=correction_uid)
        .first()
    )
    if correction is None:
        raise Http404
    try:
        undo(
            correction=correction,
            user=signed_in_user(request),
            reason=request.POST.get("reason", ""),
            overrides_final=request.POST.get("overrides_final") == "yes",
        )
    except CorrectionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Undone. Everything is as it was before."))
    return redirect("worklist:patient", patient_pk=patient_pk)


def _correctable(request: HttpRequest, patient_pk: int) -> Patient:
    found = correctable_patients(request.user).filter(pk=patient_pk).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, patient: Patient, *, refusal: str = "") -> HttpResponse:
    timeline = timeline_of(request.user, patient.pk)
    identities = identities_of(request.user, patient, timeline)
    pks = [one.patient.pk for one in identities]
    candidates = candidates_for(request.user, patient, pks)
    may_correct = set(
        correctable_patients(request.user)
        .filter(pk__in=[*pks, *(one.patient.pk for one in candidates)])
        .values_list("pk", flat=True)
    )
    _record(
        ((entry.study.facility.code, entry.study.patient_record) for entry in timeline),
        {"list": "patient", "candidates": len(candidates)},
    )
    chosen = _chosen(request, timeline)
    context = {
        "patient": patient,
        "identities": identities,
        "compared": compared(identities),
        "timeline": timeline,
        "has_more": len(timeline) == MOST_STUDIES,
        "sites": sorted({(entry.study.facility.name, entry.study.facility.code) for entry in timeline}),
        "chosen": chosen,
        "latest_first": chosen[::-1],
        "chosen_site": request.GET.get("site", ""),
        "chosen_modality": request.GET.get("modality", ""),
        "modalities": sorted({entry.modality for entry in timeline if entry.modality}),
        "candidates": candidates,
        "correctable": may_correct,
        "may_correct": patient.pk in may_correct,
        "can_unlink": any(one.is_linked and one.patient.pk in may_correct for one in identities),
        "history": _history(request, identities) if may_correct else [],
        "refusal": refusal,
    }
    return render(request, "worklist/patient.html", context, status=422 if refusal else 200)


def _chosen(request: HttpRequest, timeline: list[TimelineStudy]) -> list[TimelineStudy]:
    """Return the studies of the site and the modality that the address asks for."""
    site, modality = request.GET.get("site"), request.GET.get("modality")
    return [
        entry
        for entry in timeline
        if (not site or entry.study.facility.code == site) and (not modality or entry.modality == modality)
    ]


def _history(request: HttpRequest, identities: list[Identity]) -> list[Correction]:
    """Return the corrections of who the person is of which the user may know, the latest first."""
    found = correctable_corrections(request.user).filter(
        patients__in=[one.patient.pk for one in identities], kind__in=_OF_PATIENTS
    )
    return list(
        found.distinct().select_related("author", "undone_by").order_by("-made_at")[:_MOST_CORRECTIONS]
    )


def _record(seen: Iterable[tuple[str, Patient]], details: dict[str, object]) -> None:
    """Put on record whose page was shown: for each site by its code, under the identity that the site knows."""
    subjects = {(code, one.patient_id, one.issuer_of_patient_id) for code, one in seen}
    for code, patient_id, issuer in sorted(subjects):
        record_event(
            EventType.QUERY,
            patient_id=patient_id,
            issuer_of_patient_id=issuer,
            facility_code=code,
            details=details,
        )
