"""What is done to studies from a list, one or many, and the list as a table."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Study
from audit.models import AuditEvent
from tests.factories import study
from tests.worklist.department import task_of, waiting
from worklist.models import SkippedTask

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


@pytest.fixture
def colleague(north: Facility) -> User:
    """Another radiologist in the north."""
    user = User.objects.create_user("colleague", password="correct horse battery staple")
    user.memberships.create(facility=north, role=Role.RADIOLOGIST)
    return user


@pytest.fixture
def one(north: Facility) -> Study:
    """A study that waits for a reader."""
    row = study(1, facility=north)
    waiting(row)
    return row


def act(client: Client, row: Study, action: str, **body: Any) -> Any:
    """Do something to a study."""
    address = f"/worklist/studies/{row.study_instance_uid}/reading/{action}/"
    return client.post(address, body, content_type="application/json")


def test_a_study_is_claimed_refused_to_another_taken_over_and_put_back(
    radiologist: User, colleague: User, one: Study, log_in: LogIn
) -> None:
    mine, theirs = log_in(radiologist), log_in(colleague)

    assert act(mine, one, "claim").json()["is_own"] is True
    refused = act(theirs, one, "claim")
    assert (refused.status_code, "radiologist.north is reading" in refused.json()["detail"]) == (409, True)
    assert act(theirs, one, "take-over").status_code == 409
    assert act(theirs, one, "take-over", reason="Shift is over").json()["claimed_by"] == "colleague"
    assert act(mine, one, "release").status_code == 409
    assert act(mine, one, "release", reason="Wrong reader").json()["status"] == "checked"


def test_assignment_priority_and_skipping(
    radiologist: User, colleague: User, one: Study, log_in: LogIn
) -> None:
    client = log_in(radiologist)

    assert act(client, one, "assign", reader="colleague").json()["assigned_to"] == "colleague"
    assert task_of(one).reader_name == "colleague"
    assert act(client, one, "assign", reader="").json()["assigned_to"] == ""
    assert task_of(one).reader_name == ""
    assert act(client, one, "assign", reader="nobody at all").status_code == 409
    assert act(client, one, "priority", priority=1).json()["priority"] == 1
    assert [act(client, one, "priority", priority=bad).status_code for bad in (9, "x", None)] == [409] * 3
    assert act(client, one, "skip").status_code == 200
    assert SkippedTask.objects.get().user == radiologist


def test_the_name_that_the_list_sorts_by_follows_claim_and_assignment(
    radiologist: User, colleague: User, one: Study, log_in: LogIn
) -> None:
    client = log_in(radiologist)
    names = []
    for action, body in [("assign", {"reader": "colleague"}), ("claim", {}), ("release", {})]:
        act(client, one, action, **body)
        names.append(task_of(one).reader_name)

    assert names == ["colleague", "radiologist.north", "colleague"]


def test_who_may_not_see_or_not_do_it_is_turned_away(
    technologist: User, outsider: User, one: Study, log_in: LogIn
) -> None:
    assert act(log_in(outsider), one, "claim").status_code == 404
    assert act(log_in(technologist), one, "claim").status_code == 403
    assert act(log_in(technologist), one, "sign").status_code == 404
    assert Client().post(f"/worklist/studies/{one.study_instance_uid}/reading/claim/").status_code == 302
    assert task_of(one).status == "checked"


def test_many_are_done_one_by_one_and_each_refusal_has_its_line(
    radiologist: User, north: Facility, south: Facility, colleague: User, log_in: LogIn
) -> None:
    mine, hidden = [study(number, facility=north) for number in (1, 2)], study(3, facility=south)
    for row in (*mine, hidden):
        waiting(row)
    uids = [*(row.study_instance_uid for row in mine), hidden.study_instance_uid, "9.9"]

    answer = log_in(radiologist).post(
        "/worklist/reading/",
        {"action": "assign", "reader": "colleague", "study_instance_uids": uids},
        content_type="application/json",
    )

    refused = [result["refused"] for result in answer.json()["results"]]
    assert [result["study_instance_uid"] for result in answer.json()["results"]] == uids
    assert refused == ["", "", *["It does not exist or you may not see it."] * 2]
    assert [task_of(row).reader_name for row in (*mine, hidden)] == ["colleague", "colleague", ""]


def test_what_a_role_may_not_is_refused_for_each_study(
    technologist: User, north: Facility, one: Study, log_in: LogIn
) -> None:
    unchecked = study(2, facility=north)
    waiting(unchecked, status="completed")
    client = log_in(technologist)

    def many(**body: Any) -> list[str]:
        uids = [one.study_instance_uid, unchecked.study_instance_uid]
        answer = client.post(
            "/worklist/reading/", {"study_instance_uids": uids, **body}, content_type="application/json"
        )
        return [result["refused"] for result in answer.json()["results"]]

    assert many(action="skip") == ["You may not do this to this study."] * 2
    assert [bool(refusal) for refusal in many(action="check")] == [True, False]
    assert task_of(unchecked).status == "checked"


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b'{"action": "claim", "study_instance_uids": ["1.2.3.1"]}',
        b'{"action": "skip"}',
        b'{"action": "skip", "study_instance_uids": []}',
        b'{"action": "skip", "study_instance_uids": [' + b'"1.2",' * 200 + b'"1.2"]}',
    ],
    ids=["no JSON", "claim of many", "no studies", "empty", "too many"],
)
def test_what_is_no_action_on_many_is_refused(
    body: bytes, radiologist: User, one: Study, log_in: LogIn
) -> None:
    answer = log_in(radiologist).post("/worklist/reading/", body, content_type="application/json")

    assert answer.status_code == 409
    assert task_of(one).status == "checked"


def table(user: User, query: str = "") -> list[list[str]]:
    """Return the rows of a list as CSV, the heading among them."""

    async def fetch() -> bytes:
        client = AsyncClient()
        await client.aforce_login(user)
        answer = cast(StreamingHttpResponse, await client.get(f"/worklist/export.csv?{query}"))
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
        return b"".join([chunk async for chunk in cast(AsyncIterator[bytes], answer.streaming_content)])

    return list(csv.reader(io.StringIO(async_to_sync(fetch)().decode("utf-8-sig"))))


def test_a_list_is_exported_as_filtered_and_sorted_and_recorded(
    radiologist: User, north: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worklist.views.export._ROWS_AT_ONCE", 2)
    for number in range(5):
        waiting(
            study(number, facility=north, patient_sex="F" if number != 2 else "M"), priority=1 + number % 2
        )

    heading, *rows = table(radiologist, "priority=1&sort=date&dir=asc")

    names = [row[heading.index("Patient")] for row in rows]
    assert names == ["Family0, Given", "Family2, Given", "Family4, Given"]
    record = AuditEvent.objects.get(event_type="study_exported")
    assert (record.details["rows"], record.details["address"]) == (3, "priority=1&sort=date&dir=asc")


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(beginning: str, radiologist: User, north: Facility) -> None:
    waiting(study(1, facility=north, study_description=f"{beginning}cmd|' /C calc'!A0"))

    heading, row = table(radiologist)

    assert row[heading.index("Description")].startswith(f"'{beginning}")


def test_what_may_not_leave_the_system_is_not_exported(technologist: User, one: Study, log_in: LogIn) -> None:
    assert log_in(technologist).get("/worklist/export.csv").status_code == 403
