"""What others noted on a study: presentation states, key images, overlays."""

import pytest

from tests.e2e.conftest import open_study, viewport_state, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
# Index of the slice through the demo's nodule, the first of three key images.
NODULE = "29"


def overlay_text(page) -> str:
    """Return the words over the first picture."""
    return page.locator("[data-viewport]").first.inner_text()


def canvas_bytes(page) -> bytes:
    """Return what is painted in the first picture."""
    return page.locator("[data-viewport] canvas").first.screenshot()


def open_notes(page) -> None:
    """Open the menu of what others noted, once it is there."""
    page.locator("summary[aria-label*='Presentation states, key images and regions']").click()


def test_a_presentation_state_shows_its_image_window_and_drawing_until_reset(visit):
    page = visit(READER).page
    open_study(page, "CT chest, follow-up")

    open_notes(page)
    page.get_by_role("button", name="Nodule, lung window").click()
    shown = wait_for_state(page, imageIndex=NODULE, windowCenter="-600", windowWidth="1500", quality="full")
    page.wait_for_timeout(300)
    with_drawing = canvas_bytes(page)

    assert "Shown as NODULE" in overlay_text(page)
    page.keyboard.press(" ")
    wait_for_state(page, imageIndex=NODULE, windowCenter="40")
    page.keyboard.press("3")
    wait_for_state(page, windowCenter="-600")
    page.wait_for_timeout(300)
    assert "Shown as" not in overlay_text(page)
    assert viewport_state(page)["sopInstanceUid"] == shown["sopInstanceUid"]
    assert canvas_bytes(page) != with_drawing


def test_a_key_steps_from_key_image_to_key_image_and_round(visit):
    page = visit(READER).page
    open_study(page, "CT chest, follow-up")
    page.locator("summary[aria-label*='Presentation states, key images and regions']").wait_for()

    seen = []
    for _ in range(4):
        before = viewport_state(page)["imageIndex"]
        page.keyboard.press("Shift+K")
        page.wait_for_function(
            "before => document.querySelector('[data-viewport]').dataset.imageIndex !== before", arg=before
        )
        seen.append(viewport_state(page)["imageIndex"])
        assert "Key image: Of Interest" in overlay_text(page)

    assert sorted(seen[:3]) == ["29", "30", "31"]
    assert seen[3] == seen[0]


def test_overlays_lie_over_the_image_and_go_away_by_one_key(visit):
    page = visit(READER).page
    with page.expect_response("**/viewer/marks/**", timeout=15_000):
        open_study(page, "abdomen^liver")
    page.wait_for_timeout(1500)

    with_overlay = canvas_bytes(page)
    page.keyboard.press("t")
    page.wait_for_timeout(300)

    assert canvas_bytes(page) != with_overlay
    assert "Overlays and shutter off" in overlay_text(page)
    page.keyboard.press("t")
    page.wait_for_timeout(300)
    assert canvas_bytes(page) == with_overlay


def switch(page, name: str) -> str:
    """Press a switch of the menu of notes and return whether it is on."""
    button = page.get_by_role("button", name=name, exact=True)
    button.click()
    return button.get_attribute("aria-pressed")


def settled(page) -> str:
    """Return what is painted, without the menu over it, once nothing of the regions is on the way."""
    page.wait_for_function(
        "() => !document.querySelector('[data-viewport]').innerText.includes('Loading region')"
    )
    page.wait_for_timeout(300)
    return page.locator("[data-viewport] canvas").first.evaluate("canvas => canvas.toDataURL()")


def test_regions_are_switched_one_by_one_and_follow_the_images(visit):
    page = visit(READER).page
    open_study(page, "CT chest, follow-up")
    open_notes(page)
    assert switch(page, "Nodule manual") == "true"
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+K")
    wait_for_state(page, imageIndex=NODULE, quality="full")
    with_nodule = settled(page)

    open_notes(page)
    assert switch(page, "Lungs manual") == "true"
    with_both = settled(page)
    assert switch(page, "Lungs manual") == "false"
    assert settled(page) == with_nodule != with_both
    assert switch(page, "Nodule manual") == "false"
    bare = settled(page)
    assert switch(page, "Nodule GTV") == "true"
    with_contour = settled(page)
    assert len({bare, with_nodule, with_both, with_contour}) == 4

    page.keyboard.press("Escape")
    page.keyboard.press("Shift+K")
    page.wait_for_function(
        "before => document.querySelector('[data-viewport]').dataset.imageIndex !== before", arg=NODULE
    )
    next_with_contour = settled(page)
    page.locator("[data-viewport]").first.focus()
    page.keyboard.press(" ")
    page.wait_for_timeout(300)
    assert settled(page) != next_with_contour
    open_notes(page)
    page.locator("button[aria-pressed=false]", has_text="GTV").wait_for()


def test_a_segmentation_is_offered_over_its_images_and_not_as_a_series(visit):
    page = visit(READER).page
    open_study(page, "CT chest, follow-up")

    titles = page.locator("[data-part=strip] .series").all_inner_texts()
    assert titles
    assert not any("SEG" in title for title in titles)
    open_notes(page)
    assert page.get_by_role("button", name="Lungs and nodule").get_attribute("aria-pressed") == "false"
