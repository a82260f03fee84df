"""A tile of a study that the session was admitted to a moment ago: answered the short way, and never a moment too long."""

import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pydicom.dataset import Dataset

from accounts.access import rights_stamp
from accounts.models import Facility, Membership, User
from accounts.roles import Codename
from accounts.services.shares import share_study, unshare_study
from accounts.services.tokens import create_token
from accounts.sessions import LONGEST_TIME_BETWEEN_NOTES
from archive.models import Instance, Series, Study
from audit.models import AuditEvent
from tests.conftest import TESTER
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.conftest import address, render
from viewer.middleware import TILE

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


@pytest.fixture
def stored(north: Facility) -> Dataset:
    """A stored image."""
    dataset = image(about(1))
    store(dataset, facility=north)
    return dataset


@pytest.fixture
def tile(stored: Dataset) -> str:
    """The address of its only tile, which is rendered."""
    place = address(stored.SOPInstanceUID)
    render(place)
    return place


def asked(client: Client, place: str, **options: Any) -> tuple[HttpResponse, bool]:
    """Return the answer, and whether it came the short way: without looking the user up."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(place, **options)
    return answer, not any('FROM "accounts_user"' in one["sql"] for one in captured.captured_queries)


def test_the_short_way_gives_the_same_answer_as_the_long_one(reader: Client, tile: str) -> None:
    long, first_was_short = asked(reader, tile)
    short, second_was_short = asked(reader, tile)

    assert (first_was_short, second_was_short) == (False, True)
    assert short.content == long.content
    differing = {name for name in {*long.headers, *short.headers} if long.get(name) != short.get(name)}
    assert differing == {"X-Request-Id"}


def test_the_short_way_knows_what_is_held_and_what_there_is_not(reader: Client, tile: str) -> None:
    etag = reader.get(tile)["ETag"]

    held, was_short = asked(reader, tile, headers={"If-None-Match": etag})
    beyond = reader.get(tile.replace("/0/0/0.png", "/0/7/0.png"))
    no_frame = reader.get(tile.replace("/1/0/0/0.png", "/2/0/0/0.png"))
    no_window = reader.get(f"{tile}?wc=1")

    assert (held.status_code, was_short) == (304, True)
    assert [beyond.status_code, no_frame.status_code, no_window.status_code] == [404, 404, 400]


def test_a_stack_is_looked_up_once(reader: Client, north: Facility) -> None:
    stack = [image(about(1), number=number) for number in range(1, 6)]
    store(*stack, facility=north)
    places = [address(one.SOPInstanceUID) for one in stack]
    for place in places:
        render(place)

    ways = [asked(reader, place)[1] for place in places]

    assert ways == [False, True, True, True, True]


def test_the_opening_is_recorded_once_whichever_way(reader: Client, tile: str) -> None:
    for _ in range(3):
        reader.get(tile)

    assert AuditEvent.objects.filter(event_type="study_opened").count() == 1


def end_membership(dataset: Dataset) -> None:
    Membership.objects.all().delete()


def take_the_role(dataset: Dataset) -> None:
    Membership.objects.update(role="auditor")


def deactivate_the_user(dataset: Dataset) -> None:
    User.objects.update(is_active=False)


def deactivate_the_facility(dataset: Dataset) -> None:
    Facility.objects.update(is_active=False)


def move_the_study(dataset: Dataset) -> None:
    Study.objects.update(facility=Facility.objects.create(code="ELSEWHERE", name="Elsewhere"))


def move_the_series(dataset: Dataset) -> None:
    study = Study.objects.get()
    elsewhere = Facility.objects.create(code="ELSEWHERE", name="Elsewhere")
    study.pk, study.study_instance_uid, study.facility = None, "1.2.3", elsewhere
    study.save()
    Series.objects.update(study=study)


def delete_the_instance(dataset: Dataset) -> None:
    Instance.objects.all().delete()


def end_the_session(dataset: Dataset) -> None:
    for session in Session.objects.all():
        import_module(settings.SESSION_ENGINE).SessionStore(session.session_key).delete()


def end_all_sessions(dataset: Dataset) -> None:
    User.objects.update(session_generation=1)


def change_the_password(dataset: Dataset) -> None:
    User.objects.update(password="another")


@pytest.mark.parametrize(
    "change",
    [
        end_membership,
        take_the_role,
        deactivate_the_user,
        deactivate_the_facility,
        move_the_study,
        move_the_series,
        delete_the_instance,
        end_the_session,
        end_all_sessions,
        change_the_password,
    ],
)
def test_who_may_no_longer_see_the_study_gets_nothing_from_that_moment(
    change: Callable[[Dataset], None], reader: Client, stored: Dataset, tile: str
) -> None:
    assert [reader.get(tile).status_code for _ in range(2)] == [200, 200]

    change(stored)

    assert reader.get(tile).status_code in {302, 401, 404}


def test_a_share_that_ends_ends_the_short_way(
    referrer: User, radiologist: User, tile: str, log_in: LogIn
) -> None:
    study = Study.objects.get()
    share_study(study=study, user=referrer, codename=Codename.VIEW_STUDY, actor=TESTER)
    client = log_in(referrer)
    assert [asked(client, tile)[1] for _ in range(2)] == [False, True]

    unshare_study(study=study, user=referrer, codename=Codename.VIEW_STUDY, actor=TESTER)

    assert client.get(tile).status_code == 404


def test_another_session_is_not_admitted_by_the_first(
    reader: Client, tile: str, outsider: User, log_in: LogIn
) -> None:
    reader.get(tile)

    assert log_in(outsider).get(tile).status_code == 404
    assert Client().get(tile).status_code in {302, 401}


def test_a_change_that_is_rolled_back_takes_nothing_away(reader: Client, tile: str) -> None:
    reader.get(tile)
    with suppress(RuntimeError), transaction.atomic():
        Membership.objects.all().delete()
        raise RuntimeError

    answer, was_short = asked(reader, tile)

    assert (answer.status_code, was_short) == (200, True)


def test_an_admission_ends_when_the_session_has_to_be_judged_again(
    reader: Client, tile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.get(tile)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + LONGEST_TIME_BETWEEN_NOTES)

    _, was_short = asked(reader, tile)

    assert not was_short


def test_a_token_goes_its_own_way_whatever_cookies_come_with_it(
    reader: Client, tile: str, outsider: User
) -> None:
    reader.get(tile)
    secret = create_token(outsider, scopes=["read"], actor=TESTER)

    assert reader.get(tile, headers={"Authorization": f"Bearer {secret}"}).status_code == 404


def test_what_does_not_change_sight_does_not_count(stored: Dataset, radiologist: User) -> None:
    before = rights_stamp()

    User.objects.update(display_name="Somebody", last_login=None)
    Study.objects.update(study_description="Another", facility=Study.objects.get().facility)

    assert rights_stamp() == before


def test_the_short_way_stands_at_the_address_of_tiles() -> None:
    place = reverse("viewer:tile", args=["1.2.3", 4, 5, 6, 7])

    found = TILE.fullmatch(place)

    assert found is not None
    assert found.groups() == ("1.2.3", "4", "5", "6", "7")
