"""The list page and the pieces of it that scripts ask for."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires
from accounts.permissions import facilities_with
from accounts.roles import Codename
from archive.models import ReceptionStatus
from archive.selectors import find_study, series_of, series_without_images
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from worklist.criteria import COLUMNS, Criteria, DatePreset, Position
from worklist.forms import FilterForm, address_parameters, criteria_of, position_of, searched_text
from worklist.presentation import row_of
from worklist.selectors import COUNT_LIMIT, Page, list_page

MODALITIES = ["CR", "CT", "DX", "ES", "IO", "MG", "MR", "NM", "OT", "PT", "PX", "RF", "SC", "SR", "US", "XA"]


@require_GET
@audited(EventType.QUERY)
@requires(None)
def study_list(request: HttpRequest) -> HttpResponse:
    """Show one page of the list."""
    form = FilterForm(request.GET)
    form.is_valid()
    criteria = criteria_of(form.cleaned_data, text=searched_text(request.GET.get("s", ""), request.session))
    position = position_of(request.GET)
    page = list_page(request.user, criteria, position, today=timezone.localdate())
    describe(
        request,
        details={
            "list": "worklist",
            "rows": len(page.studies),
            "text": criteria.text,
            "address": request.GET.urlencode(),
        },
    )
    return render(request, "worklist/list.html", {"page": _page_context(request, criteria, position, page)})


@require_POST
@not_audited("It only forwards to the list, which records the query.")
@requires(None)
def search(request: HttpRequest) -> HttpResponseRedirect:
    """Take the filter form and forward to the list that it asks for, so that going back and reloading work."""
    form = FilterForm(request.POST)
    form.is_valid()
    criteria = criteria_of(form.cleaned_data, text=form.cleaned_data.get("q", "").strip())
    parameters = address_parameters(criteria, request.session)
    for name in ("sort", "dir"):
        if request.POST.get(name):
            parameters[name] = request.POST[name]
    return HttpResponseRedirect(f"{reverse('worklist:list')}?{parameters.urlencode()}")


@require_GET
@not_audited("It repeats a row of a list whose query is on record.")
@requires(None)
def study_row(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Return the row of one study, for a list that is kept up to date."""
    study = find_study(request.user, study_instance_uid)
    if study is None:
        raise Http404
    return render(request, "worklist/_row.html", {"row": row_of(study), "columns": COLUMNS})


@require_GET
@audited(EventType.QUERY)
@requires(None)
def study_series(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Return the series of one study with their thumbnails."""
    study = find_study(request.user, study_instance_uid)
    if study is None:
        raise Http404
    describe(
        request,
        patient_id=study.patient_id,
        study_instance_uid=study_instance_uid,
        details={"list": "series"},
    )
    viewer_url = reverse("viewer:study", args=[study_instance_uid])
    without_images = series_without_images(study)
    series = [
        {
            "series_instance_uid": one.series_instance_uid,
            "series_number": one.series_number,
            "modality": one.modality,
            "series_description": one.series_description,
            "instance_count": one.number_of_series_related_instances,
            "has_images": one.pk not in without_images,
            "thumbnail_url": reverse("viewer:thumbnail", args=[one.series_instance_uid]),
            "viewer_url": f"{viewer_url}?series={one.series_instance_uid}",
        }
        for one in series_of(study)
    ]
    return render(
        request, "worklist/_series.html", {"series": series, "study_instance_uid": study_instance_uid}
    )


def _page_context(request: HttpRequest, criteria: Criteria, position: Position, page: Page) -> dict[str, Any]:
    """Return what the template shows of a page."""
    kept = address_parameters(criteria, request.session)
    ordered = kept.copy()
    ordered["sort"], ordered["dir"] = position.column.key, "desc" if position.is_descending else "asc"
    studies = page.studies
    return {
        "rows": [row_of(study) for study in studies],
        "columns": [_column_context(column, position, kept) for column in COLUMNS],
        "first_url": _url(ordered) if page.has_previous else None,
        "previous_url": _url(ordered, before=studies[0].study_instance_uid)
        if page.has_previous and studies
        else None,
        "next_url": _url(ordered, after=studies[-1].study_instance_uid)
        if page.has_next and studies
        else None,
        "last_url": _url(ordered, last="1") if page.has_next else None,
        "count_label": _count_label(page),
        "is_filtered": criteria.is_filtered,
        "is_first": not page.has_previous,
        "is_default_order": position.column is Position().column and position.is_descending,
        "empty_reason": _empty_reason(criteria),
        "filters": {
            "q": criteria.text,
            "date_preset": str(criteria.date_preset),
            "date_from": criteria.date_from.isoformat() if criteria.date_from else "",
            "date_to": criteria.date_to.isoformat() if criteria.date_to else "",
            "modality": criteria.modality,
            "body_part": criteria.body_part,
            "facility": criteria.facility_code,
            "status": criteria.status,
            "sort": position.column.key,
            "dir": "desc" if position.is_descending else "asc",
        },
        "date_presets": [str(preset) for preset in DatePreset],
        "modality_choices": MODALITIES,
        "status_choices": ReceptionStatus.choices,
        "facility_choices": list(facilities_with(request.user, Codename.VIEW_STUDY)),
    }


def _column_context(column: Any, position: Position, kept: QueryDict) -> dict[str, str]:
    is_sorted = column is position.column
    descending = not position.is_descending if is_sorted else column.key == "date"
    parameters = kept.copy()
    parameters["sort"], parameters["dir"] = column.key, "desc" if descending else "asc"
    direction = ("descending" if position.is_descending else "ascending") if is_sorted else ""
    return {
        "key": column.key,
        "label": str(column.label),
        "sort_url": _url(parameters),
        "direction": direction,
    }


def _url(parameters: QueryDict, **more: str) -> str:
    parameters = parameters.copy()
    parameters.update(more)
    return f"{reverse('worklist:list')}?{parameters.urlencode()}"


def _count_label(page: Page) -> str:
    if page.count is None:
        return _("more than %(number)s studies") % {"number": _grouped(COUNT_LIMIT)}
    count = ngettext("%(number)s study", "%(number)s studies", page.count)
    return count % {"number": _grouped(page.count)}


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


def _empty_reason(criteria: Criteria) -> str:
    if criteria.is_filtered:
        return _("No study fits the filters.")
    return _("There are no studies here that you may see. Send one from a modality, or upload one.")
