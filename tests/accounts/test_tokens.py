"""What a bearer token opens at the HTTP interfaces, and what it does not."""

import base64

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import get_resolver

from accounts.bearer import BearerTokenMiddleware
from accounts.models import ApiToken, Facility, User
from accounts.roles import Role
from accounts.services.memberships import revoke_membership
from archive.models import Instance
from audit.models import AuditEvent
from tests.accounts.programs import (
    ADMIN,
    FORGED,
    MANIFEST,
    SERIES,
    SOP,
    STUDY,
    TILE,
    UPLOAD,
    WORKLIST,
    assert_refused,
    program,
    send,
    token_of,
)
from tests.people import PASSWORD, facility, person, superuser

pytestmark = pytest.mark.django_db


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
    client, address = AsyncClient(), "/notices/"

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
