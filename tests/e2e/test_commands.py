"""Commands by name, keys and mouse buttons of the reader's own, on every computer where the reader logs in."""

import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_study, study_row, viewport_state, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
FOLLOW_UP = "CT chest, follow-up"
KEPT = "**/viewer/preferences.json"


@pytest.fixture
def reading(visit) -> Page:
    """The follow-up CT, open in a browser whose reader has the keys as delivered."""
    page = visit(READER).page
    open_study(page, FOLLOW_UP)
    yield page
    body = '{"version": 1, "keys": {}, "mouse": {}}'
    status = page.evaluate(
        """async body => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
            return (await fetch("/viewer/preferences.json", {method: "PUT", headers, body})).status;
        }""",
        body,
    )
    assert status == 200


def key_of(page: Page, command: str):
    """Return the button of the dialog that shows a command's key."""
    return page.locator(f"[data-act=change][data-command='{command}']")


def drag(page: Page, *, button: str = "left", by: tuple[int, int] = (0, 120)) -> None:
    """Drag from the middle of the first viewport."""
    box = page.locator("[data-viewport]").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down(button=button)
    page.mouse.move(x + by[0], y + by[1], steps=8)
    page.mouse.up(button=button)


def test_a_command_is_found_by_its_words_and_run_without_a_mouse(reading: Page) -> None:
    reading.keyboard.press("Control+k")
    find = reading.get_by_role("combobox", name="Find a command")
    expect(find).to_be_focused()
    reading.keyboard.type("last im")
    option = reading.get_by_role("option", name="Last image")
    expect(option).to_have_attribute("aria-selected", "true")
    assert find.get_attribute("aria-activedescendant") == option.get_attribute("id")
    reading.keyboard.press("Enter")

    expect(find).not_to_be_visible()
    wait_for_state(reading, imageIndex="119")


def test_arrows_go_through_the_commands_and_escape_leaves_everything_as_it_was(reading: Page) -> None:
    reading.get_by_role("button", name="Find a command").click()
    reading.keyboard.type("image")
    options = reading.get_by_role("option")
    reading.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    reading.keyboard.press("ArrowUp")
    reading.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    reading.keyboard.press("Escape")

    expect(reading.get_by_role("dialog", name="Commands")).not_to_be_visible()
    assert viewport_state(reading)["imageIndex"] == "0"


def test_a_changed_key_is_there_in_another_browser(reading: Page, visit: Callable) -> None:
    reading.keyboard.press("?")
    key_of(reading, "last-image").click()
    with reading.expect_response(KEPT) as answer:
        reading.keyboard.press("Control+Shift+e")
    assert answer.value.ok
    expect(key_of(reading, "last-image")).to_have_text("Ctrl+Shift+E")

    elsewhere = visit(READER).page
    open_study(elsewhere, FOLLOW_UP)
    elsewhere.keyboard.press("End")
    elsewhere.keyboard.press("Control+Shift+e")

    wait_for_state(elsewhere, imageIndex="119")
    elsewhere.keyboard.press("Home")
    wait_for_state(elsewhere, imageIndex="0")
    elsewhere.keyboard.press("End")
    elsewhere.keyboard.press("ArrowDown")
    wait_for_state(elsewhere, imageIndex="1")


def test_a_key_that_has_a_command_is_not_taken_without_asking(reading: Page) -> None:
    reading.keyboard.press("?")
    key_of(reading, "last-image").click()
    reading.keyboard.press("i")

    status = reading.locator(".help__status")
    expect(status).to_have_text("I is the key of “Invert”.")
    expect(key_of(reading, "invert")).to_have_text("I")
    with reading.expect_response(KEPT):
        reading.get_by_role("button", name="Use the key here: Last image").press("Enter")
    expect(key_of(reading, "last-image")).to_have_text("I")
    expect(key_of(reading, "invert")).to_have_text("None")

    with reading.expect_response(KEPT):
        reading.get_by_role("button", name="As delivered: Last image").click()
    expect(key_of(reading, "invert")).to_have_text("I")
    expect(key_of(reading, "last-image")).to_have_text("End")


def test_escape_leaves_a_key_as_it_is_and_the_dialog_open(reading: Page) -> None:
    reading.keyboard.press("?")
    key_of(reading, "invert").click()
    reading.keyboard.press("Escape")

    expect(reading.get_by_role("dialog", name="Keys and mouse")).to_be_visible()
    expect(key_of(reading, "invert")).to_have_text("I")


def test_the_left_button_scrolls_for_a_reader_who_chose_so(reading: Page, visit: Callable) -> None:
    reading.keyboard.press("?")
    with reading.expect_response(KEPT):
        reading.get_by_label("Profile", exact=True).select_option("Left drag scrolls")
    reading.keyboard.press("Escape")
    drag(reading)
    wait_for_state(reading, quality="full")
    assert int(viewport_state(reading)["imageIndex"]) > 3

    elsewhere = visit(READER).page
    open_study(elsewhere, FOLLOW_UP)
    before = viewport_state(elsewhere)
    drag(elsewhere, button="right", by=(80, 0))
    elsewhere.wait_for_function(
        "width => document.querySelector('[data-viewport]').dataset.windowWidth !== width",
        arg=before["windowWidth"],
    )
    assert viewport_state(elsewhere)["imageIndex"] == "0"
    drag(elsewhere)
    assert int(viewport_state(elsewhere)["imageIndex"]) > 3


def test_the_wheel_zooms_for_a_reader_who_chose_so(reading: Page) -> None:
    reading.keyboard.press("?")
    with reading.expect_response(KEPT):
        reading.get_by_label("Wheel", exact=True).select_option("Zoom")
    expect(reading.get_by_label("Profile", exact=True)).to_have_value("My own")
    reading.keyboard.press("Escape")
    zoom = reading.locator("[data-viewport] [data-overlay=zoom]").first
    before = zoom.inner_text()
    reading.locator("[data-viewport]").first.hover()
    reading.mouse.wheel(0, -120)

    expect(zoom).not_to_have_text(before)
    assert viewport_state(reading)["imageIndex"] == "0"


def test_a_command_is_found_and_run_on_a_phone(visit: Callable) -> None:
    page = visit(READER, width=390, height=844, has_touch=True, is_mobile=True).page
    study_row(page, FOLLOW_UP).locator("a").first.click()
    page.wait_for_url("**/viewer/studies/**")
    wait_for_state(page, quality="full")
    page.get_by_role("button", name="Find a command").tap()
    page.get_by_role("combobox", name="Find a command").fill("last im")
    page.get_by_role("option", name="Last image").tap()

    wait_for_state(page, imageIndex="119")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def window_of(page: Page) -> tuple[float, float]:
    """Return the centre and the width of the window of the first viewport."""
    shown = viewport_state(page)
    return float(shown["windowCenter"]), float(shown["windowWidth"])


def test_a_dragged_rectangle_sets_the_window_by_its_values(reading: Page) -> None:
    before = window_of(reading)
    reading.keyboard.press("Shift+w")
    drag(reading, by=(12, 12))
    expect(reading.locator("[data-overlay=window-label]").first).to_contain_text("Region")
    by_region = window_of(reading)
    assert by_region != before

    reading.keyboard.press("9")
    expect(reading.locator("[data-overlay=window-label]").first).to_contain_text("Automatic")
    assert window_of(reading)[1] > by_region[1], "all of the picture has more values than a small part"
    assert reading.locator(".region-window").count() == 0


def test_the_magnifier_is_there_while_the_button_is_held(reading: Page) -> None:
    reading.keyboard.press("Shift+z")
    box = reading.locator("[data-viewport]").first.bounding_box()
    reading.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    reading.mouse.down()
    lens = reading.locator(".lens")
    expect(lens).to_have_attribute("data-quality", "full")
    assert lens.get_attribute("data-sop-instance-uid") == viewport_state(reading)["sopInstanceUid"]
    reading.mouse.up()

    expect(lens).to_have_count(0)


def test_the_number_of_an_image_leads_to_it(reading: Page) -> None:
    reading.keyboard.press("Control+g")
    number = reading.get_by_label("Image, 1 to 120")
    expect(number).to_be_focused()
    number.fill("77")
    reading.keyboard.press("Enter")

    wait_for_state(reading, imageIndex="76")
    reading.keyboard.press("Control+g")
    number.fill("121")
    reading.keyboard.press("Enter")
    expect(number).to_be_visible()
    reading.keyboard.press("Escape")
    assert viewport_state(reading)["imageIndex"] == "76"


def run_by_name(page: Page, name: str) -> None:
    """Run a command through the list of commands."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find a command").fill(name)
    page.get_by_role("option", name=name, exact=False).first.click()


def saved_picture(page: Page, name: str) -> Image.Image:
    """Save a picture by the name of its command and return it."""
    with page.expect_download() as download:
        run_by_name(page, name)
    assert "image-1" in download.value.suggested_filename
    return Image.open(download.value.path()).convert("RGB")


def test_a_picture_is_saved_as_it_is_shown_with_and_without_the_name(reading: Page) -> None:
    box = reading.locator("[data-viewport]").first.bounding_box()
    named = saved_picture(reading, "Save this picture")
    nameless = saved_picture(reading, "Save this picture without the patient's name")

    assert named.size == nameless.size == (round(box["width"]), round(box["height"]))
    corner = (0, 0, 300, 24)
    assert named.crop(corner).getextrema() != ((0, 0),) * 3
    assert nameless.crop(corner).getextrema() == ((0, 0),) * 3
    middle = (named.width // 3, named.height // 3, 2 * named.width // 3, 2 * named.height // 3)
    assert named.crop(middle).tobytes() == nameless.crop(middle).tobytes()
    assert named.crop(middle).getextrema()[0][1] > 100


def test_who_may_not_download_has_nothing_to_save_with(visit: Callable) -> None:
    page = visit("technologist.north").page
    open_study(page, FOLLOW_UP)

    expect(page.get_by_label("Save or print pictures")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Find a command").fill("Save this picture")
    expect(page.get_by_role("option").first).to_have_attribute("aria-disabled", "true")


def test_the_list_of_series_says_what_was_not_looked_at(reading: Page) -> None:
    left = reading.locator("[data-part=not-looked-at]")
    expect(left).to_have_text("Not yet looked at: 119 images")
    reading.keyboard.press("End")
    wait_for_state(reading, imageIndex="119", quality="full")
    expect(left).to_have_text("Not yet looked at: 118 images")
    reading.keyboard.press("Home")
    wait_for_state(reading, imageIndex="0", quality="full")
    expect(left).to_have_text("Not yet looked at: 118 images")


def test_cine_plays_only_the_range_that_the_reader_set(reading: Page) -> None:
    reading.wait_for_function("() => Number(document.documentElement.dataset.stackLoaded) === 120")
    reading.keyboard.press("c")
    wait_for_state(reading, imageIndex="4")
    reading.keyboard.press("]")
    expect(reading.locator("[data-cine=range]")).to_have_text(re.compile(r"^1 to \d+$"))
    last = int(reading.locator("[data-cine=range]").inner_text().split()[-1])
    assert 5 <= last < 100
    wait_for_state(reading, imageIndex="0")
    wait_for_state(reading, imageIndex=str(last - 1))
    wait_for_state(reading, imageIndex="0")
