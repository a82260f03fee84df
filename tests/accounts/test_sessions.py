"""Sessions end when idle, when old, when the password changes and when the user is deactivated."""

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, Client
from pytest_django import Settings

from accounts.middleware import SessionLimitsMiddleware
from accounts.models import User
from accounts.roles import Role
from accounts.services.users import deactivate_user, reactivate_user, set_password
from audit.actors import Actor
from audit.models import AuditEvent
from tests.accounts.conftest import Clock
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

PAGE = "/accounts/password/change/"
ADMIN = Actor.system("test")


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> None:
    """Fifteen minutes idle, twelve hours in all."""
    settings.PACS_SESSION_IDLE_SECONDS = 15 * 60
    settings.PACS_SESSION_ABSOLUTE_SECONDS = 12 * 3600
    settings.SESSION_COOKIE_AGE = 14 * 24 * 3600


@pytest.fixture
def reader() -> User:
    return person("r.reader", Role.RADIOLOGIST)


@pytest.fixture
def signed_in(browser: Client, clock: Clock, reader: User) -> Client:
    browser.force_login(reader)
    return browser


def is_open(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_a_session_ends_after_fifteen_minutes_without_a_request(signed_in: Client, clock: Clock) -> None:
    clock.advance(minutes=14, seconds=59)
    assert is_open(signed_in)
    clock.advance(minutes=15)

    response = signed_in.get(PAGE)

    assert response["Location"].startswith("/accounts/login/?expired=1&next=")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "Your session has ended" in signed_in.get(response["Location"]).content.decode()
    assert not is_open(signed_in)
    assert [event.actor_identifier for event in AuditEvent.objects.filter(event_type="session_expired")] == [
        "r.reader"
    ]


def test_requests_keep_a_session_open_but_not_for_more_than_twelve_hours(
    signed_in: Client, clock: Clock
) -> None:
    for _ in range(71):
        clock.advance(minutes=10)
        assert is_open(signed_in)
    clock.advance(minutes=10)

    assert not is_open(signed_in)


@pytest.mark.parametrize(
    ("path", "headers"), [("/notices/", {}), (PAGE, {"X-Background": "1"})], ids=["events", "header"]
)
def test_what_the_page_asks_for_by_itself_keeps_nothing_open(
    signed_in: Client, clock: Clock, path: str, headers: dict[str, str]
) -> None:
    for _ in range(14):
        clock.advance(minutes=1)
        signed_in.get(path, headers=headers)
    clock.advance(minutes=1)

    assert not is_open(signed_in)


def test_activity_is_written_at_most_once_a_minute(signed_in: Client, clock: Clock) -> None:
    is_open(signed_in)
    written = signed_in.session["last_active"]
    for _ in range(5):
        clock.advance(seconds=11)
        is_open(signed_in)
    assert signed_in.session["last_active"] == written

    clock.advance(seconds=6)
    is_open(signed_in)
    assert signed_in.session["last_active"] == written + 61


def test_a_short_limit_does_not_throw_out_who_is_there(
    signed_in: Client, clock: Clock, settings: Settings
) -> None:
    settings.PACS_SESSION_IDLE_SECONDS = 60
    for _ in range(10):
        clock.advance(seconds=40)
        assert is_open(signed_in)


def test_a_script_is_told_that_the_session_has_ended(signed_in: Client, clock: Clock) -> None:
    clock.advance(minutes=16)

    response = signed_in.get(PAGE, headers={"Accept": "application/json"})

    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert response.json()["detail"] == "The session has ended."


def test_a_session_without_marks_or_from_the_future_is_over(signed_in: Client, clock: Clock) -> None:
    session = signed_in.session
    del session["signed_in_at"]
    session.save()
    assert not is_open(signed_in)

    signed_in.force_login(User.objects.get())
    clock.advance(hours=-2)
    assert not is_open(signed_in)


def test_pages_for_everybody_stay_open_to_a_session_that_is_over(signed_in: Client, clock: Clock) -> None:
    clock.advance(hours=13)
    assert signed_in.get("/accounts/login/").status_code == 302
    assert signed_in.get("/accounts/login/").status_code == 200


def test_the_limits_hold_for_coroutines_too(signed_in: Client, clock: Clock) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("shown")

    def ask() -> int:
        request = AsyncRequestFactory().get("/")
        request.session = signed_in.session
        request.user = User.objects.get()
        response = async_to_sync(SessionLimitsMiddleware(view))(request)
        return response.status_code

    assert ask() == 200
    clock.advance(minutes=16)
    assert ask() == 302


def test_deactivation_ends_every_session_at_once_and_for_good(reader: User) -> None:
    clients = [Client(headers={"Accept": "text/html"}) for _ in range(3)]
    for client in clients:
        client.force_login(reader)
        assert is_open(client)

    deactivate_user(reader, actor=ADMIN)
    assert not any(is_open(client) for client in clients)

    for client in clients:
        client.cookies.clear()
    stolen = Client(headers={"Accept": "text/html"})
    reactivate_user(reader, actor=ADMIN)
    stolen.force_login(reader)
    cookies = dict(stolen.cookies)
    deactivate_user(reader, actor=ADMIN)
    reactivate_user(reader, actor=ADMIN)
    stolen.cookies.update(cookies)
    assert not is_open(stolen)


def test_a_password_set_by_an_administrator_ends_the_sessions(browser: Client, reader: User) -> None:
    browser.force_login(reader)

    set_password(reader, password="another long password 1", actor=ADMIN)

    assert not is_open(browser)


def test_changing_the_password_ends_the_other_sessions_only(reader: User) -> None:
    here, elsewhere = (Client(headers={"Accept": "text/html"}) for _ in range(2))
    here.force_login(reader)
    elsewhere.force_login(reader)
    new = "staple battery horse correct"

    response = here.post(PAGE, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert response.status_code == 302
    assert is_open(here)
    assert not is_open(elsewhere)
    assert AuditEvent.objects.filter(event_type="password_changed", actor_identifier="r.reader").count() == 1


@pytest.mark.parametrize("new", ["short", "fourteen chars", "r.reader@north.example", "123456789987654321"])
def test_weak_passwords_are_refused(browser: Client, reader: User, new: str) -> None:
    User.objects.filter(pk=reader.pk).update(email="r.reader@north.example")
    browser.force_login(reader)

    response = browser.post(PAGE, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert response.status_code == 200
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)
