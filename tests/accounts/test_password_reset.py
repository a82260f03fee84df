"""Resetting a forgotten password by e-mail."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.accounts.conftest import Clock
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

ASK = "/accounts/password/reset/"
NEW = "staple battery horse correct"


@pytest.fixture(autouse=True)
def reader() -> User:
    return person("r.reader", Role.RADIOLOGIST, email="r.reader@north.example")


def link_of(message: EmailMessage) -> str:
    found = re.search(r"http://testserver(/accounts/password/reset/\S+)", str(message.body))
    assert found
    return found[1]


def test_the_link_in_the_mail_sets_a_new_password_once(
    browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser.post(ASK, {"email": "R.Reader@north.example"})
    assert [message.to for message in mailoutbox] == [["r.reader@north.example"]]
    link = link_of(mailoutbox[0])

    form = browser.get(link)["Location"]
    assert browser.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302

    assert browser.post("/accounts/login/", {"username": "r.reader", "password": PASSWORD}).status_code == 200
    assert browser.post("/accounts/login/", {"username": "r.reader", "password": NEW}).status_code == 302
    assert "used already" in Client().get(link, follow=True).content.decode()
    events = AuditEvent.objects.filter(event_type__startswith="password").order_by("seq")
    assert [(event.event_type, event.details["username"]) for event in events] == [
        ("password_reset_asked", "r.reader"),
        ("password_changed", "r.reader"),
    ]


def without_token(page: bytes) -> bytes:
    """Return a page without what differs from request to request in every form."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)


def test_the_answer_does_not_tell_whether_there_is_an_account(
    browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    known = browser.post(ASK, {"email": "r.reader@north.example"}, follow=True)
    unknown = browser.post(ASK, {"email": "nobody@north.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert without_token(known.content) == without_token(unknown.content)
    assert len(mailoutbox) == 1


def test_a_deactivated_user_gets_no_link(
    browser: Client, reader: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=reader.pk).update(is_active=False)

    browser.post(ASK, {"email": "r.reader@north.example"})

    assert mailoutbox == []


def test_a_link_works_for_an_hour(
    browser: Client, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post(ASK, {"email": "r.reader@north.example"})
    generator = "django.contrib.auth.tokens.PasswordResetTokenGenerator._now"
    clock = Clock()
    clock.now = clock.now.replace(tzinfo=None).astimezone().replace(tzinfo=None)
    clock.advance(hours=1, seconds=5)
    monkeypatch.setattr(generator, lambda self: clock.now)

    assert "too old" in browser.get(link_of(mailoutbox[0]), follow=True).content.decode()


def test_a_reset_ends_the_sessions(browser: Client, reader: User, mailoutbox: list[EmailMessage]) -> None:
    elsewhere = Client(headers={"Accept": "text/html"})
    elsewhere.force_login(reader)
    browser.post(ASK, {"email": "r.reader@north.example"})

    browser.post(
        browser.get(link_of(mailoutbox[0]))["Location"], {"new_password1": NEW, "new_password2": NEW}
    )

    assert elsewhere.get("/accounts/password/change/").status_code == 302
