"""A study at a glance from the list, and the page of its patient."""

import pytest

from tests.e2e.conftest import study_row

pytestmark = pytest.mark.browser


def test_a_study_is_looked_at_from_the_list_by_keys_and_its_patient_followed(visit):
    page = visit("radiologist.north", width=1366, height=768).page
    page.goto("/worklist/?date_preset=all")
    study_row(page, "CT chest, follow-up").locator(".cell--date").click()
    panel = page.locator("[data-part=quick-look]")

    page.keyboard.press("q")
    panel.locator(".timeline [aria-current]").wait_for()
    assert panel.locator(".timeline a").count() == 4
    assert panel.locator(".timeline [aria-current]").inner_text().count("follow-up") == 1
    panel.locator(".look-report__head").first.wait_for()
    panel.get_by_text("No report stored.").first.wait_for()

    first = panel.locator(".look").get_attribute("data-study-instance-uid")
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "uid => document.querySelector('.look')?.dataset.studyInstanceUid !== uid", arg=first
    )
    page.keyboard.press("ArrowUp")
    panel.locator(f".look[data-study-instance-uid='{first}']").wait_for()

    page.keyboard.press("t")
    panel.locator(".timeline a[aria-current]:focus").wait_for()
    page.keyboard.press("ArrowLeft")
    panel.locator(".timeline a:not([aria-current]):focus").wait_for()

    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert page.evaluate("() => document.activeElement.dataset.studyInstanceUid") == first

    page.keyboard.press("q")
    panel.get_by_role("link", name="Lindqvist, Astrid").click()
    page.wait_for_url("**/worklist/patients/*/")
    assert page.get_by_role("heading", name="Lindqvist, Astrid").is_visible()
    assert page.locator(".patient-studies tbody tr").count() == 4
    assert "NG-204817" not in page.url
