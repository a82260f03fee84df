"""A PET lies in colours over the CT, as the server's own fused tile has them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.e2e.conftest import open_study, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
DASH = "\N{EN DASH}"
BUTTON = "PET in colours over the images, and back"
# Fitted pictures are interpolated; at one screen pixel for each pixel the browser shows the very tile.
PIXELS = """() => {
    const canvas = document.querySelector("[data-viewport='0'] canvas.viewport__canvas");
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let binary = "";
    for (let at = 0; at < data.length; at += 8192) binary += String.fromCharCode(...data.subarray(at, at + 8192));
    return [width, height, btoa(binary)];
}"""


def fused(page) -> str:
    """Lay the PET over the CT and return what the picture says of it."""
    page.get_by_role("button", name=BUTTON).click()
    note = page.locator("[data-viewport='0'] [data-overlay=fusion]")
    note.get_by_text("SUV").wait_for()
    return note.inner_text()


def open_ct(page) -> None:
    open_study(page, "PET/CT chest")
    page.locator("[data-viewport='0']").click()
    for _ in range(15):
        page.keyboard.press("ArrowDown")
    wait_for_state(page, quality="full", imageIndex="15")


def test_the_browser_blends_what_the_server_blends(visit):
    page = visit(READER).page
    open_ct(page)
    assert f"SUV 0.0 {DASH} 10.0, Hot iron, 50 %" in fused(page)
    page.keyboard.press("o")
    wait_for_state(page, quality="full")
    page.wait_for_timeout(500)

    width, height, encoded = page.evaluate(PIXELS)
    state = wait_for_state(page, quality="full")
    series = page.evaluate(
        "() => performance.getEntriesByType('resource').map(one => one.name).find(name => name.includes('/viewer/fusion/'))"
    )
    pet = series.split("/viewer/fusion/")[1].split("/")[0]
    query = f"?wc={state['windowCenter']}&ww={state['windowWidth']}"
    answer = page.request.get(
        f"/viewer/fusion/{pet}/images/{state['sopInstanceUid']}/1/0/0/0.png{query}", timeout=20_000
    )
    while answer.status == 202:
        answer = page.request.get(answer.url)
    tile = np.asarray(Image.open(io.BytesIO(answer.body()))).astype(int)

    shown = np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(height, width, 4)[..., :3].astype(int)
    top, left = (height - tile.shape[0]) // 2, (width - tile.shape[1]) // 2
    part = shown[top : top + tile.shape[0], left : left + tile.shape[1]]
    inner = np.s_[20:-20, 20:-20]
    difference = np.abs(part - tile)[inner].max(axis=-1)
    assert np.percentile(difference, 99) <= 1
    assert (tile != tile[..., :1]).any()


def test_range_colours_and_opacity_answer_in_the_panel(visit):
    page = visit(READER).page
    open_ct(page)
    fused(page)
    note = page.locator("[data-viewport='0'] [data-overlay=fusion]")

    page.locator("summary[aria-label='Colours and opacity of the PET']").click()
    page.get_by_role("button", name=f"SUV 0 {DASH} 5", exact=True).click()
    page.get_by_role("button", name="Rainbow").click()
    page.get_by_role("slider", name="Opacity of the PET").fill("80")

    note.get_by_text(f"SUV 0.0 {DASH} 5.0, Rainbow, 80 %").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=BUTTON).click()
    note.wait_for(state="hidden")


def test_a_series_without_a_partner_says_why(visit):
    page = visit(READER).page
    open_study(page, "CT chest, follow-up")

    page.keyboard.press("u")

    message = page.locator("[data-part=message]")
    message.wait_for()
    assert "another frame of reference" in message.inner_text()
    assert page.get_by_role("button", name=BUTTON).get_attribute("aria-disabled") == "true"
