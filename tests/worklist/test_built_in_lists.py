"""What each list that everybody has holds, in which order, and how many its tab says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Study
from tests.conftest import member
from tests.factories import study
from tests.worklist.department import waiting
from worklist.models import Department
from worklist.services.reading import claim, skip

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]
STAT, URGENT, ROUTINE = 1, 2, 4


def shown(client: Client, query: str) -> list[str]:
    """Return the patients in a list, in its order."""
    return [
        cell.text
        for row in client.get(f"/worklist/?{query}").context["page"]["rows"]
        for cell in row.cells
        if cell.key == "patient"
    ]


@pytest.fixture
def colleague(north: Facility) -> User:
    """Another radiologist in the north."""
    user = User.objects.create_user("colleague", password="correct horse battery staple")
    user.memberships.create(facility=north, role=Role.RADIOLOGIST)
    return user


@pytest.fixture
def studies(north: Facility, radiologist: User, colleague: User) -> dict[str, Study]:
    """A department's studies in every state."""
    now = timezone.now()
    hours = {"due_at": now + timedelta(hours=2)}
    made: dict[str, dict[str, Any]] = {
        "later": {"due_at": now + timedelta(hours=5), "subspecialty": "neuro"},
        "sooner": {"due_at": now + timedelta(hours=1), "subspecialty": "chest"},
        "urgent": {"priority": URGENT, "due_at": now + timedelta(hours=9), "subspecialty": "neuro"},
        "unchecked": {"status": "completed"},
        "arriving": {"status": "in_progress"},
        "stat arriving": {"status": "in_progress", "priority": STAT, **hours},
        "stat final": {"status": "final", "priority": STAT},
        "mine assigned": {"assigned_to": radiologist, **hours},
        "mine final": {"assigned_to": radiologist, "status": "final"},
        "mine preliminary": {"status": "preliminary", "preliminary_by": radiologist, **hours},
        "theirs preliminary": {"status": "preliminary", "preliminary_by": colleague, **hours},
        "theirs read": {"status": "being_read", "claimed_by": colleague, **hours},
        "overdue": {"due_at": now - timedelta(minutes=5)},
        "overdue final": {"due_at": now - timedelta(minutes=5), "status": "final"},
    }
    rows = {name: study(number, facility=north, patient_name=name) for number, name in enumerate(made)}
    for name, columns in made.items():
        waiting(rows[name], **columns)
    return rows


LISTS = {
    "unread": ["stat arriving", "urgent", "overdue", "sooner", "mine assigned", "later"],
    "mine": ["mine assigned"],
    "stat": ["stat arriving"],
    "to_sign": ["mine preliminary"],
    "over_read": ["theirs preliminary"],
    "being_read": ["theirs read"],
    "overdue": ["overdue"],
}


@pytest.mark.parametrize(("key", "expected"), LISTS.items(), ids=LISTS)
def test_each_list_holds_its_studies_in_order(
    key: str, expected: list[str], radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    assert shown(log_in(radiologist), f"list={key}") == expected


def test_all_studies_are_the_newest_first(
    radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    assert shown(log_in(radiologist), "list=all") == [*studies][::-1]


def test_my_subspecialty_is_what_my_profile_says(
    radiologist: User, north: Facility, studies: dict[str, Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)
    everything = shown(client, "list=unread")
    profile = radiologist.reader_profiles.create(facility=north, subspecialties=[])
    assert shown(client, "list=subspecialty") == everything

    profile.subspecialties = ["neuro"]
    profile.save()

    assert shown(client, "list=subspecialty") == ["urgent", "later"]


def test_what_was_skipped_comes_last_for_that_reader_on_every_page_and_in_both_directions(
    radiologist: User, colleague: User, north: Facility, log_in: LogIn
) -> None:
    many = [study(number, facility=north, patient_name=str(number)) for number in range(120)]
    for number, one in enumerate(many):
        waiting(one, due_at=timezone.now() + timedelta(hours=1 + number))
    for number in (3, 60, 0):
        skip(study=many[number], user=radiologist)
    client = log_in(radiologist)

    pages, url = [], "/worklist/?list=unread"
    while url:
        pages.append(client.get(url).context["page"])
        url = pages[-1]["next_url"]
    backwards, url = [], pages[-1]["previous_url"]
    while url:
        backwards.append(client.get(url).context["page"])
        url = backwards[-1]["previous_url"]

    def uids(page: dict[str, Any]) -> list[str]:
        return [row.study_instance_uid for row in page["rows"]]

    expected = [f"1.2.3.{number}" for number in [*sorted({*range(120)} - {0, 3, 60}), 0, 3, 60]]
    assert [uid for page in pages for uid in uids(page)] == expected
    assert [uids(page) for page in backwards] == [uids(page) for page in pages[-2::-1]]
    assert shown(log_in(colleague), "list=unread")[:1] == ["0"]

    claim(study=many[3], user=radiologist)
    assert "3" not in shown(client, "list=unread&last=1")


def test_the_tabs_say_how_many_and_hear_of_changes_within_seconds(
    radiologist: User, studies: dict[str, Study], log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worklist.counts._KEPT_SECONDS", 0)
    client = log_in(radiologist)

    counts = client.get("/worklist/counts/").json()["counts"]
    assert counts == {
        **{key: len(names) for key, names in LISTS.items()},
        "subspecialty": len(LISTS["unread"]),
        "all": len(studies),
    }

    claim(study=studies["sooner"], user=radiologist)
    counts = client.get("/worklist/counts/").json()["counts"]
    assert (counts["unread"], counts["mine"], counts["being_read"]) == (5, 2, 2)


def test_kept_numbers_are_not_shown_to_who_has_lost_the_facility(
    radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)
    assert client.get("/worklist/counts/").json()["counts"]["all"] == len(studies)

    radiologist.memberships.all().delete()

    assert client.get("/worklist/counts/").json()["counts"]["all"] == 0


def test_a_row_says_status_lock_clock_and_images_in_words(
    radiologist: User, colleague: User, north: Facility, log_in: LogIn
) -> None:
    Department.objects.create(facility=north, time_zone="Asia/Tokyo")
    now = timezone.now()
    one = study(1, facility=north, status="receiving", last_instance_at=now)
    task = waiting(
        one, priority=STAT, due_at=now - timedelta(minutes=61), clock_started_at=now - timedelta(minutes=91)
    )
    claim(study=one, user=colleague)
    task.refresh_from_db()

    html = log_in(radiologist).get("/worklist/rows/1.2.3.1/").content.decode()

    assert task.claimed_at
    since = task.claimed_at.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%H:%M")
    for text in ("STAT", "Being read", "colleague", f"since {since}", "1 h over", "images still arriving"):
        assert text in html, text


def test_a_row_says_whether_its_list_still_holds_it(
    radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    client = log_in(radiologist)
    address = f"/worklist/rows/{studies['sooner'].study_instance_uid}/?list=unread"
    assert 'data-is-here="true"' in client.get(address).content.decode()

    claim(study=studies["sooner"], user=radiologist)

    assert 'data-is-here="false"' in client.get(address).content.decode()
    assert 'data-is-here="true"' in client.get(address.replace("unread", "mine")).content.decode()


def test_the_site_is_a_column_where_there_are_several(
    radiologist: User, south: Facility, log_in: LogIn
) -> None:
    def keys() -> list[str]:
        return [column["key"] for column in log_in(radiologist).get("/worklist/").context["page"]["columns"]]

    assert "facility" not in keys()
    radiologist.memberships.create(facility=south, role="radiologist")
    assert "facility" in keys()


def test_lists_of_others_are_not_mixed_up(studies: dict[str, Study], south: Facility, log_in: LogIn) -> None:
    stranger = member(Role.RADIOLOGIST, south)

    assert [shown(log_in(stranger), f"list={key}") for key in [*LISTS, "all"]] == [[]] * (len(LISTS) + 1)


@pytest.mark.usefixtures("no_broker")
def test_without_a_broker_the_tabs_are_counted_all_the_same(
    radiologist: User, studies: dict[str, Study], log_in: LogIn
) -> None:
    assert log_in(radiologist).get("/worklist/counts/").json()["counts"]["all"] == len(studies)
