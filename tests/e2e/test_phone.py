"""Reading on a phone: one finger scrolls, two fingers zoom, and nothing is wider than the screen."""

import numpy as np
import pytest

from tests.e2e.conftest import study_row, viewport_state, wait_for_state
from tests.e2e.test_reading import canvas_pixels

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(visit):
    """A radiologist's phone with the follow-up CT open, all of its images loaded."""
    page = visit("radiologist.north", width=390, height=844, has_touch=True, is_mobile=True).page
    study_row(page, "CT chest, follow-up").locator("a").first.click()
    page.wait_for_url("**/viewer/studies/**")
    wait_for_state(page, quality="full")
    page.wait_for_function("() => Number(document.documentElement.dataset.stackLoaded) === 120")
    return page


def _touch(page, *steps: list[tuple[float, float]]) -> None:
    """Put fingers down at the first step's points, move them from step to step, and lift them."""
    box = page.locator("[data-viewport]").first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for number, fingers in enumerate(steps):
        points = [{"x": middle[0] + x, "y": middle[1] + y, "id": at} for at, (x, y) in enumerate(fingers)]
        kind = "touchStart" if number == 0 else "touchMove"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_one_finger_scrolls_through_the_stack(phone):
    assert viewport_state(phone)["imageIndex"] == "0"

    _touch(phone, *[[(0, step * 15)] for step in range(9)])

    phone.wait_for_function("() => Number(document.querySelector('[data-viewport]').dataset.imageIndex) > 0")


def test_two_fingers_zoom_the_picture(phone):
    before = np.count_nonzero(canvas_pixels(phone))

    _touch(phone, *[[(-30 - step * 8, 0), (30 + step * 8, 0)] for step in range(9)])
    phone.wait_for_timeout(300)

    assert np.count_nonzero(canvas_pixels(phone)) > 1.5 * before
    assert viewport_state(phone)["imageIndex"] == "0"


@pytest.mark.parametrize("address", ["/worklist/", "/archive/upload/"])
def test_no_page_is_wider_than_the_screen(visit, address):
    page = visit("technologist.north", width=390, height=844, has_touch=True, is_mobile=True).page

    page.goto(address)

    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
