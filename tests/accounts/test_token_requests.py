"""A request with a token has the identity of that token only, ends with it, and is on record under both names."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.bearer import BearerTokenMiddleware
from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services.tokens import revoke_token
from accounts.services.users import deactivate_user, reactivate_user, set_password
from audit.models import AuditEvent
from tests.accounts.conftest import Clock
from tests.accounts.programs import (
    ADMIN,
    FORGED,
    MANIFEST,
    TILE,
    WORKLIST,
    assert_refused,
    program,
    send,
    token_of,
)
from tests.people import facility, person

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("stored")
def test_the_cookie_beside_a_token_counts_for_nothing() -> None:
    facility("SOUTH")
    theirs, mine = (person(f"{at}.reader".lower(), Role.RADIOLOGIST, at=at) for at in ("NORTH", "SOUTH"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(theirs)
    assert client.get(TILE).status_code == 200

    def with_token(secret: str) -> HttpResponse:
        answer: HttpResponse = client.get(TILE, headers={"Authorization": f"Bearer {secret}"})
        return answer

    assert with_token(token_of(mine)).status_code == 404
    assert with_token(token_of(theirs, "write")).status_code == 403
    assert with_token(FORGED).status_code == 401
    assert client.get(TILE).status_code == 200


@pytest.mark.usefixtures("stored")
def test_a_cookie_of_a_session_that_is_over_does_not_stop_a_token(reader: User, clock: Clock) -> None:
    client = Client()
    client.force_login(reader)
    clock.advance(minutes=16)

    assert client.get(TILE, headers={"Authorization": f"Bearer {token_of(reader)}"}).status_code == 200
    assert not AuditEvent.objects.filter(event_type="session_expired").exists()
    assert client.get(TILE, headers={"Accept": "image/png"}).status_code == 401


def test_what_a_view_keeps_in_the_session_of_a_token_is_not_stored(reader: User) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        BearerTokenMiddleware(view).process_view(request, view, (), {})
        request.session["kept"] = "for this request"
        return HttpResponse(request.session["kept"])

    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token_of(reader)}"})
    request.resolver_match = get_resolver().resolve("/healthz")
    answer = BearerTokenMiddleware(SessionMiddleware(view))(request)

    assert (answer.content, dict(answer.cookies)) == (b"for this request", {})
    assert not Session.objects.exists()


def test_a_search_by_token_leaves_the_session_of_the_cookie_alone(reader: User) -> None:
    client = Client()
    client.force_login(reader)
    before = Session.objects.get().session_data

    answer = client.get(WORKLIST, headers={"Authorization": f"Bearer {token_of(reader)}"})

    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert Session.objects.get().session_data == before


@pytest.mark.usefixtures("stored")
def test_a_token_ends_by_its_date_by_revocation_and_with_the_account(reader: User, clock: Clock) -> None:
    def fault(secret: str) -> str:
        return str(assert_refused(program(secret).get(TILE), 401, "invalid_token")["detail"])

    short, long = token_of(reader, days=1), token_of(reader, days=366)
    clock.advance(hours=23, minutes=59)
    assert program(short).get(TILE).status_code == 200
    clock.advance(minutes=1)
    assert "expired" in fault(short)

    assert program(long).get(TILE).status_code == 200
    revoke_token(ApiToken.objects.get(expires_at__gt=clock.now), actor=ADMIN)
    assert "revoked" in fault(long)

    another = token_of(reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert "deactivated" in fault(another)


@pytest.mark.usefixtures("stored")
def test_deactivation_ends_tokens_at_once_and_for_good(reader: User) -> None:
    client, other = program(token_of(reader)), program(token_of(person("x.reader", Role.RADIOLOGIST)))
    assert client.get(TILE).status_code == 200

    deactivate_user(reader, actor=ADMIN)
    assert client.get(TILE).status_code == 401
    reactivate_user(reader, actor=ADMIN)

    assert client.get(TILE).status_code == 401
    assert other.get(TILE).status_code == 200
    events = AuditEvent.objects.filter(actor_identifier="test").order_by("seq")
    assert [event.event_type for event in events][-3:] == [
        "token_revoked",
        "user_deactivated",
        "user_reactivated",
    ]


@pytest.mark.usefixtures("stored")
def test_a_new_password_leaves_the_programs_working(reader: User) -> None:
    client = program(token_of(reader))

    set_password(reader, password="staple battery horse correct", actor=ADMIN)

    assert client.get(TILE).status_code == 200


@pytest.mark.usefixtures("stored")
def test_the_limits_of_sessions_do_not_concern_tokens(reader: User, clock: Clock) -> None:
    client = program(token_of(reader))
    for hours in (0, 1, 30, 24 * 80):
        clock.advance(hours=hours)
        assert client.get(TILE).status_code == 200


@pytest.mark.usefixtures("stored")
def test_the_last_use_is_written_at_most_once_a_minute(reader: User, clock: Clock) -> None:
    client = program(token_of(reader))
    first = clock.now

    def last_use() -> Any:
        assert client.get(TILE).status_code == 200
        return ApiToken.objects.get().last_used_at

    assert last_use() == first
    clock.advance(seconds=59)
    assert last_use() == first
    clock.advance(seconds=1)
    assert last_use() == clock.now


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("address", [MANIFEST, WORKLIST])
def test_a_token_costs_one_query_less_than_a_session(
    address: str, reader: User, log_in: Callable[[User], Client]
) -> None:
    client = program(token_of(reader))
    client.get(address)

    def queries(of: Client) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert of.get(address).status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    browser = log_in(reader)
    browser.get(address)
    by_token, by_session = queries(client), queries(browser)

    assert len(by_token) == len(by_session) - 1, "\n".join(by_token)
    assert [sql for sql in by_token if "apitoken" in sql] == by_token[:1]


@pytest.mark.usefixtures("stored")
def test_what_was_done_by_token_names_user_and_token(reader: User) -> None:
    client = program(token_of(reader, "read", "write"), REMOTE_ADDR="10.0.0.9")
    client.get(TILE)
    client.get(WORKLIST)
    send(client)
    public_id = ApiToken.objects.get().public_id

    for event_type in ("study_opened", "query", "instances_imported"):
        event = AuditEvent.objects.filter(event_type=event_type).latest("seq")
        found = (event.actor_kind, event.actor_identifier, event.actor_user_pk, event.actor_address)
        assert found == ("user", "r.reader", reader.pk, "10.0.0.9"), event_type
        assert event.details["token"] == public_id, event_type


@pytest.mark.usefixtures("stored")
def test_an_opening_is_recorded_once_per_token_and_not_once_for_all(
    reader: User, log_in: Callable[[User], Client]
) -> None:
    other = person("x.reader", Role.RADIOLOGIST)
    clients = [program(token_of(user)) for user in (reader, reader, other)]
    for client in [*clients, *clients, log_in(reader)]:
        assert client.get(TILE).status_code == 200

    events = AuditEvent.objects.filter(event_type="study_opened").order_by("seq")
    assert [(event.actor_identifier, "token" in event.details) for event in events] == [
        ("r.reader", True),
        ("r.reader", True),
        ("x.reader", True),
        ("r.reader", False),
    ]
    assert len({event.details.get("token") for event in events}) == 4


def refusals() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event_type="token_refused").order_by("seq"))


def test_a_refused_token_is_recorded_like_a_failed_login_and_never_as_it_was_sent(
    reader: User, caplog: pytest.LogCaptureFixture
) -> None:
    secret = token_of(reader, days=1)
    token = ApiToken.objects.get()
    revoke_token(token, actor=ADMIN)
    caplog.clear()

    program(secret, REMOTE_ADDR="10.0.0.9").get(TILE)
    program(FORGED, REMOTE_ADDR="10.0.0.9").get(TILE)

    known, unknown = refusals()
    assert (known.event_id, known.event_type_code, known.outcome) == ("110114", "110122", 4)
    assert (known.actor_identifier, known.actor_user_pk) == ("r.reader", reader.pk)
    assert known.actor_address == unknown.actor_address == "10.0.0.9"
    assert (known.details["fault"], known.details["token"]) == ("revoked", token.public_id)
    assert (unknown.actor_identifier, unknown.details["fault"]) == ("", "unknown")
    assert "token" not in unknown.details
    everything = f"{list(AuditEvent.objects.values())} {caplog.text}"
    assert secret not in everything
    assert secret[16:] not in everything
    assert FORGED not in everything


def test_a_stream_of_guesses_fills_neither_the_log_nor_hides_other_addresses(reader: User) -> None:
    expired = token_of(reader)
    revoke_token(ApiToken.objects.get(), actor=ADMIN)
    for _ in range(120):
        assert program(FORGED, REMOTE_ADDR="10.0.0.9").get(TILE).status_code == 401
    assert [event.details["refused_within_15_minutes"] for event in refusals()] == [1, 2, 3, 4, 5, 10, 100]

    program(FORGED, REMOTE_ADDR="10.0.0.8").get(TILE)
    program(expired, REMOTE_ADDR="10.0.0.9").get(TILE)

    assert [event.actor_address for event in refusals()[7:]] == ["10.0.0.8", "10.0.0.9"]


def test_guesses_from_one_network_count_together(reader: User) -> None:
    for number in range(20):
        program(FORGED, REMOTE_ADDR=f"2001:db8:0:1::{number:x}").get(TILE)
    assert len(refusals()) == 6

    program(FORGED, REMOTE_ADDR="2001:db8:0:2::1").get(TILE)
    assert len(refusals()) == 7


@pytest.mark.usefixtures("no_broker")
def test_without_the_cache_refusals_are_recorded_and_tokens_work(reader: User) -> None:
    assert program(FORGED).get(WORKLIST).status_code == 401
    assert program(token_of(reader)).get(WORKLIST).status_code == 200
    assert len(refusals()) == 1


def test_an_address_that_does_not_exist_is_not_found(reader: User) -> None:
    assert program(token_of(reader)).get("/no/such/page/").status_code == 404
    assert program(FORGED).get("/no/such/page/").status_code == 401
