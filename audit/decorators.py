"""Marks every view as recorded or not, and records the recorded ones.

The record of a reading is written before the answer leaves: where it cannot be written, nothing is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from audit.models import Outcome
from audit.services import record_event
from audit.vocabulary import EventType
from common.marks import View, with_marks

NO_RECORD = "audit_no_record"
"""Attribute of a response that sends somebody who has not signed in to the login page: nothing was done to record."""


@dataclass(frozen=True)
class _Subject:
    patient_id: str = ""
    issuer_of_patient_id: str = ""
    study_instance_uid: str = ""
    facility_code: str = ""
    details: dict[str, object] = field(default_factory=dict)


def describe(
    request: HttpRequest,
    *,
    patient_id: str = "",
    issuer_of_patient_id: str = "",
    study_instance_uid: str = "",
    facility_code: str = "",
    details: dict[str, object] | None = None,
) -> None:
    """Tell, from inside an ``audited`` view, what the record of this request is about. The last call counts."""
    subject = _Subject(patient_id, issuer_of_patient_id, study_instance_uid, facility_code, details or {})
    request._audit_subject = subject  # type: ignore[attr-defined]


def audited(event_type: EventType, *, recorded_by_service: bool = False) -> Callable[[View], View]:
    """Record each request to the view: success, refusal (any 4xx) or failure (5xx or an exception).

    Parameters
    ----------
    event_type
        What a request to this view amounts to.
    recorded_by_service
        The service that the view calls records the success itself, with more detail; only refusals and failures are
        recorded here.

    Notes
    -----
    Put it outermost, so that it also sees the refusals of ``accounts.decorators.requires``. The view names its subject
    with ``describe``; a ``study_instance_uid`` in the address is recorded without that.
    """

    def decorate(view: View) -> View:
        def finish(request: HttpRequest, kwargs: dict[str, Any], outcome: Outcome) -> None:
            if outcome is Outcome.SUCCESS and recorded_by_service:
                return
            _record(event_type, request, kwargs, outcome)

        @wraps(view)
        def sync_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response: HttpResponseBase = view(request, *args, **kwargs)
            except Exception as error:
                finish(request, kwargs, _outcome_of_error(error))
                raise
            if not hasattr(response, NO_RECORD):
                finish(request, kwargs, _outcome_of_status(response.status_code))
            return response

        @wraps(view)
        async def async_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response: HttpResponseBase = await view(request, *args, **kwargs)
            except Exception as error:
                await sync_to_async(finish)(request, kwargs, _outcome_of_error(error))
                raise
            if not hasattr(response, NO_RECORD):
                await sync_to_async(finish)(request, kwargs, _outcome_of_status(response.status_code))
            return response

        wrapper: Any = async_view if iscoroutinefunction(view) else sync_view
        wrapper.audit_mark = event_type.value
        marked: View = wrapper
        return marked

    return decorate


def not_audited(reason: str) -> Callable[[View], View]:
    """Mark a view whose requests are not recorded, and say why in a sentence."""

    return lambda view: with_marks(view, audit_mark=f"not audited: {reason}")


def _outcome_of_error(error: Exception) -> Outcome:
    refusals = (PermissionDenied, Http404, SuspiciousOperation)
    return Outcome.MINOR_FAILURE if isinstance(error, refusals) else Outcome.SERIOUS_FAILURE


def _outcome_of_status(status: int) -> Outcome:
    if status < HTTPStatus.BAD_REQUEST:
        return Outcome.SUCCESS
    return Outcome.MINOR_FAILURE if status < HTTPStatus.INTERNAL_SERVER_ERROR else Outcome.SERIOUS_FAILURE


def _record(event_type: EventType, request: HttpRequest, kwargs: dict[str, Any], outcome: Outcome) -> None:
    in_address = _Subject(study_instance_uid=str(kwargs.get("study_instance_uid", "")))
    subject: _Subject = getattr(request, "_audit_subject", in_address)
    record_event(
        event_type,
        outcome=outcome,
        patient_id=subject.patient_id,
        issuer_of_patient_id=subject.issuer_of_patient_id,
        study_instance_uid=subject.study_instance_uid or in_address.study_instance_uid,
        facility_code=subject.facility_code,
        details=subject.details,
    )
