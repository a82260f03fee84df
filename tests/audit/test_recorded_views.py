"""What ``audited`` records of a request, and when."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from audit.decorators import audited, describe, not_audited
from audit.models import AuditEvent
from audit.vocabulary import EventType

pytestmark = pytest.mark.django_db(transaction=True)

Answer = Callable[[HttpRequest], HttpResponse]


def status(code: int) -> Answer:
    return lambda request: HttpResponse(status=code)


def raising(error: Exception) -> Answer:
    def answer(request: HttpRequest) -> HttpResponse:
        raise error

    return answer


def call(answer: Answer, *, is_async: bool, **options: Any) -> HttpResponse:
    """Send one request to an audited view that answers so."""
    request = RequestFactory().get("/")
    if is_async:

        @audited(EventType.STUDY_OPENED, **options)
        async def async_view(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
            return answer(request)

        response: HttpResponse = async_to_sync(async_view)(request, study_instance_uid="1.2.3")
        return response

    @audited(EventType.STUDY_OPENED, **options)
    def view(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
        return answer(request)

    return view(request, study_instance_uid="1.2.3")


both_ways = pytest.mark.parametrize("is_async", [False, True], ids=["thread", "coroutine"])


@both_ways
@pytest.mark.parametrize(
    ("code", "outcome"),
    [(200, 0), (202, 0), (302, 0), (304, 0), (401, 4), (403, 4), (404, 4), (422, 4), (500, 8)],
)
def test_the_outcome_follows_the_status(code: int, outcome: int, is_async: bool) -> None:
    call(status(code), is_async=is_async)

    event = AuditEvent.objects.get()
    assert (event.event_type, event.outcome, event.study_instance_uid) == ("study_opened", outcome, "1.2.3")


@both_ways
@pytest.mark.parametrize(
    ("error", "outcome"),
    [(PermissionDenied(), 4), (Http404(), 4), (ZeroDivisionError(), 8)],
    ids=["403", "404", "500"],
)
def test_an_exception_is_recorded_and_goes_on(error: Exception, outcome: int, is_async: bool) -> None:
    with pytest.raises(type(error)):
        call(raising(error), is_async=is_async)

    assert AuditEvent.objects.get().outcome == outcome


@both_ways
def test_nothing_is_shown_when_the_record_cannot_be_written(
    is_async: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*args: object, **kwargs: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(AuditEvent, "save", full_disk)

    with pytest.raises(DatabaseError):
        call(status(200), is_async=is_async)


@both_ways
def test_the_view_names_the_subject(is_async: bool) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        describe(
            request, patient_id="P1", issuer_of_patient_id="H", facility_code="NORTH", details={"images": 3}
        )
        return HttpResponse()

    call(answer, is_async=is_async)

    event = AuditEvent.objects.get()
    assert (event.patient_id, event.issuer_of_patient_id, event.facility_code) == ("P1", "H", "NORTH")
    assert (event.study_instance_uid, event.details) == ("1.2.3", {"images": 3})


@both_ways
@pytest.mark.parametrize(("code", "count"), [(200, 0), (403, 1), (500, 1)])
def test_a_service_that_records_success_is_not_repeated(code: int, count: int, is_async: bool) -> None:
    call(status(code), is_async=is_async, recorded_by_service=True)

    assert AuditEvent.objects.count() == count


def test_marks_name_the_event_or_the_reason() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert audited(EventType.QUERY)(view).audit_mark == "query"  # type: ignore[attr-defined]
    assert not_audited("Fixed text.")(view).audit_mark == "not audited: Fixed text."  # type: ignore[attr-defined]
