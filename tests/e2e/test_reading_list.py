"""From one study of the list to the next without going back to the list."""

import pytest

from tests.e2e.conftest import study_row, wait_for_state

pytestmark = pytest.mark.browser


def test_keys_lead_from_study_to_study_in_the_order_of_the_list(visit):
    page = visit("radiologist.north").page
    page.goto("/worklist/?date_preset=all")
    rows = page.locator("tr[data-study-instance-uid]")
    uids = [row.get_attribute("data-study-instance-uid") for row in rows.all()]
    with page.expect_response("**/ahead/") as ahead:
        rows.first.dblclick()
        page.wait_for_url(f"**/studies/{uids[0]}/")
        wait_for_state(page, quality="full")

    assert page.locator(".reading-list__place").inner_text() == f"1 / {len(uids)}"
    assert uids[1] in ahead.value.url
    assert ahead.value.status == 204

    page.keyboard.press("Control+ArrowRight")
    page.get_by_role("heading", name="Not yet looked at").wait_for()
    page.locator(".leaving__series").first.click()
    wait_for_state(page, imageIndex="1")
    page.keyboard.press("Control+ArrowRight")
    page.get_by_role("heading", name="Not yet looked at").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/studies/{uids[1]}/")
    wait_for_state(page, quality="full")
    assert page.locator(".reading-list__place").inner_text() == f"2 / {len(uids)}"

    page.get_by_role("link", name="Study before").click()
    page.wait_for_url(f"**/studies/{uids[0]}/")


def test_a_study_that_was_not_opened_from_a_list_stands_in_none(visit):
    page = visit("radiologist.north").page
    uid = page.locator("tr[data-study-instance-uid]").first.get_attribute("data-study-instance-uid")
    page.evaluate("() => { window.addEventListener('pagehide', () => sessionStorage.clear()); }")
    page.goto(f"/viewer/studies/{uid}/")
    wait_for_state(page, quality="full")

    assert page.locator(".reading-list").is_hidden()


def test_a_reader_claims_lays_aside_comes_back_and_signs(visit):
    page = visit("radiologist.south").page
    page.goto("/worklist/?date_preset=all")
    uid = study_row(page, "Screening mammogram").get_attribute("data-study-instance-uid")
    page.goto(f"/viewer/studies/{uid}/")
    wait_for_state(page, quality="full")
    desk = page.locator(".desk")

    desk.get_by_role("button", name="Read", exact=True).click()
    desk.get_by_text("You are reading it").wait_for()
    page.keyboard.press("Shift+5")
    layout = page.locator("[data-part=grid]").get_attribute("data-layout")
    desk.get_by_role("button", name="Lay aside").click()
    desk.get_by_text("Laid aside by you").wait_for()
    assert layout not in ("", "1x1")

    page.reload()
    desk.get_by_text("You are reading it").wait_for()
    wait_for_state(page, quality="full")
    page.wait_for_selector(f"[data-part=grid][data-layout='{layout}']")
    desk.get_by_role("button", name="Final").click()
    desk.get_by_text("Final by").wait_for()


def test_a_radiologist_works_the_unread_list_by_keys_and_a_claim_moves_nothing_under_the_pointer(visit):
    page = visit("radiologist.north").page
    page.goto("/worklist/?list=unread")
    page.get_by_text("Live", exact=True).wait_for()
    uid = page.locator("tr[data-study-instance-uid]").last.get_attribute("data-study-instance-uid")
    row = page.locator(f'tr[data-study-instance-uid="{uid}"]')
    page.keyboard.press("End")
    page.keyboard.press("x")
    page.get_by_text("1 selected").wait_for()

    row.hover()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    row.get_by_text("Being read").wait_for()
    page.mouse.move(5, 5)
    row.wait_for(state="detached")

    page.keyboard.press("2")
    page.wait_for_url("**list=mine**")
    row.locator("[data-action=select]").check()
    page.get_by_role("button", name="Put back").click()
    page.mouse.move(5, 5)
    row.wait_for(state="detached")
    page.keyboard.press("?")
    page.get_by_text("Keys of the worklist").wait_for()


def test_overdue_stat_studies_are_told_everywhere_until_somebody_begins(visit, system):
    page = visit("radiologist.south").page
    page.goto("/worklist/?list=unread")
    uid = study_row(page, "Skin biopsy").get_attribute("data-study-instance-uid")
    write = (
        "from datetime import timedelta; from django.utils import timezone; from worklist.models import ReadingTask;"
        f"ReadingTask.objects.filter(study__study_instance_uid='{uid}')"
        ".update(priority={}, due_at=timezone.now() + timedelta(minutes={}))"
    )
    system.manage("shell", "-c", write.format(1, -10))
    try:
        page.reload()
        page.locator(".overdue-stat", has_text="1 STAT overdue").wait_for()
        page.keyboard.press("o")
        page.wait_for_url("**/worklist/?list=unread&priority=1&overdue=1")
        assert page.locator("tr.study").count() == 1

        page.goto(f"/viewer/studies/{uid}/")
        told = page.locator(".desk .overdue-stat", has_text="1 STAT overdue")
        told.wait_for()
        page.locator(".desk").get_by_role("button", name="Read", exact=True).click()
        told.wait_for(state="hidden")
        page.locator(".desk").get_by_role("button", name="Put back").click()
        told.wait_for()
    finally:
        system.manage("shell", "-c", write.format(4, 24 * 60))
