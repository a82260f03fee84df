"""The auditor's page: who sees it, what it finds, what it leaves in the log itself."""

import csv
from io import StringIO

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.actors import Actor
from audit.models import AuditEvent
from audit.services import record_event
from audit.vocabulary import EventType
from tests.people import facility, person, superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> User:
    return person("a.auditor", Role.AUDITOR, at="NORTH")


@pytest.fixture
def records() -> None:
    facility("SOUTH")
    for code, patient in (("NORTH", "N1"), ("NORTH", "N2"), ("SOUTH", "S1")):
        record_event(
            EventType.STUDY_OPENED,
            actor=Actor.system(f"viewer {code}"),
            patient_id=patient,
            facility_code=code,
            study_instance_uid=f"1.2.{patient[1]}",
        )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def seen(client: Client) -> set[str]:
    """Return the patients in the rows of the log."""
    response = client.get("/audit/")
    assert response.status_code == 200
    return {event.patient_id for event, _ in response.context["rows"]} - {""}


def test_nobody_but_auditors_opens_the_log(records: None) -> None:
    others = [person(role, role) for role in Role if role is not Role.AUDITOR]

    for user in [*others, person("outsider"), superuser()]:
        for send in (signed_in(user).get, signed_in(user).post):
            for address in ("/audit/", "/audit/search/", "/audit/export/"):
                assert send(address).status_code in {403, 405}, f"{user.username} {address}"
    assert Client().get("/audit/").status_code == 302
    assert AuditEvent.objects.filter(event_type="audit_log_used", outcome=0).count() == 0


def test_an_auditor_sees_the_own_facility_and_what_concerns_none(auditor: User, records: None) -> None:
    assert seen(signed_in(auditor)) == {"N1", "N2"}


def test_looking_is_recorded_before_the_page_is_shown(auditor: User, records: None) -> None:
    signed_in(auditor).get("/audit/")

    event = AuditEvent.objects.latest("seq")
    assert (event.event_type, event.event_id, event.actor_identifier) == (
        "audit_log_used",
        "110101",
        "a.auditor",
    )
    assert event.details["use"] == "view"


def test_the_search_finds_and_keeps_patients_out_of_addresses(auditor: User, records: None) -> None:
    client = signed_in(auditor)
    response = client.post("/audit/search/", {"patient_id": "N2"})

    assert (response.status_code, response["Location"]) == (302, "/audit/")
    assert seen(client) == {"N2"}
    assert AuditEvent.objects.latest("seq").patient_id == "N2"

    client.post("/audit/search/", {"reset": "1"})
    assert seen(client) == {"N1", "N2"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"username": "viewer NORTH"}, {"N1", "N2"}),
        ({"username": "nobody"}, set()),
        ({"study_instance_uid": "1.2.1"}, {"N1"}),
        ({"event_type": "study_opened"}, {"N1", "N2"}),
        ({"event_type": "login"}, set()),
        ({"first_day": "2999-01-01"}, set()),
        ({"last_day": "1999-01-01"}, set()),
        ({"first_day": "2020-01-01", "last_day": "2999-01-01"}, {"N1", "N2"}),
        ({"refused_only": "on"}, set()),
        ({"patient_id": "S1"}, set()),
    ],
    ids=str,
)
def test_each_field_restricts(
    auditor: User, records: None, query: dict[str, str], expected: set[str]
) -> None:
    client = signed_in(auditor)
    client.post("/audit/search/", query)

    assert seen(client) == expected


def test_a_search_that_cannot_be_read_is_explained(auditor: User) -> None:
    response = signed_in(auditor).post("/audit/search/", {"first_day": "yesterday"})

    assert response.status_code == 422
    assert b"Enter a valid date" in response.content


def test_pages_follow_one_another_without_gap_or_repetition(auditor: User) -> None:
    for number in range(230):
        record_event(EventType.QUERY, patient_id=str(number), facility_code="NORTH")
    client = signed_in(auditor)

    places: list[int] = []
    address: str | None = "/audit/"
    while address:
        context = client.get(address).context
        places += [event.seq for event, _ in context["rows"]]
        address = f"/audit/?before={context['next_before']}" if context["next_before"] else None

    first = max(places)
    assert places == list(range(first, 0, -1))
    assert first >= 230


def test_the_export_holds_the_same_rows_and_no_formula(auditor: User, records: None) -> None:
    for hostile in ("=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"):
        record_event(EventType.QUERY, patient_id=hostile, facility_code="NORTH")
    client = signed_in(auditor)
    client.post("/audit/search/", {"event_type": "query"})

    response = client.post("/audit/export/")

    assert response["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(StringIO(response.content.decode(), newline="")))
    assert len(rows) == 6
    assert all(row["patient_id"].startswith("'") for row in rows)
    assert AuditEvent.objects.latest("seq").details["use"] == "export"


def test_the_admin_shows_the_log_to_auditors_only_and_changes_nothing(auditor: User, records: None) -> None:
    root = superuser()
    assert signed_in(root).get("/admin/audit/auditevent/").status_code == 403

    root_and_auditor = superuser("root.auditor")
    root_and_auditor.memberships.create(facility=facility("NORTH"), role=Role.AUDITOR)
    client = signed_in(root_and_auditor)
    assert client.get("/admin/audit/auditevent/").status_code == 200
    assert AuditEvent.objects.latest("seq").event_type == "audit_log_used"
    assert client.get("/admin/audit/auditevent/add/").status_code == 403
    assert client.post("/admin/audit/auditevent/1/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/audit/auditevent/1/change/", {"action": "X"}).status_code == 403
