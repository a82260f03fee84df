"""The list page and the pieces of it that scripts ask for."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import requires
from archive.access import visible_studies
from archive.selectors import find_study
from audit.decorators import audited, describe, not_audited
from audit.vocabulary import EventType
from worklist.access import facilities_in_sight, may_correct
from worklist.asking import asked_of
from worklist.balance import is_on_duty
from worklist.columns import chosen_columns
from worklist.counts import counts_of
from worklist.forms import FilterForm, address_parameters, criteria_of
from worklist.list_page import page_context
from worklist.list_settings import list_address, settings_of, start_address, tabs_of
from worklist.local_time import zones_differ
from worklist.presentation import RowContext, row_of
from worklist.row_html import rows_html
from worklist.selectors import expected_instances, fits, list_page, set_aside_keys, with_all_of_rows
from worklist.series_rows import series_rows
from worklist.views.http import private, user_of


@require_GET
@not_audited("It only forwards to the list, which records the query.")
@requires(None)
def start(request: HttpRequest) -> HttpResponseRedirect:
    """Forward to where the user's work begins."""
    return HttpResponseRedirect(start_address(user_of(request)))


@require_GET
@not_audited("It only forwards to the list, which records the query.")
@requires(None)
def first_list(request: HttpRequest) -> HttpResponseRedirect:
    """Forward to the list that the user works from."""
    return HttpResponseRedirect(list_address(user_of(request)))


@require_GET
@audited(EventType.QUERY)
@requires(None)
def study_list(request: HttpRequest) -> HttpResponse:
    """Show one page of a list."""
    user = user_of(request)
    asked = asked_of(request.GET, user=user, session=request.session)
    page = list_page(user, asked.criteria, asked.position, today=timezone.localdate())
    settings = settings_of(user)
    describe(
        request,
        details={
            "list": "worklist",
            "rows": len(page.studies),
            "text": asked.criteria.text,
            "address": request.GET.urlencode(),
        },
    )
    facilities = list(facilities_in_sight(user))
    context = page_context(
        user=user,
        asked=asked,
        page=page,
        tabs=tabs_of(user, settings.tabs),
        settings=settings,
        facilities=facilities,
    )
    return render(
        request, "worklist/list.html", {"page": context, "is_on_duty": is_on_duty(user, facilities)}
    )


@require_POST
@not_audited("It only forwards to the list, which records the query.")
@requires(None)
def search(request: HttpRequest) -> HttpResponseRedirect:
    """Take the filter form and forward to the list that it asks for, so that going back and reloading work."""
    form = FilterForm(request.POST)
    form.is_valid()
    text, physician = (form.cleaned_data.get(name, "").strip() for name in ("q", "physician"))
    parameters = address_parameters(
        criteria_of(form.cleaned_data, text=text, physician=physician), request.session
    )
    for name in ("sort", "dir"):
        if request.POST.get(name):
            parameters[name] = request.POST[name]
    return HttpResponseRedirect(f"{reverse('worklist:list')}?{parameters.urlencode()}")


@require_GET
@not_audited("It repeats a row of a list whose query is on record.")
@requires(None)
def study_row(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Return the row of one study as the list of the same parameters shows it, and whether it is in that list.

    There is none, and no error, where the user sees no such study: open lists hear of orders without images, too.
    """
    user = user_of(request)
    study = with_all_of_rows(visible_studies(user)).filter(study_instance_uid=study_instance_uid).first()
    if study is None:
        return HttpResponse(status=204)
    asked = asked_of(request.GET, user=user, session=request.session)
    facilities = list(facilities_in_sight(user))
    context = RowContext(
        columns=chosen_columns(settings_of(user).columns, has_sites=len(facilities) > 1),
        column=asked.position.column,
        user_pk=user.pk,
        now=timezone.now(),
        expected=expected_instances([study]),
        set_aside=set_aside_keys(user, asked.criteria, [study]),
        names_zones=zones_differ(facilities),
    )
    is_here = fits(user, asked.criteria, study, today=timezone.localdate())
    return HttpResponse(rows_html([row_of(study, context, is_here=is_here)]))


@require_GET
@not_audited("Numbers of studies name none of them.")
@requires(None)
def counts(request: HttpRequest) -> HttpResponse:
    """Return how many studies each list of the user holds; null where there are more than are counted."""
    user = user_of(request)
    return private({"counts": counts_of(user, tabs_of(user), today=timezone.localdate())})


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
    return render(
        request,
        "worklist/_series.html",
        {
            "series": series_rows(study),
            "study_instance_uid": study_instance_uid,
            "may_correct": may_correct(request.user, study),
        },
    )
