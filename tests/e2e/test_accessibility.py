"""Every main screen for readers with a keyboard, a screen reader or weak eyes (WCAG 2.2 AA), in every look."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visit
from tests.running_system import RunningSystem

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ICON_OF = {"presets": "preset", "layout": "layout-2x2", "hanging": "hanging"}
# Theme and language.
LOOKS = [("dark", "en"), ("light", "en"), ("dark", "ar"), ("light", "de")]


def serious_findings(page: Page, screen: str) -> list[str]:
    """Return what axe finds on the page as it stands that hinders somebody seriously."""
    # The policy of the page lets no other script in; the debugger is not bound by it.
    page.evaluate(AXE.read_text())
    violations: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(found => found.violations)",
        TAGS,
    )
    return [
        f"{screen}: {one['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()}"
        for one in violations
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def put_on(page: Page, look: tuple[str, str]) -> None:
    """Change theme and language as their switches do."""
    theme, language = look
    port = page.url.split(":")[2].split("/")[0]
    values = {"theme": theme, f"reading_room_language_{port}": language}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": page.url} for name, value in values.items()]
    )


def test_no_screen_hinders_anybody_seriously(system: RunningSystem, visit: Callable[..., Visit]) -> None:
    reader = visit("technologist.north", width=1366, height=768)
    page = reader.page
    auditor = visit("auditor.north").page
    stranger = visit(width=390, height=844).page
    stranger.goto("/accounts/login/")
    study = page.locator("tr[data-study-instance-uid]").first.get_attribute("data-viewer-url")
    uid = str(study).strip("/").rpartition("/")[2]
    findings = []
    for look in LOOKS:
        for one in (page, stranger, auditor):
            put_on(one, look)
        for path in ("/accounts/login/", "/accounts/password/reset/"):
            stranger.goto(path)
            findings += serious_findings(stranger, f"{path} {look}")
        for path in (
            "/worklist/",
            "/archive/upload/",
            "/accounts/password/change/",
            "/worklist/examinations/",
            f"/worklist/studies/{uid}/patient/",
        ):
            page.goto(path)
            if path == "/worklist/":
                page.locator("[data-action=expand]").first.click()
                page.locator("details[data-menu] > summary").last.click()
                page.locator("[data-action=look]").first.click()
                page.locator(".look .timeline a").first.wait_for()
            findings += serious_findings(page, f"{path} {look}")
        auditor.goto("/audit/")
        findings += serious_findings(auditor, f"/audit/ {look}")
        page.goto("/nowhere/")
        findings += serious_findings(page, f"page of 404 {look}")
    # The console tells of the address that does not exist, as it should.
    reader.errors[:] = [error for error in reader.errors if "/nowhere/" not in error]
    for look in LOOKS[1:3]:
        put_on(page, look)
        page.goto(str(study))
        page.locator("[data-viewport][data-quality=full]").first.wait_for()
        findings += serious_findings(page, f"viewer {look}")
        for key in ("?", "Control+k"):
            page.keyboard.press(key)
            findings += serious_findings(page, f"viewer, {key} {look}")
            page.keyboard.press("Escape")
        for menu in ("presets", "layout", "hanging"):
            page.locator(f".viewer__tools summary:has(use[href$='#{ICON_OF[menu]}'])").first.click()
            findings += serious_findings(page, f"viewer, {menu} {look}")
            page.keyboard.press("Escape")
    assert findings == []


def test_every_stop_of_the_tab_key_can_be_seen(visit: Callable[..., Visit]) -> None:
    page = visit("radiologist.north", width=1366, height=768).page
    page.goto("/worklist/")
    page.locator("tr[data-study-instance-uid]").first.wait_for()
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                """() => {
                    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(document.activeElement);
                    const isSeen = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1) || boxShadow !== "none";
                    const name = document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText;
                    return [name || document.activeElement.outerHTML.slice(0, 120), isSeen];
                }"""
            )
        )
    names = [name for name, _ in stops]

    assert [name for name, is_seen in stops if not is_seen] == []
    assert "Skip to the content" in names[0]
    assert any("Upload" in name for name in names)
    assert any("Search" in name for name in names)
