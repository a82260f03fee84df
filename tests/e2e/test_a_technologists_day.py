"""A technologist's day in a small department: from the order to images that somebody can read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom.dataset import Dataset

from dicomkit.uid import new_uid
from tests.e2e.department import Department, images_of
from tests.flows.steps import eventually
from tests.running_system import RunningSystem

pytestmark = pytest.mark.browser
ALERT = "Iodine allergy"


@pytest.fixture(scope="module")
def department(system: RunningSystem) -> Iterator[Department]:
    """A department with one technologist and one scanner."""
    yield Department(system, "WEST", technologist="technologist")


def told(department: Department, number: str) -> Dataset:
    """Return the item of the modality worklist with that accession number."""
    return next(one for one in department.worklist() if one.AccessionNumber == number)


def row_of(page: Page, number: str) -> Locator:
    return page.locator("tr.examination", has_text=number)


def test_from_the_order_to_images_that_are_checked(department: Department, visit: Callable[..., Any]):
    page = visit(department.login("technologist")).page
    page.goto("/")
    expect(page.get_by_role("heading", name="Examinations")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    an_order_appears_by_itself(page, department)
    the_patient_is_who_he_should_be(page)
    made = the_scanner_works_while_the_page_counts(page, department)
    a_bad_series_is_rejected(page)
    the_images_are_handed_over_with_a_note(page, made)


def an_order_appears_by_itself(page: Page, department: Department) -> None:
    answer = department.order("W1", patient="W-1", name="Brandt^Ilse", alert=f"^{ALERT}", reason="Cough.")
    assert answer == "AA"
    expect(row_of(page, "W1")).to_contain_text("Brandt, Ilse")
    expect(row_of(page, "W1")).to_contain_text(ALERT)


def the_patient_is_who_he_should_be(page: Page) -> None:
    row_of(page, "W1").get_by_role("link", name="Brandt, Ilse").click()
    expect(page.locator(".who")).to_contain_text("born 1961-05-17")
    expect(page.locator(".who")).to_contain_text(ALERT)
    expect(page.get_by_text("Compare name and date of birth")).to_be_visible()
    page.get_by_role("button", name="Arrived").click()
    expect(page.locator(".step")).to_contain_text("Arrived")


def the_scanner_works_while_the_page_counts(page: Page, department: Department) -> int:
    item = told(department, "W1")
    performed = department.begin(item)
    expect(page.locator(".step")).to_contain_text("In progress")
    good, bad = images_of(item, slices=4), images_of(item, slices=2, series=3)
    department.send(*good[:3])
    expect(page.get_by_role("heading", name="3 images in 1 series")).to_be_visible()
    department.send(*good[3:], *bad)
    department.complete(performed, [*good, *bad])
    expect(page.get_by_role("heading", name="6 of 6 expected images in 2 series")).to_be_visible()
    expect(page.locator(".step")).to_contain_text("Completed")
    edges = page.locator(".check").first.locator("[data-edge]")
    expect(edges).to_have_text(["A", "L", "P", "R"])
    return len(good)


def a_bad_series_is_rejected(page: Page) -> None:
    page.locator(".check", has_text="2 images").get_by_text("Choose single images").click()
    page.get_by_role("button", name="Choose the whole series").click()
    expect(page.get_by_text("2 single images chosen")).to_be_visible()
    page.get_by_label("Coded reason").select_option("111207")
    page.get_by_label("Reason, kept with the correction").fill("Breathing")
    page.get_by_role("button", name="Preview: reject").click()
    expect(page.get_by_text("Image artifact")).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_text("Done.")).to_be_visible()


def the_images_are_handed_over_with_a_note(page: Page, made: int) -> None:
    page.get_by_role("link", name="Examinations").click()
    row_of(page, "W1").get_by_role("link", name="Brandt, Ilse").click()
    expect(page.get_by_role("heading", name=f"{made} of")).to_be_visible()
    page.get_by_label("What the reader should know").fill("Arms at her sides.")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_label("What the reader should know")).to_have_value("Arms at her sides.")
    page.get_by_role("button", name="Images checked").click()
    expect(page.locator(".card", has_text="On its way to the reader")).to_contain_text("Checked")


def test_a_study_under_a_wrong_id_is_matched_on_a_phone(department: Department, visit: Callable[..., Any]):
    page = visit(department.login("technologist"), width=390, height=844, is_mobile=True, has_touch=True).page
    department.order("W2", patient="W-2", name="Okafor^Ada")
    department.send(
        *images_of(
            told(department, "W2"),
            slices=1,
            patient_id="W-22",
            accession_number="",
            study_instance_uid=str(new_uid()),
        )
    )
    page.goto("/worklist/without-order/")
    suggestion = page.get_by_role("button", name="It belongs here")
    eventually(lambda: page.reload() is not None and suggestion.count() == 1)
    suggestion.tap()
    expect(page.get_by_text("Every study has its order.")).to_be_visible()

    page.goto("/worklist/examinations/")
    row = row_of(page, "W2")
    row.get_by_role("button", name="Complete").tap()
    page.wait_for_url("**#step-*")
    expect(row).to_be_in_viewport()
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
