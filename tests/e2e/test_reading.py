"""A radiologist finds a study, opens it and reads it."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.e2e.conftest import open_study, study_row, viewport_state, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
FOLLOW_UP = "CT chest, follow-up"


def test_a_search_by_part_of_the_name_finds_the_patient_and_keeps_the_name_out_of_the_address(visit):
    page = visit(READER).page

    page.fill("input[name=q]", "lindq")
    page.keyboard.press("Enter")
    page.wait_for_url("**/worklist/?**")

    rows = page.locator("tr[data-study-instance-uid]")
    assert rows.count() == 4
    assert all("Lindqvist, Astrid" in text for text in rows.all_inner_texts())
    assert "lindq" not in page.url


def test_a_double_click_opens_the_study_at_its_first_image_with_the_identity_of_that_patient(visit):
    page = visit(READER).page

    state = open_study(page, FOLLOW_UP)

    assert state["imageIndex"] == "0"
    assert (state["windowCenter"], state["windowWidth"]) == ("40", "400")
    overlay = page.locator("[data-viewport]").first.inner_text()
    for text in ("Lindqvist, Astrid", "NG-204817", "CT chest, follow-up", "1 / 120"):
        assert text in overlay


def test_wheel_and_keys_scroll_through_the_stack(visit):
    page = visit(READER).page
    open_study(page, FOLLOW_UP)
    page.wait_for_function("() => Number(document.documentElement.dataset.stackLoaded) === 120")

    page.keyboard.press("ArrowDown")
    wait_for_state(page, imageIndex="1")
    page.locator("[data-viewport]").first.hover()
    page.mouse.wheel(0, 100)
    wait_for_state(page, imageIndex="2")
    page.keyboard.press("End")
    wait_for_state(page, imageIndex="119", quality="full")
    page.keyboard.press("Home")
    wait_for_state(page, imageIndex="0", quality="full")


def go_to_an_image_without_marks(page) -> None:
    """Go where no other test draws: a mark that is there would be moved."""
    for _ in range(11):
        page.keyboard.press("PageDown")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    wait_for_state(page, imageIndex="114", quality="full")


def test_a_number_key_sets_a_preset_and_dragging_changes_the_window(visit):
    page = visit(READER).page
    open_study(page, FOLLOW_UP)
    go_to_an_image_without_marks(page)

    page.keyboard.press("3")
    wait_for_state(page, windowCenter="-600", windowWidth="1500")
    box = page.locator("[data-viewport]").first.bounding_box()
    # Below the middle, through which the test of a length draws its line.
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.75
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()

    page.wait_for_function(
        "() => Number(document.querySelector('[data-viewport]').dataset.windowWidth) > 1500"
    )
    state = viewport_state(page)
    assert float(state["windowCenter"]) == pytest.approx(-600, abs=1)


@pytest.mark.parametrize("preset", ["2", "3", "4"], ids=["soft tissue", "lung", "bone"])
def test_the_painted_greys_are_those_that_the_server_renders(visit, preset):
    page = visit(READER).page
    open_study(page, FOLLOW_UP)
    page.get_by_role("button", name="Pixel for pixel").click()
    page.keyboard.press(preset)
    page.keyboard.press("End")
    state = wait_for_state(page, imageIndex="119", quality="full")
    page.wait_for_timeout(200)

    painted = canvas_pixels(page)
    rendered = _server_pixels(page, viewport_state(page))

    top, left = (painted.shape[0] - 512) // 2, (painted.shape[1] - 512) // 2
    assert state["sopInstanceUid"] == viewport_state(page)["sopInstanceUid"]
    difference = np.abs(painted[top : top + 512, left : left + 512].astype(int) - rendered.astype(int))
    # Measured between the overlay texts, which lie on the same picture in the page but not on the canvas.
    assert difference.max() <= 1
    assert rendered.std() > 20


def test_a_length_is_measured_in_millimetres_of_the_patient(visit):
    page = visit(READER).page
    open_study(page, FOLLOW_UP)
    go_to_an_image_without_marks(page)
    page.get_by_role("button", name="Length").first.click()
    box = page.locator("[data-viewport]").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.mouse.move(x - 100, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=5)
    page.mouse.up()

    zoom = _zoom(page)
    spacing_mm = page.evaluate(
        """async () => {
            const viewer = document.querySelector("#viewer");
            const manifest = await (await fetch(viewer.dataset.manifestUrl)).json();
            return manifest.series[0].images[0].pixel_spacing_mm[1];
        }"""
    )
    measured = page.get_by_role("list", name="Measurements on this image").inner_text()
    name, length_mm, unit = measured.split()
    assert (name, unit) == ("Length", "mm")
    assert float(length_mm) == pytest.approx(200 / zoom * spacing_mm, rel=0.02)


def test_a_series_of_another_study_never_shows_the_first_patients_name(visit):
    page = visit("radiologist.south").page

    open_study(page, "Screening mammogram")

    overlay = page.locator("[data-viewport]").first.inner_text()
    assert "Okonkwo, Ngozi" in overlay
    assert "Lindqvist" not in page.content()


def test_a_colour_ultrasound_is_shown_in_colour(visit):
    page = visit("radiologist.south").page
    row = page.locator("tr[data-study-instance-uid]", has_text="US").first
    row.dblclick()
    wait_for_state(page, quality="full")

    red, green, _ = np.moveaxis(_canvas_colours(page).astype(int), 2, 0)

    assert red.max() > 100
    assert np.abs(red - green).max() > 50


def test_the_list_is_used_by_keyboard_alone(visit):
    page = visit(READER).page
    page.wait_for_selector("tr[data-study-instance-uid]")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/viewer/studies/**")
    wait_for_state(page)


def test_expanding_a_row_shows_its_series_with_thumbnails(visit):
    page = visit(READER).page
    study_row(page, FOLLOW_UP).get_by_role("button", name="Series of this study").click()

    thumbnail = page.locator("img[src*='/thumbnail.png'], img[src^='blob:']").first
    thumbnail.wait_for()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=thumbnail.element_handle()
    )


def canvas_pixels(page) -> np.ndarray:
    """Return the red channel of the first viewport's canvas, (rows, columns)."""
    return _canvas_colours(page)[..., 0]


def _canvas_colours(page) -> np.ndarray:
    """Return what is painted on the first viewport's canvas, (rows, columns, 3)."""
    url = page.locator("[data-viewport] canvas").first.evaluate("canvas => canvas.toDataURL('image/png')")
    picture = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return np.asarray(picture.convert("RGB"))


def _server_pixels(page, state: dict[str, str]) -> np.ndarray:
    address = (
        f"/viewer/tiles/{state['sopInstanceUid']}/{state['frameNumber']}/0/0/0.png"
        f"?wc={state['windowCenter']}&ww={state['windowWidth']}"
    )
    for _ in range(20):
        answer = page.request.get(address)
        if answer.status != 202:
            break
    assert answer.status == 200
    return np.asarray(Image.open(io.BytesIO(answer.body())))


def _zoom(page) -> float:
    text = page.locator("[data-viewport]").first.inner_text()
    return float(text.split("Zoom")[1].split("%")[0]) / 100
