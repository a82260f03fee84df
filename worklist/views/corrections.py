"""The pages on which a study is put right: choose, look at the preview, do, and undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.roles import Codename
from archive.access import correctable_studies, may_override_final
from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, Plan, Series, Study
from archive.services.corrections.carrying_out import carry_out, preview, undo
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from worklist.correcting import Filled, plan_of
from worklist.correction_page import head_of, history_of, identities_of, images_of, page_of
from worklist.views.http import back_to, private

_NOT_REPEATED = {
    "csrfmiddlewaretoken",
    "series",
    "restored",
    "kind",
    "reason",
    "token",
    "overrides_final",
    "is_sure",
}


@require_GET
@audited(EventType.QUERY)
@requires(Codename.EDIT_STUDY)
def correct(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Show what can be put right of a study, what was rejected, and what was corrected before."""
    study = _study(request, study_instance_uid)
    _describe(request, study)
    return render(request, "worklist/correct.html", _page(request, study, typed={}))


@require_GET
@not_audited("The opening of the study is recorded with its pictures.")
@requires(Codename.EDIT_STUDY)
def series_images(request: HttpRequest, study_instance_uid: str, series_instance_uid: str) -> JsonResponse:
    """Return the images of a series that can be chosen, in their order."""
    study = _study(request, study_instance_uid)
    series = get_object_or_404(Series, study=study, series_instance_uid=series_instance_uid)
    return private({"images": images_of(series)})


@require_POST
@audited(EventType.QUERY)
@requires(Codename.EDIT_STUDY)
def correction_preview(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Show what a correction would change, or the form again with what was typed. Writes nothing."""
    study = _study(request, study_instance_uid)
    _describe(request, study)
    if "again" in request.POST:
        return _form_again(request, study)
    try:
        kind, plan = _planned(request, study)
        seen = preview(plan=plan, user=signed_in_user(request))
    except CorrectionError as error:
        return _form_again(request, study, refusal=str(error))
    repeated = [(name, value) for name, value in request.POST.items() if name not in _NOT_REPEATED]
    for name in ("series", "restored"):
        repeated += [(name, uid) for uid in request.POST.getlist(name)]
    context = head_of(study) | {
        "preview": seen,
        "kind": kind,
        "kind_label": CorrectionKind(kind).label,
        "identities": identities_of(seen.plan, signed_in_user(request)),
        "repeated": repeated,
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "worklist/correct_preview.html", context)


@require_POST
@audited(EventType.STUDY_EDITED, recorded_by_service=True)
@requires(Codename.EDIT_STUDY)
def carry_out_correction(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Do what the preview has shown."""
    study = _study(request, study_instance_uid)
    try:
        kind, plan = _planned(request, study)
        carry_out(
            plan=plan,
            user=signed_in_user(request),
            reason=request.POST.get("reason", ""),
            reason_code=request.POST.get("reason_code", "") if kind == CorrectionKind.REJECT else "",
            token=request.POST.get("token", ""),
            overrides_final=request.POST.get("overrides_final") == "yes",
            is_sure=request.POST.get("is_sure") == "yes",
        )
    except CorrectionError as error:
        return _form_again(request, study, refusal=str(error))
    messages.success(request, _("Done. It can be undone below for 30 days."))
    return HttpResponseRedirect(reverse("worklist:correct", args=[study_instance_uid]))


@require_POST
@audited(EventType.STUDY_EDITED, recorded_by_service=True)
@requires(Codename.EDIT_STUDY)
def undo_correction(request: HttpRequest, study_instance_uid: str, correction_uid: UUID) -> HttpResponse:
    """Give everything back what it said before a correction of this study."""
    study = _study(request, study_instance_uid)
    correction = get_object_or_404(history_of(study, signed_in_user(request)), correction_uid=correction_uid)
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
    return back_to(request, reverse("worklist:correct", args=[study_instance_uid]))


def _study(request: HttpRequest, study_instance_uid: str) -> Study:
    study = (
        correctable_studies(request.user)
        .select_related("facility", "patient_record", "merged_into")
        .filter(study_instance_uid=study_instance_uid)
        .first()
    )
    if study is None:
        raise Http404
    return study


def _describe(request: HttpRequest, study: Study) -> None:
    describe(
        request,
        patient_id=study.patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={"list": "corrections"},
    )


def _planned(request: HttpRequest, study: Study) -> tuple[str, Plan]:
    kind = request.POST.get("kind", "")
    filled = Filled(
        study,
        signed_in_user(request),
        request.POST.dict(),
        series=tuple(request.POST.getlist("series")),
        restored=tuple(request.POST.getlist("restored")),
    )
    return kind, plan_of(kind, filled)


def _form_again(request: HttpRequest, study: Study, *, refusal: str = "") -> HttpResponse:
    """Return the form with everything that was typed and chosen, and why it was refused."""
    page = _page(
        request, study, typed=request.POST.dict(), series=request.POST.getlist("series"), refusal=refusal
    )
    return render(request, "worklist/correct.html", page, status=422 if refusal else 200)


def _page(request: HttpRequest, study: Study, **given: Any) -> dict[str, Any]:
    return page_of(study, user=signed_in_user(request), **given) | {
        "may_override": may_override_final(request.user, study)
    }
