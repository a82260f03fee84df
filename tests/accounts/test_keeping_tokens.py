"""Making, listing and revoking tokens: the command, the admin and the demo."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.exceptions import TokenRefusedError
from accounts.models import ApiToken, User
from accounts.roles import Role
from accounts.services.tokens import authenticate, create_token, revoke_token
from audit.actors import Actor
from audit.models import AuditEvent
from pacs_site.demo import as_json, seed_people
from tests.people import person, superuser

pytestmark = pytest.mark.django_db

ADMIN = Actor.system("test")
TOKENS = "/admin/accounts/apitoken/"
FORM = r"rr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}"


def made(*arguments: str) -> str:
    """Return what the command prints on its standard output; nothing stands on the other."""
    out, err = io.StringIO(), io.StringIO()
    call_command("create_token", *arguments, stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


def is_good(secret: str) -> bool:
    try:
        return bool(authenticate(secret, address=""))
    except TokenRefusedError:
        return False


def recorded(event_type: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event_type=event_type).order_by("seq"))


def test_the_command_prints_the_token_and_nothing_else() -> None:
    person("r.reader", Role.RADIOLOGIST)

    printed = made("R.Reader")

    assert re.fullmatch(FORM + "\n", printed)
    token = authenticate(printed.strip(), address="")
    assert (token.user.username, token.scopes, token.purpose) == ("r.reader", "read", "")
    assert abs(token.expires_at - timezone.now() - timedelta(days=90)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        (["--scope", "write"], "write"),
        (["--scope", "write", "read"], "read write"),
        (["--scope", "read", "--scope", "write", "--scope", "write"], "read write"),
    ],
)
def test_scopes_days_and_purpose_can_be_given(arguments: list[str], scopes: str) -> None:
    person("r.reader")

    made("r.reader", *arguments, "--days", "7", "--purpose", "Night import in the north")

    token = ApiToken.objects.get()
    assert (token.scopes, token.purpose) == (scopes, "Night import in the north")
    assert token.expires_at - token.created_at == timedelta(days=7)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "There is no user 'nobody'."),
        (["gone"], "The user 'gone' is deactivated."),
        (["r.reader", "--scope", "admin"], "There is no scope 'admin'; there are: read, write."),
        (["r.reader", "--scope", "read", "READ"], "There is no scope 'READ'; there are: read, write."),
        (["r.reader", "--days", "0"], "A token is good for 1 to 366 days."),
        (["r.reader", "--days", "367"], "A token is good for 1 to 366 days."),
        (["r.reader", "--days", "soon"], "--days takes a whole number, not 'soon'."),
        (["r.reader", "--purpose", "x" * 101], "Say in at most 100 characters what the token is for."),
    ],
)
def test_what_cannot_be_is_one_clear_line(arguments: list[str], words: str) -> None:
    person("r.reader")
    person("gone", is_active=False)

    with pytest.raises(CommandError) as refusal:
        made(*arguments)

    assert str(refusal.value) == words
    assert not ApiToken.objects.exists()
    assert not AuditEvent.objects.exists()


def test_making_and_revoking_are_recorded_once_and_without_the_secret() -> None:
    user = person("r.reader")
    secret = made("r.reader", "--purpose", "Import").strip()
    token = ApiToken.objects.get()
    for _ in range(2):
        revoke_token(token, actor=ADMIN)

    (created,), (revoked,) = recorded("token_created"), recorded("token_revoked")
    assert (created.event_id, created.event_type_code) == ("110113", "110137")
    assert (created.actor_kind, created.actor_identifier) == ("command", "create_token")
    about = {"username": "r.reader", "user_pk": user.pk, "token_id": token.public_id, "purpose": "Import"}
    assert created.details == {**about, "scopes": "read", "expires_at": token.expires_at.isoformat()}
    assert (revoked.actor_identifier, revoked.details) == ("test", about)
    everything = str(list(AuditEvent.objects.values()))
    assert secret[16:] not in everything
    assert token.secret_hash not in everything


def test_no_two_tokens_are_alike() -> None:
    user = person("r.reader")
    secrets = {create_token(user, scopes=["read"], actor=ADMIN) for _ in range(20)}

    assert len({secret[16:] for secret in secrets}) == 20
    assert ApiToken.objects.values("public_id").distinct().count() == 20


def browser_of(user: User) -> Client:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(user)
    return client


def revoke_in_admin(client: Client, *tokens: ApiToken) -> Any:
    chosen = [str(token.pk) for token in tokens]
    return client.post(TOKENS, {"action": "revoke", "_selected_action": chosen}, follow=True)


def test_the_admin_lists_tokens_with_their_last_use_and_never_a_secret() -> None:
    secret = create_token(person("r.reader"), scopes=["read"], purpose="Night import", actor=ADMIN)
    token = authenticate(secret, address="")
    root = browser_of(superuser())

    for address in (TOKENS, f"{TOKENS}{token.pk}/change/"):
        page = root.get(address).content.decode()
        for shown in (token.public_id, "Night import", "r.reader", "good", f"{timezone.now():%Y}"):
            assert shown in page, (address, shown)
        assert secret[16:] not in page
        assert token.secret_hash not in page
    unused = create_token(person("x.reader"), scopes=["read"], actor=ADMIN)
    assert root.get(TOKENS).content.decode().count('field-last_used_at nowrap">-<') == 1
    assert is_good(unused)
    assert root.get(TOKENS).content.decode().count('field-last_used_at nowrap">-<') == 0


def test_the_admin_revokes_several_at_once_and_records_who_did() -> None:
    user = person("r.reader")
    secrets = [create_token(user, scopes=["read"], actor=ADMIN) for _ in range(3)]
    chosen = [authenticate(secret, address="") for secret in secrets[:2]]

    page = revoke_in_admin(browser_of(superuser()), *chosen)

    assert "Tokens revoked: 2." in page.content.decode()
    assert [is_good(secret) for secret in secrets] == [False, False, True]
    assert [event.actor_identifier for event in recorded("token_revoked")] == ["root", "root"]


def test_nobody_makes_changes_or_deletes_a_token_in_the_admin() -> None:
    secret = create_token(person("r.reader"), scopes=["read"], days=1, actor=ADMIN)
    token = ApiToken.objects.get()
    root = browser_of(superuser())

    assert root.get(f"{TOKENS}add/").status_code == 403
    assert root.post(f"{TOKENS}{token.pk}/change/", {"scopes": "read write"}).status_code == 403
    assert root.post(f"{TOKENS}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    root.post(TOKENS, {"action": "delete_selected", "_selected_action": [token.pk], "post": "yes"})

    assert is_good(secret)
    assert ApiToken.objects.get().scopes == "read"


def test_an_administrator_sees_and_revokes_tokens_of_the_own_people_and_the_own() -> None:
    myself = person("a.admin", Role.ADMINISTRATOR, at="NORTH", is_staff=True)
    people = {
        "mine": myself,
        "theirs": person("n.reader", Role.RADIOLOGIST, at="NORTH"),
        "elsewhere": person("s.reader", Role.RADIOLOGIST, at="SOUTH"),
        "above": superuser(),
    }
    secrets = {name: create_token(user, scopes=["read"], actor=ADMIN) for name, user in people.items()}
    client = browser_of(myself)

    listed = {token.user.username for token in client.get(TOKENS).context["cl"].queryset}
    revoke_in_admin(client, *ApiToken.objects.all())

    assert listed == {"a.admin", "n.reader"}
    assert {name for name, secret in secrets.items() if is_good(secret)} == {"elsewhere", "above"}


def test_who_manages_nobody_sees_no_tokens() -> None:
    reader = person("r.reader", Role.RADIOLOGIST, is_staff=True)
    create_token(reader, scopes=["read"], actor=ADMIN)

    assert browser_of(reader).get(TOKENS, follow=True).status_code == 403


def test_the_demo_has_new_tokens_at_each_run_and_revokes_its_former_ones() -> None:
    def seeded() -> dict[str, str]:
        printed = json.dumps(as_json(seed_people(with_tokens=True)))
        return {user["username"]: user["token"] for user in json.loads(printed)["users"]}

    first = seeded()
    own = create_token(User.objects.get(username="radiologist.north"), scopes=["read"], actor=ADMIN)
    second = seeded()

    assert len(first) == len(second) == 2 * len(Role)
    assert not any(is_good(secret) for secret in first.values())
    owners = {name: authenticate(secret, address="").user.username for name, secret in second.items()}
    assert owners == {name: name for name in second}
    assert {token.scopes for token in ApiToken.objects.filter(purpose="demo")} == {"read write"}
    assert is_good(own)


def test_the_demo_makes_no_tokens_where_nobody_would_see_them() -> None:
    assert {user["token"] for user in seed_people(with_tokens=False).users} == {""}
    assert not ApiToken.objects.exists()


def test_the_passwords_of_the_demo_keep_the_rules() -> None:
    for user in seed_people(with_tokens=False).users:
        validate_password(user["password"], User.objects.get(username=user["username"]))
