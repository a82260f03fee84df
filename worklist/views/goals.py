"""How the department keeps its goals: the page, its table for spreadsheets, and the display on the wall."""

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import requires, signed_in_user
from accounts.models import Facility
from accounts.roles import Codename
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from common.spreadsheet import harmless
from worklist.access import goal_facilities, viewing_facilities
from worklist.charts import HEIGHT, WIDTH, bars_of, in_words, line_of
from worklist.department_now import department_now
from worklist.turnaround import GROUPING_OF, GROUPINGS, Grouping, Period, turnarounds

_LONGEST_PERIOD = timedelta(days=400)
_USUAL_PERIOD = timedelta(days=29)


class GoalForm(forms.Form):
    """Which days, which site, and by what the times are compared."""

    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    facility = forms.CharField(required=False, max_length=16)
    by = forms.ChoiceField(required=False, choices=[(one.key, one.label) for one in GROUPINGS])


@require_GET
@audited(EventType.QUERY)
@requires(Codename.ASSIGN_READING)
def service_goals(request: HttpRequest) -> HttpResponse:
    """Show turn-around times against the goals."""
    facilities, facility, period, grouping = _asked(request)
    found = turnarounds(signed_in_user(request), period=period, grouping=grouping, facility=facility)
    days = turnarounds(signed_in_user(request), period=period, grouping=GROUPING_OF["day"], facility=facility)
    describe(request, details={"list": "service goals", "by": grouping.key})
    return render(
        request,
        "worklist/goals.html",
        {
            "bars": bars_of(found),
            "line": line_of(days),
            "width": WIDTH,
            "height": HEIGHT,
            "studies": sum(one.studies for one in found),
            "outside": sum(one.outside for one in found),
            "facilities": facilities,
            "facility": facility,
            "period": period,
            "grouping": grouping,
            "groupings": [one for one in GROUPINGS if one.key != "day"],
        },
    )


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.ASSIGN_READING)
def goals_table(request: HttpRequest) -> HttpResponse:
    """Return the turn-around times as a table for spreadsheets, in minutes."""
    _, facility, period, grouping = _asked(request)
    describe(request, details={"list": "service goals", "by": grouping.key})
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [grouping.label, "Studies", "Median (min)", "90th percentile (min)", "Longest (min)", "Outside goal"]
    )
    for one in turnarounds(signed_in_user(request), period=period, grouping=grouping, facility=facility):
        minutes = [round(time.total_seconds() / 60, 1) for time in (one.median, one.ninetieth, one.longest)]
        writer.writerow([harmless(one.group), one.studies, *minutes, one.outside])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"turn-around-{grouping.key}-{period.first}-{period.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@not_audited("It shows numbers only, of no patient.")
@requires(Codename.VIEW_STUDY)
def wall(request: HttpRequest) -> HttpResponse:
    """Show what a department has before it, large enough for a wall; the page fetches its middle again by itself."""
    facilities = list(viewing_facilities(request.user))
    wanted = request.GET.get("facility", "")
    facility = next((one for one in facilities if one.code == wanted), facilities[0] if facilities else None)
    if facility is None:
        raise Http404
    now = department_now(facility)
    context = {
        "now": now,
        "waiting": [
            {"row": row, "longest": in_words(row.longest) if row.longest else ""} for row in now.waiting
        ],
        "facilities": facilities,
    }
    part = "worklist/_wall.html" if "part" in request.GET else "worklist/wall.html"
    return render(request, part, context)


def _asked(request: HttpRequest) -> tuple[list[Facility], Facility | None, Period, Grouping]:
    form = GoalForm(request.GET)
    form.is_valid()
    values: dict[str, Any] = form.cleaned_data
    facilities = list(goal_facilities(request.user))
    facility = next((one for one in facilities if one.code == values.get("facility")), None)
    last: date = values.get("last") or timezone.localdate()
    first: date = values.get("first") or last - _USUAL_PERIOD
    first, last = min(first, last), max(first, last)
    first = max(first, last - _LONGEST_PERIOD)
    return facilities, facility, Period(first, last), GROUPING_OF[values.get("by") or "modality"]
