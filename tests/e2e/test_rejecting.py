"""A technologist rejects two images by their thumbnails at the image check, and brings them back from the list."""

import pytest

from tests.e2e.conftest import study_row

pytestmark = pytest.mark.browser


def test_images_are_rejected_by_their_thumbnails_and_brought_back(visit):
    page = visit("technologist.north").page
    uid = study_row(page, "CT chest, follow-up").get_attribute("data-study-instance-uid")
    page.goto(f"/worklist/studies/{uid}/check/")
    series = page.locator("details.single-images").first
    series.locator("summary").click()
    images = series.get_by_role("option")
    images.nth(1).click()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_text("2 single images chosen").wait_for()
    # Pictures are asked for as they are seen, however many the series has.
    assert images.nth(1).locator("img[data-state]").count() == 1
    assert images.last.locator("img[data-state]").count() == 0

    page.get_by_label("Coded reason").select_option(label="Motion blur")
    page.get_by_label("Reason, kept with the correction").fill("moved")
    page.get_by_role("button", name="Preview: reject").click()
    page.get_by_text("2 images, shown").wait_for()
    page.get_by_role("button", name="Do it").click()
    page.get_by_text("It can be undone below").wait_for()

    page.goto("/worklist/rejected/")
    row = page.locator(".rejected__rows tbody tr")
    assert "Motion blur" in row.first.inner_text()
    row.first.get_by_role("button", name="Undo").click()
    page.get_by_text("Everything is as it was before").wait_for()
