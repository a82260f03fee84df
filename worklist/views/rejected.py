"""What a department has rejected: the list, how much of each device that is, and both as tables for spreadsheets."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.roles import Codename
from audit.decorators import audited, describe
from audit.vocabulary import EventType
from common.spreadsheet import harmless
from dicomkit.person_name import display_name
from worklist.rejected import (
    PAGE_ROWS,
    RejectedCriteria,
    RejectedSeries,
    modalities_of_rejected,
    reject_rates,
    rejected_series,
)
from worklist.rejection_reasons import grouped_reasons, label_of

_USUAL_PERIOD = timedelta(days=29)
_LONGEST_PERIOD = timedelta(days=400)
_MOST_ROWS = 10_000


class RejectedForm(forms.Form):
    """Which rejections, and from which row on."""

    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    reason = forms.CharField(required=False, max_length=16)
    modality = forms.CharField(required=False, max_length=16)
    start = forms.IntegerField(required=False, min_value=0, max_value=_MOST_ROWS)


@require_GET
@audited(EventType.QUERY)
@requires(Codename.EDIT_STUDY)
def rejected(request: HttpRequest) -> HttpResponse:
    """Show what stands rejected, and the rates of the devices."""
    criteria, start = _asked(request)
    found = rejected_series(request.user, criteria, start=start, at_most=PAGE_ROWS + 1)
    describe(request, details={"list": "rejected", "rows": len(found[:PAGE_ROWS])})
    more = request.GET.copy()
    more["start"] = str(start + PAGE_ROWS)
    context = {
        "rows": [(one, label_of(one.correction.reason_code)) for one in found[:PAGE_ROWS]],
        "next_query": more.urlencode() if len(found) > PAGE_ROWS else "",
        "rates": reject_rates(request.user, criteria),
        "criteria": criteria,
        "reasons": grouped_reasons(),
        "modalities": modalities_of_rejected(request.user),
    }
    return render(request, "worklist/rejected.html", context)


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def rejected_table(request: HttpRequest) -> HttpResponse:
    """Return what stands rejected as CSV, at most 10,000 rows, of studies that may leave with the user."""
    criteria, _start = _asked(request)
    rows = rejected_series(request.user, criteria, at_most=_MOST_ROWS, is_export=True)
    describe(request, details={"list": "rejected as CSV", "rows": len(rows)})
    heads = [
        _("Rejected at"),
        _("Reason"),
        _("Words"),
        _("By"),
        _("Patient"),
        _("Patient ID"),
        _("Study"),
        _("Study date"),
        _("Modality"),
        _("Device"),
        _("Series"),
        _("Images"),
    ]
    return _table(f"rejected-{criteria.first}-{criteria.last}.csv", heads, map(_cells, rows))


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.EDIT_STUDY)
def reject_rates_table(request: HttpRequest) -> HttpResponse:
    """Return the rates of the devices as CSV; it tells of no patient."""
    criteria, _start = _asked(request)
    describe(request, details={"list": "reject rates as CSV"})
    heads = [_("Modality"), _("Device"), _("Images made"), _("Rejected"), _("For quality"), _("Rate (%)")]
    rows = [
        [one.modality, one.device, str(one.made), str(one.rejected), str(one.repeats), f"{one.percent:.2f}"]
        for one in reject_rates(request.user, criteria)
    ]
    return _table(f"reject-rates-{criteria.first}-{criteria.last}.csv", heads, rows)


def _cells(one: RejectedSeries) -> list[str]:
    series, study = one.series, one.series.study
    return [
        f"{timezone.localtime(one.correction.made_at):%Y-%m-%d %H:%M}",
        label_of(one.correction.reason_code),
        one.correction.reason,
        one.correction.author_name,
        display_name(study.patient_name),
        study.patient_id,
        study.study_description,
        study.study_date.isoformat() if study.study_date else "",
        series.modality,
        series.station_name or series.manufacturer_model_name,
        series.series_description,
        str(one.images),
    ]


def _table(name: str, heads: list[str], rows: Iterable[list[str]]) -> HttpResponse:
    text = StringIO()
    # The mark of the byte order tells spreadsheets that the text is UTF-8.
    text.write("\ufeff")
    csv.writer(text).writerows([heads, *([harmless(cell) for cell in row] for row in rows)])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _asked(request: HttpRequest) -> tuple[RejectedCriteria, int]:
    form = RejectedForm(request.GET)
    form.is_valid()
    values: dict[str, Any] = form.cleaned_data
    last: date = values.get("last") or timezone.localdate()
    first: date = values.get("first") or last - _USUAL_PERIOD
    first, last = min(first, last), max(first, last)
    criteria = RejectedCriteria(
        max(first, last - _LONGEST_PERIOD),
        last,
        reason_code=values.get("reason") or "",
        modality=values.get("modality") or "",
    )
    return criteria, values.get("start") or 0
