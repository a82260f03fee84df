"""What the browser paints of every kind of image is what the server renders, within one grey level of 255."""

import base64
import io
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread  # noqa: TID251 - it only rewrites files that pydicom brings
from pydicom.errors import InvalidDicomError
from pydicom.uid import generate_uid

from tests.conformance.samples import bundled_files
from tests.e2e.conftest import open_study, viewport_state, wait_for_state
from tests.running_system import RunningSystem

pytestmark = pytest.mark.browser

TILE = 512
OF_THE_FILE, FULL_RANGE = "1", "0"
MOST_WINDOWS = 4
JUDGE, PASSWORD = "judge.of.greys", "looks-at-every-grey-twice"
LISTED_STUDIES = """() => [...document.querySelectorAll("tr[data-study-instance-uid]")]
    .map((row) => row.dataset.studyInstanceUid)"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
CHANNEL = """(canvas, channel) => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let text = "";
    for (let at = channel; at < data.length; at += 4) text += String.fromCharCode(data[at]);
    return {width: canvas.width, height: canvas.height, greys: btoa(text)};
}"""


@pytest.fixture(scope="module")
def samples(system: RunningSystem, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Study Instance UIDs of every image that the test data packages bring, at a facility that only JUDGE sees."""
    folder = tmp_path_factory.mktemp("samples")
    made = [with_own_uids(path, folder / f"{number}.dcm") for number, path in enumerate(bundled_files())]
    system.create_member(JUDGE, PASSWORD, facility="SAMPLES")
    # Some of the files are broken on purpose: the import says so and goes on.
    system.manage("import_dicom", "--facility", "SAMPLES", "--json", str(folder), check=False)
    return [uid for uid in made if uid]


def with_own_uids(path: Path, copy: Path) -> str:
    """Write a file as a study of its own, because many show one instance in several syntaxes; return its UID."""
    try:
        dataset = dcmread(path)
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID, uid = (generate_uid() for _ in range(3))
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        dataset.PatientID, dataset.PatientName = uid[-12:], "Sample"
        dataset.save_as(copy)
    except (InvalidDicomError, AttributeError, ValueError, NotImplementedError, KeyError, TypeError):
        return ""
    return str(dataset.StudyInstanceUID)


@pytest.mark.parametrize(("reader", "painter"), [("radiologist.north", "cpu"), ("radiologist.south", "gpu")])
def test_every_image_of_the_demo_is_painted_as_the_server_renders_it(visit, reader, painter):
    page = visit(reader).page
    page.evaluate(f"localStorage.painter = '{painter}'")
    page.goto("/worklist/?date_preset=all")
    page.wait_for_selector("tr[data-study-instance-uid]")
    assert_painted_as_rendered(page, page.evaluate(LISTED_STUDIES), at_least=5)


def test_every_image_of_the_test_data_is_painted_as_the_server_renders_it(visit, samples):
    assert_painted_as_rendered(visit(JUDGE).page, samples, at_least=50)


def test_a_picture_in_colours_is_the_tile_that_the_server_renders_in_them(visit):
    page = visit("radiologist.north").page
    open_study(page, "CT chest, follow-up")
    for key in ("Shift+1", "o", "Control+k"):
        page.keyboard.press(key)
    page.keyboard.type("hot iron")
    page.keyboard.press("Enter")
    state = wait_for_state(page, quality="full", palette="hot-iron")

    tile = server_tile(page, state, 0, 0, "?voi=0&colours=hot-iron")
    top, left = (int(side) // 2 for side in np.subtract(canvas_greys(page).shape, tile.shape[:2]))
    # The middle lies under no words and no scale of colours.
    middle = (slice(100, -100), slice(100, -100))
    for channel in range(3):
        part = canvas_greys(page, channel)[top:, left:][: tile.shape[0], : tile.shape[1]]
        assert np.abs(part[middle].astype(int) - tile[..., channel][middle]).max() <= 1


def assert_painted_as_rendered(page, study_instance_uids: list[str], *, at_least: int) -> None:
    """Look at the first grey images in the file's windows, by name, and in the full range."""
    images = [image for uid in study_instance_uids for image in first_images(page, uid)]
    assert len(images) >= at_least, len(images)

    differences = {}
    for image in images:
        page.goto(f"/viewer/studies/{image['study_instance_uid']}/?series={image['series_instance_uid']}")
        wait_for_state(page, quality="full")
        page.keyboard.press("Shift+1")
        page.keyboard.press("o")
        page.keyboard.press("t")
        windows = [FULL_RANGE, *[OF_THE_FILE] * min(MOST_WINDOWS, max(1, len(image["voi"])))]
        for number, key in enumerate(windows):
            page.keyboard.press(key)
            page.evaluate(TWO_FRAMES)
            wait_for_state(page, quality="full")
            name = f"{image['sop_instance_uid']}, {number}"
            differences[name] = largest_difference(page, image, None if key == FULL_RANGE else number - 1)

    assert {name: value for name, value in differences.items() if value > 1} == {}


def first_images(page, study_instance_uid: str) -> list[dict]:
    """Return the first image of two series where it is grey, has square pixels, and can be displayed."""
    answer = page.request.get(f"/viewer/studies/{study_instance_uid}/manifest.json")
    if answer.status == 404:
        # Nothing of the study was taken in: some of the files are broken on purpose.
        return []
    names = {"study_instance_uid": study_instance_uid}
    found = [
        {**names, "series_instance_uid": one["series_instance_uid"], **one["images"][0]}
        for one in answer.json()["series"][:2]
    ]
    return [image for image in found if is_compared(image) and is_displayed(page, image)]


def is_compared(image: dict) -> bool:
    """Return whether the browser applies windows to the image, and paints its pixels one by one."""
    vertical, horizontal = image["pixel_aspect_ratio"]
    return image["kind"] == "grey" and bool(image["packing"]) and vertical == horizontal


def is_displayed(page, image: dict) -> bool:
    """Return whether the server has a picture of it."""
    place = f"/viewer/tiles/{image['sop_instance_uid']}/{image['frame_number']}/0/0/0.png"
    while (answer := page.request.get(place)).status == 202:
        pass
    return answer.status == 200


def largest_difference(page, image: dict, voi_index: int | None) -> int:
    """Compare the tile in the middle of the image, as far as the canvas shows it, pixel for pixel."""
    state = viewport_state(page)
    painted = canvas_greys(page)
    rows, columns = image["rows"], image["columns"]
    tile_row, tile_column = rows // 2 // TILE, columns // 2 // TILE
    window = f"?invert={state['invert'] or '0'}"
    if voi_index is None:
        window += f"&wc={state['windowCenter']}&ww={state['windowWidth']}&fn=LINEAR_EXACT"
    elif image["voi"]:
        window += f"&voi={voi_index}"
    rendered = server_tile(page, state, tile_row, tile_column, window)
    top = (painted.shape[0] - rows) / 2 + tile_row * TILE
    left = (painted.shape[1] - columns) / 2 + tile_column * TILE
    # An odd number of pixels too many lies half a pixel to one side or to the other.
    places = {(math.floor(top + up), math.floor(left + over)) for up in (0, 0.5) for over in (0, 0.5)}
    return min(_difference_at(painted, rendered, *place) for place in places)


def _difference_at(painted: NDArray[np.uint8], tile: NDArray[np.uint8], top: int, left: int) -> int:
    part = painted[max(0, top) : top + tile.shape[0], max(0, left) : left + tile.shape[1]]
    rows, columns = part.shape
    expected = tile[max(0, -top) :, max(0, -left) :][:rows, :columns]
    assert part.size >= min(1000, tile.size)
    return int(np.abs(part.astype(int) - expected).max())


def canvas_greys(page, channel: int = 0) -> NDArray[np.uint8]:
    """Return a channel of the first viewport's canvas, (rows, columns); of greys all are alike."""
    found = page.locator("[data-viewport] .viewport__canvas").first.evaluate(CHANNEL, channel)
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
