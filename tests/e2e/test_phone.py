"""Reading on a phone: one finger scrolls, two fingers zoom, and nothing is wider than the screen."""

import pytest

from tests.e2e.conftest import study_row, viewport_state, wait_for_state

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(visit):
    """A radiologist's phone with the follow-up CT open at its first image."""
    page = visit("radiologist.north", width=390, height=844, has_touch=True, is_mobile=True).page
    study_row(page, "CT chest, follow-up").locator("a").first.click()
    page.wait_for_url("**/viewer/studies/**")
    wait_for_state(page, quality="full")
    return page


def _shape(page) -> dict[str, float]:
    """Return the number, the middle and the height of the pixels of the first viewport that are not black."""
    return page.locator("[data-viewport] canvas").first.evaluate(
        """canvas => {
            const {data, width, height} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let [count, x, y, top, bottom] = [0, 0, 0, height, 0];
            for (let at = 0; at < width * height; at += 1) {
                if (data[at * 4] === 0) continue;
                const row = Math.floor(at / width);
                [count, x, y] = [count + 1, x + at % width, y + row];
                [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
            }
            return {count, x: x / count, y: y / count, height: bottom - top};
        }"""
    )


def _touch(page, *steps: list[tuple[float, float]], on: str = "[data-viewport]") -> None:
    """Put fingers down at the first step's points from the middle, move them from step to step, and lift them."""
    box = page.locator(on).first.bounding_box()
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
    before = _shape(phone)

    _touch(phone, *[[(-30 - step * 8, 0), (30 + step * 8, 0)] for step in range(9)])
    phone.wait_for_timeout(300)

    assert _shape(phone)["count"] > 1.5 * before["count"]
    assert viewport_state(phone)["imageIndex"] == "0"


def test_two_fingers_that_move_together_move_the_picture_and_keep_its_size(phone):
    before = _shape(phone)

    _touch(phone, *[[(-40 + step * 5, step * 10), (40 + step * 5, step * 10)] for step in range(9)])
    phone.wait_for_timeout(300)

    after = _shape(phone)
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((40, 80), abs=3)
    assert after["height"] == pytest.approx(before["height"], abs=2)


def test_one_finger_changes_the_window_when_that_tool_is_chosen(phone):
    phone.get_by_role("button", name="Window", exact=True).tap()

    _touch(phone, *[[(step * 8, -step * 4)] for step in range(9)])

    state = viewport_state(phone)
    assert float(state["windowWidth"]) > 400
    assert float(state["windowCenter"]) != 40
    assert state["imageIndex"] == "0"


def test_a_finger_on_the_slider_goes_through_the_whole_stack(phone):
    slider = phone.get_by_role("slider", name="Image in the series")
    half = slider.bounding_box()["height"] / 2

    _touch(phone, [(0, 2 - half)], [(0, -half / 2)], [(0, 0)], on="[role=slider]")
    wait_for_state(phone, imageIndex="60", quality="full")
    assert slider.get_attribute("aria-valuenow") == "61"
    _touch(phone, [(0, 0)], [(0, half / 2)], [(0, half - 2)], on="[role=slider]")

    wait_for_state(phone, imageIndex="119", quality="full")


@pytest.mark.parametrize("address", ["/worklist/", "/archive/upload/"])
def test_no_page_is_wider_than_the_screen(visit, address):
    page = visit("technologist.north", width=390, height=844, has_touch=True, is_mobile=True).page

    page.goto(address)

    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
