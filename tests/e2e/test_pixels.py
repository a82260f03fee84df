"""What the browser paints of every kind of image is what the server renders, within one grey level of 255."""

import base64
import io
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.e2e.conftest import viewport_state, wait_for_state

pytestmark = pytest.mark.browser

TILE = 512
OF_THE_FILE, FULL_RANGE = "1", "0"
FIRST_IMAGES = """async () => {
    const rows = [...document.querySelectorAll("tr[data-study-instance-uid]")];
    const uids = rows.map((row) => row.dataset.studyInstanceUid);
    const manifests = await Promise.all(uids.map(async (uid) =>
        (await fetch(`/viewer/studies/${uid}/manifest.json`)).json()));
    return manifests.flatMap(({study, series}) => series.slice(0, 2)
        .filter(({images}) => images[0].kind === "grey" && images[0].packing
            && images[0].pixel_aspect_ratio[0] === images[0].pixel_aspect_ratio[1])
        .map(({series_instance_uid, images}) => ({...images[0], series_instance_uid,
            study_instance_uid: study.study_instance_uid})));
}"""
GREYS = """canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let text = "";
    for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(data[at]);
    return {width: canvas.width, height: canvas.height, greys: btoa(text)};
}"""


@pytest.mark.parametrize("reader", ["radiologist.north", "radiologist.south"])
def test_every_image_of_the_demo_is_painted_as_the_server_renders_it(visit, reader):
    page = visit(reader).page
    page.goto("/worklist/?date_preset=all")
    page.wait_for_selector("tr[data-study-instance-uid]")
    images = page.evaluate(FIRST_IMAGES)
    assert len(images) >= 5

    differences = {}
    for image in images:
        page.goto(f"/viewer/studies/{image['study_instance_uid']}/?series={image['series_instance_uid']}")
        wait_for_state(page, quality="full")
        page.keyboard.press("Shift+1")
        page.keyboard.press("o")
        page.keyboard.press("t")
        for key in FULL_RANGE, OF_THE_FILE:
            page.keyboard.press(key)
            page.wait_for_timeout(400)
            wait_for_state(page, quality="full")
            differences[image["sop_instance_uid"], key] = largest_difference(page, image, key)

    assert {key: value for key, value in differences.items() if value > 1} == {}


def largest_difference(page, image: dict, key: str) -> int:
    """Compare the tile in the middle of the image, as far as the canvas shows it, pixel for pixel."""
    state = viewport_state(page)
    painted = canvas_greys(page)
    rows, columns = image["rows"], image["columns"]
    tile_row, tile_column = rows // 2 // TILE, columns // 2 // TILE
    window = f"?wc={state['windowCenter']}&ww={state['windowWidth']}&fn=LINEAR_EXACT"
    rendered = server_tile(page, state, tile_row, tile_column, window if key == FULL_RANGE else "")
    top = (painted.shape[0] - rows) / 2 + tile_row * TILE
    left = (painted.shape[1] - columns) / 2 + tile_column * TILE
    # An odd number of pixels too many lies half a pixel to one side or to the other.
    places = {(math.floor(top + up), math.floor(left + over)) for up in (0, 0.5) for over in (0, 0.5)}
    return min(_difference_at(painted, rendered, *place) for place in places)


def _difference_at(painted: NDArray[np.uint8], tile: NDArray[np.uint8], top: int, left: int) -> int:
    part = painted[max(0, top) : top + tile.shape[0], max(0, left) : left + tile.shape[1]]
    rows, columns = part.shape
    expected = tile[max(0, -top) :, max(0, -left) :][:rows, :columns]
    assert part.size > 1000
    return int(np.abs(part.astype(int) - expected).max())


def canvas_greys(page) -> NDArray[np.uint8]:
    """Return the first viewport's canvas, (rows, columns)."""
    found = page.locator("[data-viewport] .viewport__canvas").first.evaluate(GREYS)
    greys = np.frombuffer(base64.b64decode(found["greys"]), np.uint8)
    return greys.reshape(found["height"], found["width"])


def server_tile(page, state: dict[str, str], row: int, column: int, window: str) -> NDArray[np.uint8]:
    """Return the server's own rendering of a tile; without a window, in the file's first one or an automatic one."""
    place = f"/viewer/tiles/{state['sopInstanceUid']}/{state['frameNumber']}/0/{column}/{row}.png"
    for _ in range(20):
        answer = page.request.get(place + window)
        if answer.status != 202:
            break
    assert answer.status == 200
    return np.asarray(Image.open(io.BytesIO(answer.body())))
