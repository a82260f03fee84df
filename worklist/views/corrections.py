"""The pages on which a study is put right: choose, look at the preview, do, and undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.roles import Codename
from archive.access import correctable_studies
from archive.exceptions import CorrectionError
from archive.models import Correction, CorrectionKind, Instance, Plan, Series, Study
from archive.selectors import series_of, series_without_images
from archive.services.corrections.carrying_out import carry_out, preview, undo
from audit.decorators import audited, describe
from audit.vocabulary import EventType
from dicomkit.person_name import display_name
from dicomkit.rejection import QUALITY_REASONS, TITLES
from worklist.correcting import Filled, plan_of

_NOT_REPEATED = {"csrfmiddlewaretoken", "series", "kind", "reason", "token", "overrides_final"}


@require_GET
@audited(EventType.QUERY)
@requires(Codename.EDIT_STUDY)
def correct(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Show what can be put right of a study, what was rejected, and what was corrected before."""
    study = _study(request, study_instance_uid)
    describe(
        request,
        patient_id=study.patient_id,
        study_instance_uid=study_instance_uid,
        facility_code=study.facility.code,
        details={"list": "corrections"},
    )
    return render(request, "worklist/correct.html", _page(study))


@require_POST
@audited(EventType.QUERY)
@requires(Codename.EDIT_STUDY)
def correction_preview(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Show what a correction would change. Writes nothing."""
    study = _study(request, study_instance_uid)
    try:
        kind, plan = _planned(request, study)
        seen = preview(plan=plan, user=signed_in_user(request))
    except CorrectionError as error:
        return render(request, "worklist/correct.html", _page(study) | {"refusal": str(error)}, status=422)
    repeated = [(name, value) for name, value in request.POST.items() if name not in _NOT_REPEATED]
    repeated += [("series", uid) for uid in request.POST.getlist("series")]
    context = _head(study) | {
        "preview": seen,
        "kind": kind,
        "kind_label": CorrectionKind(kind).label,
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
        )
    except CorrectionError as error:
        return render(request, "worklist/correct.html", _page(study) | {"refusal": str(error)}, status=422)
    messages.success(request, _("Done. It can be undone below for 30 days."))
    return HttpResponseRedirect(reverse("worklist:correct", args=[study_instance_uid]))


@require_POST
@audited(EventType.STUDY_EDITED, recorded_by_service=True)
@requires(Codename.EDIT_STUDY)
def undo_correction(request: HttpRequest, study_instance_uid: str, correction_uid: UUID) -> HttpResponse:
    """Give everything back what it said before a correction of this study."""
    study = _study(request, study_instance_uid)
    correction = _history(study).filter(correction_uid=correction_uid).first()
    if correction is None:
        raise Http404
    try:
        undo(
            correction=correction,
            user=signed_in_user(request),
            reason=request.POST.get("reason", ""),
            overrides_final=request.POST.get("overrides_final") == "yes",
        )
    except PermissionDenied:
        raise
    except CorrectionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Undone. Everything is as it was before."))
    return HttpResponseRedirect(reverse("worklist:correct", args=[study_instance_uid]))


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


def _planned(request: HttpRequest, study: Study) -> tuple[str, Plan]:
    kind = request.POST.get("kind", "")
    filled = Filled(
        study, signed_in_user(request), request.POST.dict(), tuple(request.POST.getlist("series"))
    )
    return kind, plan_of(kind, filled)


def _history(study: Study) -> Any:
    """Return the corrections of a study and of its patient, the latest first."""
    of_study = Correction.objects.filter(studies=study)
    of_patient = Correction.objects.filter(patients=study.patient_record_id)
    return (of_study | of_patient).distinct().select_related("author", "undone_by").order_by("-made_at")


def _head(study: Study) -> dict[str, Any]:
    return {"study": study, "name": display_name(study.patient_name)}


def _page(study: Study) -> dict[str, Any]:
    without_images = series_without_images(study)
    return _head(study) | {
        "series": [_series_row(one, has_images=one.pk not in without_images) for one in series_of(study)],
        "rejections": _rejections(study),
        "history": list(_history(study)[:50]),
        "titles": [(code.value, code.meaning) for code in TITLES.values()],
        "quality": [(code.value, code.meaning) for code in QUALITY_REASONS.values()],
    }


def _series_row(series: Series, *, has_images: bool) -> dict[str, Any]:
    url = reverse("viewer:thumbnail", args=[series.series_instance_uid]) if has_images else ""
    return {"row": series, "thumbnail_url": url}


def _rejections(study: Study) -> list[dict[str, Any]]:
    """Return what was rejected of a study, by rejection, with the coarsest picture of each image."""
    found: dict[int, dict[str, Any]] = {}
    rejected = (
        Instance.kept.filter(series__study=study, rejection__isnull=False)
        .exclude(series__modality="KO")
        .select_related("rejection__author", "series")
        .order_by("-rejection__made_at", "series__series_number", "instance_number", "pk")
    )
    for one in rejected[:200]:
        assert one.rejection is not None
        group = found.setdefault(one.rejection.pk, {"correction": one.rejection, "images": []})
        level = (one.image_attributes or {}).get("levels", 1) - 1
        address = [one.sop_instance_uid, 1, level, 0, 0]
        group["images"].append(
            {"row": one, "url": reverse("viewer:tile", args=address) if one.number_of_frames else ""}
        )
    return list(found.values())
