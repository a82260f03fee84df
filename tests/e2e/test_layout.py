"""Pictures beside each other: layouts, priors, scrolling in step, and whose pictures they are."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import open_study, study_row, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
FOLLOW_UP = "CT chest, follow-up"


@pytest.fixture
def reading(visit) -> Page:
    """The follow-up CT, open at its first image and loaded."""
    page = visit(READER).page
    open_study(page, FOLLOW_UP)
    page.wait_for_function("() => Number(document.documentElement.dataset.stackLoaded) === 120")
    return page


def viewports(page: Page) -> list[dict[str, str]]:
    """Return what each viewport on the screen says of its picture."""
    return page.locator("[data-viewport]:not([hidden])").evaluate_all(
        "all => all.map(one => ({...one.dataset}))"
    )


def wait_for_pictures(page: Page, *indexes: int) -> None:
    """Wait until the viewports on the screen show the images of these indexes."""
    page.wait_for_function(
        """indexes => {
            const shown = [...document.querySelectorAll("[data-viewport]:not([hidden])")];
            return shown.map(one => one.dataset.imageIndex).join() === indexes.join();
        }""",
        arg=list(indexes),
    )


def heights_mm(page: Page) -> list[float]:
    """Return the slice location that each viewport states."""
    texts = page.locator("[data-viewport]:not([hidden]) [data-overlay=slice]").all_inner_texts()
    return [float(text.split()[1]) for text in texts]


def layout(page: Page, name: str) -> None:
    """Choose a layout in the picker."""
    page.get_by_label("Layout", exact=True).and_(page.locator("summary")).click()
    page.locator(f"[data-layout-name='{name}']").click()


def test_the_picker_divides_the_page_into_rows_and_columns(reading: Page) -> None:
    layout(reading, "3x4")

    boxes = [one.bounding_box() for one in reading.locator("[data-viewport]:not([hidden])").all()]
    assert len(boxes) == 12
    assert len({round(box["x"]) for box in boxes}) == 4
    assert len({round(box["y"]) for box in boxes}) == 3
    wait_for_state(reading, quality="full")


def test_a_divider_is_dragged_and_the_picture_beside_it_grows(reading: Page) -> None:
    layout(reading, "1+2")
    before = reading.locator("[data-viewport='0']").bounding_box()
    line = reading.get_by_role("separator", name="Width of the pictures beside")
    box = line.bounding_box()

    reading.mouse.move(box["x"] + 4, box["y"] + 200)
    reading.mouse.down()
    reading.mouse.move(box["x"] - 196, box["y"] + 200, steps=4)
    reading.mouse.up()

    after = reading.locator("[data-viewport='0']").bounding_box()
    assert after["width"] == pytest.approx(before["width"] - 200, abs=3)
    assert reading.locator("[data-viewport]:not([hidden])").count() == 3


def test_a_double_click_shows_one_picture_alone_and_another_brings_the_rest_back(reading: Page) -> None:
    layout(reading, "2x2")

    reading.locator("[data-viewport='0']").dblclick()
    assert reading.locator("[data-viewport]:not([hidden])").count() == 1
    reading.locator("[data-viewport='0']").dblclick()

    assert reading.locator("[data-viewport]:not([hidden])").count() == 4


def test_a_series_is_dragged_into_a_viewport(reading: Page) -> None:
    layout(reading, "1x2")

    reading.locator(".series").first.drag_to(reading.locator("[data-viewport='1']"))

    wait_for_pictures(reading, 0, 0)
    assert viewports(reading)[0]["sopInstanceUid"] == viewports(reading)[1]["sopInstanceUid"]


def test_the_best_prior_hangs_beside_by_itself_and_scrolls_with_the_study_by_millimetres(
    reading: Page,
) -> None:
    wait_for_pictures(reading, 0, 0)
    second = reading.locator("[data-viewport='1']")
    assert "2025-06-03" in second.inner_text()

    reading.keyboard.press("PageDown")
    reading.keyboard.press("PageDown")

    wait_for_pictures(reading, 20, 20)
    first_mm, second_mm = heights_mm(reading)
    assert first_mm == pytest.approx(second_mm, abs=1.3)
    assert "Linked: distance" in second.inner_text()


def test_two_images_that_the_reader_matches_stay_together(reading: Page) -> None:
    wait_for_pictures(reading, 0, 0)
    reading.keyboard.press("j")
    reading.keyboard.press("PageDown")
    wait_for_pictures(reading, 10, 0)

    reading.keyboard.press("Shift+J")
    reading.keyboard.press("PageDown")

    wait_for_pictures(reading, 20, 10)
    first_mm, second_mm = heights_mm(reading)
    badge = reading.locator("[data-viewport='1'] .link-badge").inner_text()
    offset_mm = float(badge.split("distance")[1].replace("\N{MINUS SIGN}", "-").split("mm")[0])
    assert offset_mm == pytest.approx(second_mm - first_mm, abs=0.2)
    reading.locator("[data-viewport='1'] .link-badge").click()
    reading.keyboard.press("PageDown")
    wait_for_pictures(reading, 30, 10)


def test_the_timeline_lists_every_study_of_the_patient_with_the_best_one_named(reading: Page) -> None:
    reading.keyboard.press("Shift+P")

    entries = reading.locator(".prior").all_inner_texts()
    assert len(entries) == 4
    assert "This study" in entries[0]
    (best,) = [text for text in entries if "Most relevant" in text]
    assert "2025-06-03" in best
    assert "same modality" in best
    reading.locator(".prior", has_text="Chest PA and lateral").click()
    expect(reading.locator("[data-viewport='1']")).to_contain_text("Chest PA and lateral")


def test_stages_keep_what_the_reader_set_and_one_key_brings_back_what_was_hung(reading: Page) -> None:
    wait_for_pictures(reading, 0, 0)

    reading.keyboard.press("3")
    wait_for_state(reading, windowCenter="-600")
    reading.keyboard.press(".")
    wait_for_pictures(reading, 0)
    wait_for_state(reading, windowCenter="40")
    reading.keyboard.press(",")
    wait_for_pictures(reading, 0, 0)
    wait_for_state(reading, windowCenter="-600")
    layout(reading, "2x2")
    reading.keyboard.press("Shift+0")

    wait_for_pictures(reading, 0, 0)
    wait_for_state(reading, windowCenter="40")
    assert "2025-06-03" in reading.locator("[data-viewport='1']").inner_text()


def test_a_mammogram_hangs_its_four_views_with_the_chest_walls_together(visit) -> None:
    page = visit("radiologist.south", width=1920, height=1080).page

    open_study(page, "Screening mammogram")
    page.wait_for_function(
        """() => [...document.querySelectorAll("[data-viewport]:not([hidden])")]
            .every(one => one.dataset.quality === "full")"""
    )

    sides = page.locator("[data-viewport]:not([hidden]) [data-overlay=side]").all_inner_texts()
    assert sides == ["R CC", "L CC", "R MLO", "L MLO"]
    zooms = page.locator("[data-viewport]:not([hidden]) [data-overlay=zoom]").all_inner_texts()
    assert len({text.split("%")[0] for text in zooms}) == 1
    # The breast touches the edge at which the chest walls meet, and is black at the other.
    for number, wall in enumerate(["right", "left", "right", "left"]):
        bright = page.locator(f"[data-viewport='{number}'] .viewport__canvas").evaluate(
            """canvas => {
                const {data, width, height} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const column = x => Array.from({length: height}, (_, y) => data[(y * width + x) * 4] > 40);
                const count = x => column(x).filter(Boolean).length;
                return {left: count(1), right: count(width - 2)};
            }"""
        )
        other = "left" if wall == "right" else "right"
        assert bright[wall] > 50
        assert bright[other] == 0


def test_two_patients_on_the_screen_turn_the_banner_red_and_it_says_so(visit) -> None:
    page = visit(READER).page
    other = study_row(page, "Sssssss").get_attribute("data-study-instance-uid")
    open_study(page, FOLLOW_UP)
    assert "Lindqvist, Astrid" in page.locator("[data-part=banner]").inner_text()
    assert page.locator(".banner--conflict").count() == 0

    page.goto(f"{page.url}?beside={other}")

    warning = page.get_by_role("alert").filter(has_text="Two patients on the screen")
    warning.wait_for()
    assert "Lindqvist" in warning.inner_text()
    assert "Sssssss" in warning.inner_text()
    colour = page.locator("[data-part=banner]").evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(140, 29, 24)"
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('.banner--conflict')")


def test_a_phone_reaches_two_pictures_above_each_other(visit) -> None:
    page = visit(READER, width=390, height=844, has_touch=True, is_mobile=True).page
    study_row(page, FOLLOW_UP).locator("a").first.click()
    wait_for_state(page, quality="full")

    page.locator("summary[aria-label=Layout]").scroll_into_view_if_needed()
    page.locator("summary[aria-label=Layout]").tap()
    page.locator("[data-layout-name='2x1']").tap()

    top, bottom = (one.bounding_box() for one in page.locator("[data-viewport]:not([hidden])").all())
    assert top["y"] + top["height"] <= bottom["y"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_a_layout_saved_by_example_hangs_the_study_when_it_opens_again(visit) -> None:
    page = visit("technologist.north").page
    open_study(page, FOLLOW_UP)
    wait_for_pictures(page, 0, 0)
    layout(page, "1+2")
    page.keyboard.press("3")
    page.get_by_label("Hanging protocol").and_(page.locator("summary")).click()
    page.get_by_role("button", name="Save this layout").click()
    page.get_by_label("Name", exact=True).fill("CT chest, large and small")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("hangs the next study of this kind").wait_for()

    page.reload()

    wait_for_state(page, windowCenter="-600", windowWidth="1500", quality="full")
    assert page.locator("[data-part=grid]").get_attribute("data-layout") == "1+2"
    expect(page.locator("[data-viewport='1']")).to_contain_text("2025-06-03")
    page.get_by_label("Hanging protocol").and_(page.locator("summary")).click()
    page.get_by_role("button", name="Manage, share, import, export").click()
    page.get_by_role("button", name="Change… “CT chest, large and small”").click()
    page.get_by_label("Name", exact=True).fill("CT chest, 1 and 2")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Delete “CT chest, 1 and 2”").click()
    page.get_by_role("button", name="Really delete “CT chest, 1 and 2”?").click()
    page.wait_for_function("() => document.querySelector('[title=\\'Hanging protocol\\']')")


def test_a_second_window_follows_the_first_one_and_goes_when_asked(reading: Page) -> None:
    wait_for_pictures(reading, 0, 0)
    button = reading.locator("#command-second-window")

    with reading.expect_popup() as opening:
        button.click()
    second = opening.value
    wait_for_state(second, quality="full")
    reading.keyboard.press("PageDown")

    wait_for_pictures(second, 10)
    reading.keyboard.press("Control+ArrowRight")
    reading.get_by_role("button", name="Go on anyway").click()
    second.wait_for_url(lambda address: address == reading.url)
    wait_for_state(second, quality="full")
    expect(button).to_have_attribute("aria-pressed", "true")
    with second.expect_event("close"):
        button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
