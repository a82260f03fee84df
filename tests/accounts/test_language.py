"""In which language the pages speak to whom."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.people import PASSWORD, person

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
COOKIE = settings.LANGUAGE_COOKIE_NAME


@pytest.fixture(autouse=True)
def reader() -> User:
    return person("r.reader", Role.RADIOLOGIST)


def choose(client: Client, language: str, **fields: str) -> int:
    return client.post("/accounts/language/", {"language": language, "next": LOGIN, **fields}).status_code


def sign_in(client: Client) -> None:
    assert client.post(LOGIN, {"username": "r.reader", "password": PASSWORD}).status_code == 302


def test_before_anybody_chose_a_page_speaks_what_the_browser_asks_for(browser: Client) -> None:
    german = browser.get(LOGIN, headers={"accept-language": "de-AT,de;q=0.9"}).content.decode()
    unknown = browser.get(LOGIN, headers={"accept-language": "eo"}).content.decode()

    assert "<h1>Anmelden</h1>" in german
    assert 'lang="de"' in german
    assert 'dir="ltr"' in german
    assert "<h1>Log in</h1>" in unknown


def test_a_choice_on_the_login_page_holds_for_the_browser(browser: Client) -> None:
    assert choose(browser, "ar") == 302

    page = browser.get(LOGIN, headers={"accept-language": "de"}).content.decode()

    assert 'lang="ar"' in page
    assert 'dir="rtl"' in page
    assert "/static/catalogues/ar." in page


def test_a_user_finds_the_chosen_language_on_another_machine(browser: Client, reader: User) -> None:
    sign_in(browser)
    choose(browser, "de")
    elsewhere = Client()

    sign_in(elsewhere)

    reader.refresh_from_db()
    assert reader.language == "de"
    assert elsewhere.cookies[COOKIE].value == "de"


def test_signing_out_leaves_no_language_to_the_next_person(browser: Client) -> None:
    sign_in(browser)
    choose(browser, "de")

    browser.post("/accounts/logout/")

    assert browser.cookies[COOKIE].value == ""


def test_a_language_that_is_not_offered_is_ignored(browser: Client, reader: User) -> None:
    sign_in(browser)

    assert choose(browser, "tlh") == 302

    reader.refresh_from_db()
    assert reader.language == ""
    assert COOKIE not in browser.cookies


def test_the_way_back_leads_to_no_other_site(browser: Client) -> None:
    answer = browser.post("/accounts/language/", {"language": "de", "next": "https://example.org/"})

    assert answer["Location"] == "/"


def test_a_refusal_speaks_the_language_of_whom_it_turns_away(browser: Client) -> None:
    answer = browser.get("/worklist/", headers={"accept": "application/json", "accept-language": "de"})

    assert answer.json()["title"] == "Melden Sie sich zuerst an"
