"""A picture of a study leaves only for those who may download it, and never without a record."""

import json
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Study
from audit.models import AuditEvent, Outcome
from audit.vocabulary import EventType
from tests.factories import study
from tests.people import person

pytestmark = pytest.mark.django_db

WANTED = {"what": "image", "has_identity": True}


def export(client: Client, one: Study, body: object = WANTED) -> HttpResponse:
    """Ask for a picture of a study."""
    address = f"/viewer/studies/{one.study_instance_uid}/exports"
    return client.post(address, json.dumps(body), content_type="application/json")


def records() -> list[AuditEvent]:
    """Return what is on record of exports, in order."""
    return list(AuditEvent.objects.filter(event_type=EventType.STUDY_EXPORTED).order_by("pk"))


@pytest.fixture
def chest(north: Facility) -> Study:
    """A study of the north."""
    return study(1, facility=north)


@pytest.mark.parametrize("what", ["image", "layout", "print"])
def test_what_leaves_is_on_record_with_study_patient_and_identity(
    reader: Client, radiologist: User, chest: Study, what: str
) -> None:
    answer = export(reader, chest, {"what": what, "has_identity": False})

    assert answer.status_code == 204
    (record,) = records()
    assert record.outcome == Outcome.SUCCESS
    assert record.study_instance_uid == chest.study_instance_uid
    assert record.patient_id == chest.patient_id
    assert record.actor_identifier == radiologist.username
    assert record.details["exported_as"] == what
    assert record.details["has_identity"] is False


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"what": "image"},
        {"what": "study", "has_identity": True},
        {"what": ["image"], "has_identity": True},
        {"what": "image", "has_identity": 1},
        {**WANTED, "more": "x" * 2000},
    ],
    ids=str,
)
def test_what_nobody_can_make_is_refused_and_the_refusal_recorded(
    reader: Client, chest: Study, body: object
) -> None:
    assert export(reader, chest, body).status_code == 422
    assert [record.outcome for record in records()] == [Outcome.MINOR_FAILURE]


def test_a_study_of_another_facility_does_not_leave(log_in: Callable[[User], Client], chest: Study) -> None:
    stranger = log_in(person("stranger", Role.RADIOLOGIST, at="SOUTH"))

    assert export(stranger, chest).status_code == 404
    assert [record.outcome for record in records()] == [Outcome.MINOR_FAILURE]


def test_who_may_see_but_not_download_takes_no_picture_away(
    log_in: Callable[[User], Client], chest: Study
) -> None:
    technologist = log_in(person("technologist", Role.TECHNOLOGIST))

    assert technologist.get(f"/viewer/studies/{chest.study_instance_uid}/").status_code == 200
    assert export(technologist, chest).status_code == 403
    assert [record.outcome for record in records()] == [Outcome.MINOR_FAILURE]


def test_nobody_exports_without_logging_in(client: Client, chest: Study) -> None:
    assert export(client, chest).status_code in {302, 401, 403}
    assert all(record.outcome != Outcome.SUCCESS for record in records())
