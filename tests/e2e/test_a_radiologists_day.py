"""A radiologist's day in a small department: from the first study that comes to the list that is empty."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import wait_for_state
from tests.e2e.department import Department
from tests.running_system import RunningSystem

pytestmark = pytest.mark.browser
ROUTINE, STAT = "Moreau, Claire", "Cohen, Miriam"


@pytest.fixture(scope="module")
def department(system: RunningSystem) -> Iterator[Department]:
    """A department with two radiologists and one scanner."""
    yield Department(system, "LAKE", radiologist="radiologist", colleague="radiologist")


def rows(page: Page) -> Locator:
    return page.locator("tr[data-study-instance-uid]")


def desk(page: Page) -> Locator:
    return page.locator(".desk")


def press(page: Page, name: str) -> None:
    """Press a button of the line above the images."""
    desk(page).get_by_role("button", name=name, exact=True).click()


def test_from_the_first_study_to_the_empty_list(department: Department, visit: Callable[..., Any]):
    page = visit(department.login("radiologist")).page
    page.goto("/")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    colleague = visit(department.login("colleague")).page

    studies_come_by_themselves_and_stat_is_first(page, department)
    she_reads_the_first_and_knows_what_was_asked(page)
    she_marks_and_lays_aside(page)
    she_stays_and_nothing_is_claimed(page, colleague)
    she_goes_on_and_the_next_is_hers(page)
    she_comes_back_and_everything_is_there(page)
    a_colleague_takes_it_over_with_a_reason(page, colleague)
    a_preliminary_report_becomes_final_and_gets_an_addendum(page, colleague)
    the_last_one_is_signed_by_key_and_nothing_is_left(page)


def studies_come_by_themselves_and_stat_is_first(page: Page, department: Department) -> None:
    department.examine("L1", patient="L-1", name="Moreau^Claire", slices=3)
    expect(rows(page)).to_have_count(1)
    department.examine(
        "L2", patient="L-2", name="Cohen^Miriam", slices=4, priority="S", reason="Collapse. Bleeding?"
    )
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text(STAT)


def she_reads_the_first_and_knows_what_was_asked(page: Page) -> None:
    rows(page).first.dblclick()
    wait_for_state(page, quality="full")
    press(page, "Read")
    expect(desk(page)).to_contain_text("You are reading it")
    page.keyboard.press("Control+i")
    expect(page.locator(".desk__notes")).to_contain_text("Collapse. Bleeding?")
    page.keyboard.press("Control+i")
    expect(page.locator(".desk__notes")).to_be_hidden()


def she_marks_and_lays_aside(page: Page) -> None:
    page.get_by_role("button", name="Length").first.click()
    box = page.locator("[data-viewport]").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    expect(page.get_by_role("list", name="Measurements on this image")).to_contain_text("mm")
    page.keyboard.press("Shift+5")
    expect(page.get_by_text("Coronal, reformatted")).to_be_visible()
    press(page, "Lay aside")
    expect(desk(page)).to_contain_text("Laid aside by you")


def she_stays_and_nothing_is_claimed(page: Page, colleague: Page) -> None:
    page.keyboard.press("Control+Shift+ArrowRight")
    page.get_by_role("button", name="Stay").click()
    colleague.goto("/worklist/?list=unread")
    expect(rows(colleague).filter(has_text=ROUTINE)).not_to_contain_text("Being read")


def she_goes_on_and_the_next_is_hers(page: Page) -> None:
    before = page.url
    page.keyboard.press("Control+Shift+ArrowRight")
    expect(page.get_by_role("button", name="Go on anyway")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)
    expect(page.locator("[data-viewport]").first).to_contain_text(ROUTINE)
    expect(desk(page)).to_contain_text("You are reading it")


def she_comes_back_and_everything_is_there(page: Page) -> None:
    open_from(page, "mine", STAT)
    expect(desk(page)).to_contain_text("You are reading it")
    expect(page.get_by_text("Coronal, reformatted")).to_be_visible()
    page.keyboard.press("Shift+5")
    page.wait_for_selector("[data-part=grid][data-layout='1x1']")
    page.keyboard.press("Home")
    expect(page.get_by_role("list", name="Measurements on this image")).to_contain_text("mm")


def a_colleague_takes_it_over_with_a_reason(page: Page, colleague: Page) -> None:
    colleague.goto(page.url)
    expect(desk(colleague)).to_contain_text("is reading it")
    expect(desk(colleague).get_by_role("button", name="Read", exact=True)).to_have_count(0)
    colleague.get_by_label("Why you take the study over").fill("Called to the theatre")
    colleague.keyboard.press("Enter")
    expect(desk(colleague)).to_contain_text("You are reading it")
    expect(page.get_by_text("has taken the study over")).to_be_visible()
    expect(desk(page).get_by_role("button", name="Final", exact=True)).to_have_count(0)


def a_preliminary_report_becomes_final_and_gets_an_addendum(page: Page, colleague: Page) -> None:
    press(colleague, "Preliminary")
    expect(desk(page)).to_contain_text("Preliminary by colleague")
    press(page, "Read")
    press(page, "Final")
    expect(desk(page)).to_contain_text("Final by radiologist")
    press(page, "Read again")
    press(page, "Addendum")
    expect(desk(page)).to_contain_text("Addended")


def the_last_one_is_signed_by_key_and_nothing_is_left(page: Page) -> None:
    open_from(page, "mine", ROUTINE)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Go on anyway").click()
    expect(page.get_by_text("Nothing is left to read.")).to_be_visible()
    expect(desk(page)).to_contain_text("Final by radiologist")
    for name in ("unread", "mine", "overdue"):
        page.goto(f"/worklist/?list={name}")
        expect(page.locator("[data-part=empty]")).to_be_visible()


def open_from(page: Page, name: str, patient: str) -> None:
    """Open a study from one of the lists."""
    page.goto(f"/worklist/?list={name}")
    rows(page).filter(has_text=patient).dblclick()
    wait_for_state(page, quality="full")
