"""Login, logout, the lock against guessing, and what each leaves in the audit log."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.people import PASSWORD, person, superuser

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def reader() -> User:
    return person("r.reader", Role.RADIOLOGIST)


def attempt(client: Client, username: str, password: str, **fields: str) -> int:
    return client.post(LOGIN, {"username": username, "password": password, **fields}).status_code


def logged(event_type: str) -> list[tuple[str, int]]:
    events = AuditEvent.objects.filter(event_type=event_type).order_by("seq")
    return [(event.actor_identifier, event.outcome) for event in events]


def test_the_login_page_says_what_it_is_not(browser: Client) -> None:
    response = browser.get(LOGIN)

    assert "Not a medical device. Not for diagnostic use." in response.content.decode()
    assert response["Cache-Control"].find("no-store") >= 0


@pytest.mark.parametrize("username", ["r.reader", "R.Reader", "R.READER"])
def test_the_right_password_opens_the_worklist_whatever_the_case_of_the_name(
    browser: Client, username: str
) -> None:
    assert attempt(browser, username, PASSWORD) == 302
    assert browser.get("/accounts/password/change/").status_code == 200
    assert logged("login") == [("r.reader", 0)]


@pytest.mark.parametrize("password", [PASSWORD.upper(), "", PASSWORD + " "])
def test_another_password_opens_nothing(browser: Client, password: str) -> None:
    assert attempt(browser, "r.reader", password) == 200
    assert browser.get("/accounts/password/change/").status_code == 302


def test_a_deactivated_user_gets_the_same_answer_as_a_wrong_password(browser: Client, reader: User) -> None:
    def answer(username: str) -> str:
        response = browser.post(LOGIN, {"username": username, "password": PASSWORD})
        return response.context["form"].non_field_errors()[0]

    User.objects.filter(pk=reader.pk).update(is_active=False)

    assert answer("r.reader") == answer("nobody")


def test_the_way_back_leads_to_our_own_pages_only(browser: Client) -> None:
    for target, expected in (
        ("/audit/", "/audit/"),
        ("https://evil.example/", "/worklist/start/"),
        ("//evil.example", "/worklist/start/"),
    ):
        response = browser.post(LOGIN, {"username": "r.reader", "password": PASSWORD, "next": target})
        assert response["Location"] == expected
        browser.post("/accounts/logout/")


def test_a_name_without_account_is_never_stored_as_typed(browser: Client) -> None:
    for _ in range(6):
        attempt(browser, "My-Secret-Password-1", "x")

    stored = [*AccessAttempt.objects.values_list("username", "get_data", "post_data")]
    names = [identifier for identifier, _ in logged("login") + logged("login_locked")]
    assert "my-secret" not in f"{stored} {names}".lower()
    assert len(set(names)) == 1
    assert names[0].startswith("unknown-")


def test_a_name_that_looks_like_our_own_digest_is_not_stored_either(browser: Client) -> None:
    attempt(browser, "unknown-but-a-password", "x")

    assert "but-a-password" not in str(logged("login"))


def test_five_failures_lock_the_name_from_that_address_with_clear_words(browser: Client) -> None:
    assert [attempt(browser, "r.reader", "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]

    response = browser.post(LOGIN, {"username": "r.reader", "password": PASSWORD})
    assert response.status_code == 429
    assert "Wait a quarter of an hour" in response.content.decode()
    assert logged("login") == [("r.reader", 4)] * 6
    assert logged("login_locked") == [("r.reader", 4)] * 2


def test_writing_the_name_differently_gives_no_further_guesses(browser: Client) -> None:
    names = ["r.reader", "R.reader", "r.Reader", "R.READER", "r.READER"]

    assert [attempt(browser, name, "wrong") for name in names][-1] == 429


def test_a_lock_does_not_reach_other_addresses_or_names(browser: Client) -> None:
    person("t.tech", Role.TECHNOLOGIST)
    for _ in range(6):
        attempt(browser, "r.reader", "wrong")

    assert (
        Client(REMOTE_ADDR="10.0.0.8").post(LOGIN, {"username": "r.reader", "password": PASSWORD}).status_code
        == 302
    )
    assert attempt(browser, "t.tech", PASSWORD) == 302


def test_the_lock_opens_after_a_quarter_of_an_hour_and_tries_do_not_prolong_it(browser: Client) -> None:
    for _ in range(5):
        attempt(browser, "r.reader", "wrong")
    locked_at = AccessAttempt.objects.get().attempt_time
    assert attempt(browser, "r.reader", PASSWORD) == 429
    assert AccessAttempt.objects.get().attempt_time == locked_at

    AccessAttempt.objects.update(attempt_time=locked_at - timedelta(minutes=15))

    assert attempt(browser, "r.reader", PASSWORD) == 302


def test_logging_out_takes_a_post_and_clears_the_browser(browser: Client, reader: User) -> None:
    browser.force_login(reader)
    assert browser.get("/accounts/logout/").status_code == 405

    response = browser.post("/accounts/logout/")

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get("/accounts/password/change/").status_code == 302
    assert logged("logout") == [("r.reader", 0)]


def test_a_form_of_another_site_is_refused(reader: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN, {"username": "r.reader", "password": PASSWORD}).status_code == 403


def test_the_admin_has_no_login_page_of_its_own(browser: Client, reader: User) -> None:
    root = superuser()
    response = browser.get("/admin/")
    assert response.status_code == 302
    assert browser.get(response["Location"])["Location"].startswith("/accounts/login/")
    assert browser.post("/admin/login/", {"username": "root", "password": PASSWORD}).status_code == 302
    assert browser.get("/admin/accounts/user/").status_code == 302

    browser.force_login(reader)
    assert browser.get("/admin/", follow=True).status_code == 403
    browser.force_login(root)
    assert browser.get("/admin/").status_code == 200


def test_scripts_get_401_and_pages_the_way_to_the_login(browser: Client) -> None:
    page = browser.get("/accounts/password/change/")
    assert (page.status_code, page["Location"]) == (
        302,
        "/accounts/login/?next=%2Faccounts%2Fpassword%2Fchange%2F",
    )

    for headers in (
        {"Accept": "application/json"},
        {"X-Requested-With": "fetch", "Accept": "text/html"},
        {"Accept": "text/event-stream"},
        {"Accept": "image/avif,image/png,*/*"},
        {"Accept": "*/*", "Sec-Fetch-Mode": "cors"},
    ):
        answer = Client().get("/accounts/password/change/", headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), headers
