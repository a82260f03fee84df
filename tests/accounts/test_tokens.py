"""What a bearer token opens at the HTTP interfaces, what it does not, and what each leaves in the audit log."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.bearer import BearerTokenMiddleware
from accounts.models import ApiToken, Facility, User
from accounts.roles import Role
from accounts.services.memberships import revoke_membership
from accounts.services.tokens import create_token, revoke_token
from accounts.services.users import deactivate_user, reactivate_user, set_password
from archive.models import Instance
from audit.actors import Actor
from audit.models import AuditEvent
from tests.accounts.conftest import Clock
from tests.dicom_samples import about, image, image_bytes
from tests.factories import store
from tests.people import PASSWORD, facility, person, superuser
from viewer.services import render_requested_tile
from viewer.tiles.request import TileRequest

pytestmark = pytest.mark.django_db

ADMIN = Actor.system("test")
STUDY = about(1).study_instance_uid
SOP = image(about(1)).SOPInstanceUID
SERIES = image(about(1)).SeriesInstanceUID
TILE = f"/viewer/tiles/{SOP}/1/0/0/0.png"
MANIFEST = f"/viewer/studies/{STUDY}/manifest.json"
WORKLIST = "/worklist/"
UPLOAD = "/archive/upload/files/"
FORGED = f"rr_{'0' * 12}_{'A' * 43}"


@pytest.fixture
def reader() -> User:
    return person("r.reader", Role.RADIOLOGIST, at="NORTH")


@pytest.fixture
def stored() -> Facility:
    """A study of the north with one image, whose tile is rendered."""
    north = facility("NORTH")
    store(image(about(1), WindowCenter="2000", WindowWidth="4000"), facility=north)
    sha256 = Instance.objects.select_related("blob").get().blob.sha256
    render_requested_tile(TileRequest(sha256, 1, 0, 0, 0))
    return north


def program(secret: str, **options: Any) -> Client:
    """Return a client that sends the token, and no word about what it accepts."""
    return Client(headers={"Authorization": f"Bearer {secret}"}, **options)


def token_of(user: User, *scopes: str, days: int = 90) -> str:
    return create_token(user, scopes=scopes or ("read",), days=days, actor=ADMIN)


def send(client: Client, *, to: str = "NORTH", content: bytes | None = None) -> HttpResponse:
    file = SimpleUploadedFile("IM0001", content or image_bytes(about(2)))
    answer: HttpResponse = client.post(UPLOAD, {"facility": to, "file": file})
    return answer


def assert_refused(answer: HttpResponse, status: int, error: str) -> dict[str, Any]:
    """Check the form of a refusal and return its body."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith(f'Bearer error="{error}"')
    assert "Location" not in answer.headers
    assert not answer.cookies
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status
    return body


@pytest.mark.usefixtures("stored")
def test_a_token_reads_tiles_manifests_and_lists_without_any_cookie(reader: User) -> None:
    client = program(token_of(reader))

    for address in (
        TILE,
        MANIFEST,
        WORKLIST,
        f"/worklist/rows/{STUDY}/",
        f"/worklist/studies/{STUDY}/series/",
        f"/viewer/lookups/{SOP}/1/0.bin",
        "/healthz",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not answer.cookies, address
        assert "Authorization" in answer["Vary"], address
    assert client.get(TILE)["Content-Type"] == "image/png"
    assert client.head(TILE).status_code != 403
    assert client.get(MANIFEST).json()["study"]["study_instance_uid"] == STUDY
    assert STUDY in client.get(WORKLIST).content.decode()
    assert client.get(f"/viewer/series/{SERIES}/thumbnail.png").status_code in {200, 202}
    assert not Session.objects.exists()


def test_a_token_with_the_scope_to_write_uploads_without_a_proof_against_forged_forms(reader: User) -> None:
    client = program(token_of(reader, "write"), enforce_csrf_checks=True)

    answer = send(client)

    assert answer.status_code == 200, answer.content
    assert [one["outcome"] for one in answer.json()["results"]] == ["stored"]
    assert not answer.cookies
    assert Instance.objects.count() == 1


def test_a_form_with_a_cookie_alone_still_needs_the_proof(reader: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)

    assert send(client).status_code == 403
    assert not Instance.objects.exists()


@pytest.mark.usefixtures("stored")
def test_neither_scope_includes_the_other(reader: User) -> None:
    reading, writing = program(token_of(reader, "read")), program(token_of(reader, "write"))

    to_write = send(reading)
    to_read = writing.get(TILE)

    for answer, scope in ((to_write, "write"), (to_read, "read")):
        body = assert_refused(answer, 403, "insufficient_scope")
        assert body["detail"].startswith(f"This token has not the scope '{scope}'. Ask")
    assert to_write["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="write"'
    assert Instance.objects.count() == 1
    events = AuditEvent.objects.filter(event_type="access_refused").order_by("seq")
    assert [(event.actor_identifier, event.outcome, event.details["route"]) for event in events] == [
        ("r.reader", 4, "archive:upload_file"),
        ("r.reader", 4, "viewer:tile"),
    ]


@pytest.mark.usefixtures("stored")
def test_a_token_does_no_more_than_its_user_may() -> None:
    facility("SOUTH")
    stranger = person("s.reader", Role.RADIOLOGIST, at="SOUTH")
    auditor = person("a.auditor", Role.AUDITOR, at="NORTH")
    root = superuser()

    for user in (stranger, auditor, root):
        client = program(token_of(user, "read", "write"))
        assert client.get(TILE).status_code == 404
        assert client.get(MANIFEST).status_code == 404
        assert STUDY not in client.get(WORKLIST).content.decode()
        assert send(client, to="NORTH").status_code == 403
    assert program(token_of(auditor, "write")).post(UPLOAD)["Content-Type"] == "application/problem+json"
    assert Instance.objects.count() == 1


@pytest.mark.usefixtures("stored")
def test_who_leaves_the_facility_sees_nothing_by_an_old_token(reader: User) -> None:
    client = program(token_of(reader))
    assert client.get(TILE).status_code == 200

    revoke_membership(membership=reader.memberships.get(), actor=ADMIN)

    assert client.get(TILE).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/admin/",
        "/admin/accounts/apitoken/",
        "/admin/accounts/user/",
        "/accounts/password/change/",
        "/accounts/login/",
        "/accounts/password/reset/",
        "/audit/",
        "/archive/upload/",
        "/worklist/search/",
        f"/viewer/studies/{STUDY}/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_for_people_stay_closed_to_the_highest_token(
    address: str, method: str, stored: Facility
) -> None:
    root = superuser()
    for role in Role:
        root.memberships.create(facility=stored, role=role)
    client = program(token_of(root, "read", "write"))

    body = assert_refused(getattr(client, method)(address), 403, "insufficient_scope")

    assert "sign in with a browser" in body["detail"]
    assert AuditEvent.objects.filter(event_type="access_refused", actor_identifier="root").count() == 1


def test_a_token_cannot_change_the_password_of_its_user(reader: User) -> None:
    new = "staple battery horse correct"

    program(token_of(reader, "read", "write")).post(
        "/accounts/password/change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )

    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)


def test_the_stream_of_events_is_closed_to_tokens_and_answers_a_wrong_one(reader: User) -> None:
    client, address = AsyncClient(), "/worklist/events/"

    answer = async_to_sync(client.get)(address, headers={"Authorization": f"Bearer {token_of(reader)}"})
    assert_refused(answer, 403, "insufficient_scope")
    answer = async_to_sync(client.get)(address, headers={"Authorization": f"Bearer {FORGED}"})
    assert_refused(answer, 401, "invalid_token")


def test_in_a_coroutine_too_the_user_is_the_tokens(reader: User) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        BearerTokenMiddleware(view).process_view(request, view, (), {})
        user = await request.auser()
        return HttpResponse(f"{user.get_username()} {request.user.get_username()}")

    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token_of(reader)}"})
    request.resolver_match = get_resolver().resolve("/healthz")

    assert async_to_sync(BearerTokenMiddleware(view))(request).content == b"r.reader r.reader"


@pytest.mark.parametrize(
    "credentials",
    [
        FORGED,
        "",
        "rr_",
        "guessed",
        f"{FORGED}, {FORGED}",
        f"rr_{'0' * 12}_{'A' * 42}é",
        f"{FORGED}\n",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.",
    ],
)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.usefixtures("stored")
def test_a_wrong_token_opens_nothing_and_says_what_to_do(credentials: str, scheme: str) -> None:
    for accept in ("text/html", "application/json"):
        client = Client(headers={"Authorization": f"{scheme} {credentials}", "Accept": accept})
        body = assert_refused(client.get(TILE), 401, "invalid_token")
        assert "Send it whole" in body["detail"]
    assert_refused(send(client), 401, "invalid_token")
    assert Instance.objects.count() == 1


@pytest.mark.usefixtures("stored")
def test_every_character_of_a_token_counts(reader: User) -> None:
    secret = token_of(reader)

    for place in range(len(secret)):
        other = "0" if secret[place] != "0" else "1"
        answer = program(secret[:place] + other + secret[place + 1 :]).get(TILE)
        assert answer.status_code == 401, place
    assert program(secret).get(TILE).status_code == 200


@pytest.mark.usefixtures("stored")
def test_the_hash_and_the_public_id_open_nothing(reader: User) -> None:
    secret = token_of(reader)
    token = ApiToken.objects.get()

    for lesser in (token.secret_hash, token.public_id, f"rr_{token.public_id}_{token.secret_hash[:43]}"):
        assert program(lesser).get(TILE).status_code == 401
    assert secret not in str(ApiToken.objects.values())
    assert secret.removeprefix(f"rr_{token.public_id}_") not in str(ApiToken.objects.values())


@pytest.mark.usefixtures("stored")
def test_a_token_in_the_address_or_as_a_password_is_not_read(reader: User) -> None:
    secret = token_of(reader)
    basic = base64.b64encode(f"r.reader:{secret}".encode()).decode()

    assert Client().get(f"{TILE}?access_token={secret}&token={secret}").status_code == 302
    answer = Client().get(TILE, headers={"Authorization": f"Basic {basic}", "Accept": "application/json"})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


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
@pytest.mark.parametrize("address", [TILE, MANIFEST, WORKLIST])
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
