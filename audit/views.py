"""The auditor's log: search, pages, export. Looking at the log is itself recorded."""

import csv
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from io import StringIO
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.access import may_view_log
from audit.decorators import NO_RECORD, audited, describe, not_audited
from audit.forms import LogFilterForm
from audit.models import AuditEvent
from audit.selectors import LogFilter, events_for_auditor
from audit.vocabulary import EventType, label_of
from common.spreadsheet import harmless

PAGE_ROWS = 100
EXPORT_ROWS = 100_000
SESSION_KEY = "audit_log_filter"
COLUMNS = (
    "seq",
    "time",
    "event_type",
    "event_id",
    "event_type_code",
    "action",
    "outcome",
    "actor_kind",
    "actor_identifier",
    "actor_address",
    "patient_id",
    "issuer_of_patient_id",
    "study_instance_uid",
    "facility_code",
    "request_id",
    "details",
)

View = TypeVar("View", bound=Callable[..., HttpResponse])


def _auditors_only(view: View) -> View:
    """Let auditors in. This app lies below the one that knows roles, so the mark is set by hand."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            response = redirect_to_login(request.path)
            setattr(response, NO_RECORD, True)
            return response
        if not may_view_log(request.user):
            raise PermissionDenied("the audit log is open to auditors only")
        return view(request, *args, **kwargs)

    guarded.permission_mark = "view_audit"  # type: ignore[attr-defined]
    marked: View = guarded  # type: ignore[assignment]
    return marked


@audited(EventType.AUDIT_LOG_USED)
@never_cache
@require_GET
@_auditors_only
def log(request: HttpRequest) -> HttpResponse:
    """Show one page of the log, newest first; ``?before=<seq>`` goes further back."""
    form, log_filter = _kept_filter(request)
    found = events_for_auditor(request.user, log_filter=log_filter)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(seq__lt=int(before))
    rows = list(found[: PAGE_ROWS + 1])
    page = rows[:PAGE_ROWS]
    _describe_use(request, log_filter, use="view")
    context = {
        "form": form,
        "rows": [(event, label_of(event.event_type)) for event in page],
        "next_before": page[-1].seq if len(rows) > PAGE_ROWS else None,
        "is_first_page": not before,
    }
    return render(request, "audit/log.html", context)


@not_audited("The page that it leads to is recorded, with what was looked for.")
@require_POST
@_auditors_only
def search(request: HttpRequest) -> HttpResponse:
    """Keep what to look for in the session and show the log."""
    form = LogFilterForm(request.POST)
    if not form.is_valid():
        return render(
            request, "audit/log.html", {"form": form, "rows": []}, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    kept = {name: request.POST.get(name, "") for name in form.fields}
    request.session[SESSION_KEY] = {} if "reset" in request.POST else kept
    return redirect("audit:log")


@audited(EventType.AUDIT_LOG_USED)
@never_cache
@require_http_methods(["POST"])
@_auditors_only
def export(request: HttpRequest) -> HttpResponse:
    """Return what the log shows as a table for spreadsheets, newest first, at most ``EXPORT_ROWS`` records."""
    _, log_filter = _kept_filter(request)
    _describe_use(request, log_filter, use="export")
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    rows = events_for_auditor(request.user, log_filter=log_filter)[: EXPORT_ROWS + 1]
    for number, event in enumerate(rows.iterator(chunk_size=2000)):
        if number == EXPORT_ROWS:
            writer.writerow([f"There are more than {EXPORT_ROWS} records; choose fewer days."])
            break
        writer.writerow(_cells(event))
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{timezone.now():%Y%m%dT%H%M%SZ}.csv"'
    return response


def _kept_filter(request: HttpRequest) -> tuple[LogFilterForm, LogFilter]:
    form = LogFilterForm(request.session.get(SESSION_KEY) or {})
    return form, form.log_filter() if form.is_valid() else LogFilter()


def _describe_use(request: HttpRequest, log_filter: LogFilter, *, use: str) -> None:
    describe(
        request,
        patient_id=log_filter.patient_id,
        study_instance_uid=log_filter.study_instance_uid,
        details={
            "use": use,
            "first_day": str(log_filter.first_day or ""),
            "last_day": str(log_filter.last_day or ""),
            "username": log_filter.username,
            "event_type": log_filter.event_type,
        },
    )


def _cells(event: AuditEvent) -> list[str]:
    return [harmless(str(getattr(event, column))) for column in COLUMNS]
