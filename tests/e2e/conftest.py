"""A whole running system and a real browser."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState, expect, sync_playwright

from tests.running_system import RunningSystem, running_system
from viewer.preferences import VERSION

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OUTSIDER = "outsider"
# As long as a page waits for anything else; the machine may be busy.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def system() -> Iterator[RunningSystem]:
    """The system on a new data folder, with the demo and with one user who belongs nowhere."""
    with running_system() as running:
        running.create_outsider(OUTSIDER, "belongs-to-no-facility")
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, which script/test has found or installed."""
    environment = dict(os.environ)
    if libraries := os.environ.get("PACS_TEST_CHROMIUM_LIBRARIES"):
        environment["LD_LIBRARY_PATH"] = libraries
    with sync_playwright() as playwright:
        program = os.environ.get("PACS_TEST_CHROMIUM", "/usr/bin/chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=_FLAGS, env=environment)
        yield chromium
        chromium.close()


@dataclass
class Visit:
    """One user's browser: the page and everything that went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """Cookies of users who have logged in, which the next test may use while they are good."""
    return {}


# Preferences stay on the server, and another test may have changed keys, mouse or questions of the same user.
AS_DELIVERED = """async version => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
    await fetch("/viewer/preferences.json", {method: "PUT", headers, body: JSON.stringify({version})});
}"""


@pytest.fixture
def visit(
    system: RunningSystem, browser: Browser, signed_in: dict[str, StorageState]
) -> Iterator[Callable[..., Visit]]:
    """Open a browser of its own, logged in as a user; fails the test if a script or the console complained."""
    visits: list[Visit] = []

    def open_visit(
        username: str | None = None, *, width: int = 1440, height: int = 900, **options: object
    ) -> Visit:
        context = browser.new_context(
            base_url=system.url,
            viewport={"width": width, "height": height},
            storage_state=signed_in.get(username or ""),
            **options,
        )
        made = Visit(context.new_page())
        made.page.set_default_timeout(15_000)
        made.page.on("pageerror", lambda error: made.errors.append(f"script: {error}"))
        made.page.on("console", lambda message: _note_error(made, message))
        visits.append(made)
        if username is not None:
            made.page.goto("/worklist/")
            if "/accounts/login/" in made.page.url:
                log_in(made.page, username, system.passwords[username])
                made.page.goto("/worklist/")
                signed_in[username] = context.storage_state()
            if len(visits) == 1:
                made.page.evaluate(AS_DELIVERED, VERSION)
        return made

    yield open_visit
    errors = [error for made in visits for error in made.errors]
    for made in visits:
        made.page.context.close()
    assert errors == []


def _note_error(visit: Visit, message: ConsoleMessage) -> None:
    if message.type == "error":
        visit.errors.append(f"{message.text} {message.location.get('url', '')}")


def log_in(page: Page, username: str, password: str) -> None:
    """Log in through the login page."""
    page.goto("/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/worklist/**")


def study_row(page: Page, text: str):
    """Return the row of the list that holds a text."""
    return page.locator("tr[data-study-instance-uid]", has_text=text).first


def viewport_state(page: Page) -> dict[str, str]:
    """Return what the first viewport says of the picture that it shows now."""
    return dict(page.locator("[data-viewport]").first.evaluate("element => ({...element.dataset})"))


def wait_for_state(page: Page, **expected: str) -> dict[str, str]:
    """Wait until the first viewport shows a picture that fits, and return what it says of it."""
    page.wait_for_function(
        """expected => {
            const shown = document.querySelector("[data-viewport]")?.dataset ?? {};
            return shown.sopInstanceUid && Object.entries(expected).every(([name, value]) => shown[name] === value);
        }""",
        arg=expected,
    )
    return viewport_state(page)


def open_study(page: Page, text: str) -> dict[str, str]:
    """Open the study of a row by double click and wait for its first picture in full quality."""
    study_row(page, text).dblclick()
    page.wait_for_url("**/viewer/studies/**")
    return wait_for_state(page, quality="full")
