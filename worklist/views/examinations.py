"""The technologist's day: the list, its rows, and what is done with a step."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires, signed_in_user
from accounts.models import Facility
from accounts.roles import Codename
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from worklist.access import ordering_facilities, viewing_facilities, visible_steps
from worklist.examination_rows import step_row
from worklist.examinations import MOST_ROWS, DayCriteria, stations_of, steps_of_day, steps_of_study
from worklist.exceptions import WorklistError
from worklist.forms_examination import DayForm
from worklist.local_time import today_at
from worklist.services import acquisition
from worklist.states import StepAction, StepStatus
from worklist.views.http import back_to

MODALITIES = ("CR", "CT", "DX", "ES", "IO", "MG", "MR", "NM", "PT", "PX", "RF", "US", "XA")


@require_GET
@audited(EventType.QUERY)
@requires(Codename.VIEW_STUDY)
def day_list(request: HttpRequest) -> HttpResponse:
    """Show the examinations of one day at one facility."""
    facilities = list(viewing_facilities(request.user))
    if not facilities:
        raise Http404
    criteria = _criteria(request, facilities)
    steps = steps_of_day(request.user, criteria)
    may_manage = ordering_facilities(request.user).filter(pk=criteria.facility.pk).exists()
    describe(
        request,
        facility_code=criteria.facility.code,
        details={"list": "examinations", "rows": len(steps), "day": criteria.day.isoformat()},
    )
    address = request.GET.copy()
    return render(
        request,
        "worklist/examinations.html",
        {
            "rows": [step_row(step, may_manage=may_manage) for step in steps[:MOST_ROWS]],
            "is_cut": len(steps) > MOST_ROWS,
            "most_rows": MOST_ROWS,
            "criteria": criteria,
            "facilities": facilities,
            "modalities": MODALITIES,
            "stations": stations_of(criteria.facility),
            "statuses": StepStatus.choices,
            "may_manage": may_manage,
            "is_today": criteria.day == today_at(criteria.facility),
            "today_url": _day_url(address, None),
            "day_before_url": _day_url(address, criteria.day - timedelta(days=1)),
            "day_after_url": _day_url(address, criteria.day + timedelta(days=1)),
            "is_narrowed": any((criteria.modality, criteria.station, criteria.status, criteria.is_stuck)),
        },
    )


@require_GET
@not_audited("It repeats rows of a list whose query is on record.")
@requires(Codename.VIEW_STUDY)
def rows_of_study(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Return the rows that one study has in a list of the day, for a list that is kept up to date; perhaps none."""
    facilities = list(viewing_facilities(request.user))
    if not facilities:
        raise Http404
    shown = {step.pk for step in steps_of_day(request.user, _criteria(request, facilities))}
    steps = [one for one in steps_of_study(request.user, study_instance_uid) if one.pk in shown]
    managed = set(ordering_facilities(request.user).values_list("pk", flat=True))
    rows = [step_row(step, may_manage=step.facility_id in managed) for step in steps]
    return render(request, "worklist/_examination_rows.html", {"rows": rows, "may_manage": bool(managed)})


@require_POST
@not_audited("The service records what is done.")
@requires(Codename.MANAGE_ORDERS)
def act_on_step(request: HttpRequest, step_pk: int) -> HttpResponseRedirect:
    """Move a step on and go back to where the button was pressed."""
    step = get_object_or_404(
        visible_steps(request.user).select_related(
            "facility", "requested_procedure__imaging_service_request__patient_record"
        ),
        pk=step_pk,
    )
    try:
        action = StepAction(request.POST.get("action", ""))
    except ValueError:
        raise Http404 from None
    try:
        acquisition.act(
            step=step, action=action, user=signed_in_user(request), reason=request.POST.get("reason", "")
        )
    except WorklistError as error:
        messages.error(request, str(error))
    return back_to(request, reverse("worklist:examination", args=[step.requested_procedure_id]))


def _criteria(request: HttpRequest, facilities: list[Facility]) -> DayCriteria:
    form = DayForm(request.GET)
    form.is_valid()
    values = form.cleaned_data
    by_code = {facility.code: facility for facility in facilities}
    facility = by_code.get(values.get("facility", ""), facilities[0])
    return DayCriteria(
        facility=facility,
        day=values.get("day") or today_at(facility),
        modality=values.get("modality", ""),
        station=values.get("station", ""),
        status=values.get("status", ""),
        is_stuck=bool(values.get("stuck")),
    )


def _day_url(address: QueryDict, day: date | None) -> str:
    kept = address.copy()
    kept.pop("day", None)
    if day:
        kept["day"] = day.isoformat()
    return f"{reverse('worklist:examinations')}?{kept.urlencode()}"
