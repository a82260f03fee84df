"""A series becomes three planes, thin or thick, and its own images again."""

import pytest

from tests.e2e.conftest import open_study, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
FOUR_ARE_THERE = """() => [...document.querySelectorAll("[data-viewport]")]
    .filter((viewport) => !viewport.hidden && viewport.dataset.quality === "full").length === 4"""


def picture(page, number: int):
    """Return a viewport by its place."""
    return page.locator(f"[data-viewport='{number}']")


def show_planes(page) -> None:
    """Open the CT and ask for its planes."""
    open_study(page, "CT chest, follow-up")
    page.keyboard.press("3")
    wait_for_state(page, windowCenter="-600")
    page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()
    page.wait_for_function(FOUR_ARE_THERE, timeout=30_000)


def test_three_planes_stand_beside_the_images_in_the_window_that_was_chosen(visit):
    page = visit(READER).page
    show_planes(page)

    texts = [picture(page, number).inner_text() for number in range(4)]
    edges = [picture(page, number).locator(".overlay__edge").all_inner_texts() for number in range(3)]

    for text, words in zip(
        texts, ("Axial", "Coronal, reformatted", "Sagittal, reformatted", "1 / 120"), strict=True
    ):
        assert words in text
        assert "W 1500" in text
    assert sorted(edges[1]) == ["F", "H", "L", "R"]
    assert sorted(edges[2]) == ["A", "F", "H", "P"]


def test_a_slab_changes_one_plane_and_the_way_back_leads_to_the_images(visit):
    page = visit(READER).page
    show_planes(page)
    coronal = picture(page, 1)
    coronal.click()
    thin = coronal.locator(".viewport__canvas").screenshot()

    page.locator("summary[aria-label='Thickness of the planes']").click()
    page.get_by_role("button", name="MIP 20 mm", exact=True).click()
    page.wait_for_function(FOUR_ARE_THERE, timeout=30_000)
    page.wait_for_timeout(300)

    assert "Coronal, MIP 20 mm" in coronal.inner_text()
    assert coronal.locator(".viewport__canvas").screenshot() != thin
    page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()
    state = wait_for_state(page, quality="full")
    assert "/" not in state["sopInstanceUid"]


def test_a_series_that_is_no_volume_says_why(visit):
    page = visit(READER).page
    open_study(page, "Chest PA and lateral")

    page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()

    message = page.locator("[data-part=message]")
    message.wait_for()
    assert message.inner_text().endswith(".")
