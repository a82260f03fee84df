"""A series becomes three planes with a crosshair, thin or thick, straight or turned, and its own images again."""

import pytest

from tests.e2e.conftest import open_study, wait_for_state

pytestmark = pytest.mark.browser

READER = "radiologist.north"
FOUR_ARE_THERE = """() => [...document.querySelectorAll("[data-viewport]")]
    .filter((viewport) => !viewport.hidden && viewport.dataset.quality === "full").length === 4"""


# How the pixels of a picture, shown pixel for pixel, differ from the greys of the values in a tile of the server.
OBLIQUE_DIFFERENCES = r"""async ([number, url, center, width]) => {
    const section = document.querySelector(`[data-viewport='${number}']`);
    const canvas = section.querySelector("canvas");
    const screen = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const response = await fetch(url);
    const blob = await response.blob();
    const bitmap = await createImageBitmap(blob, {colorSpaceConversion: "none", premultiplyAlpha: "none"});
    const off = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = off.getContext("2d", {willReadFrequently: true});
    context.drawImage(bitmap, 0, 0);
    const tile = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const volume = await (await fetch(url.replace(/planes\/([^/]+)\/oblique.*/, "series/$1/volume.json"))).json();
    const { scale, offset } = volume.planes.axial.packing;
    const expected = (at) => {
        const value = (tile.data[at] * 256 + tile.data[at + 1]) * scale + offset;
        const grey = ((value - (center - 0.5)) / (width - 1) + 0.5) * 255;
        return tile.data[at + 2] ? 0 : Math.min(255, Math.max(0, Math.floor(grey + 0.5)));
    };
    const differences = (left, top) => {
        let compared = 0, largest = 0, low = 255, high = 0;
        for (let row = 0; row < bitmap.height; row += 1) for (let column = 0; column < bitmap.width; column += 1) {
            const x = left + column, y = top + row;
            if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) continue;
            const shown = screen.data[(y * canvas.width + x) * 4];
            largest = Math.max(largest, Math.abs(shown - expected((row * bitmap.width + column) * 4)));
            low = Math.min(low, shown);
            high = Math.max(high, shown);
            compared += 1;
        }
        return {compared, largest, spread: high - low};
    };
    // The middle of an odd canvas lies between two pixels, and either will do.
    const sides = (half) => [Math.floor(half), Math.ceil(half)];
    const places = sides((canvas.width - bitmap.width) / 2).flatMap(
        (left) => sides((canvas.height - bitmap.height) / 2).map((top) => differences(left, top)),
    );
    return places.reduce((best, one) => one.largest < best.largest ? one : best);
}"""


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


def pixels_of(page, number: int, reach: int = 0) -> str:
    """Return the grey values of the canvas of a viewport as text; with a reach, of the middle of it only."""
    return page.evaluate(
        """([number, reach]) => {
            const canvas = document.querySelector(`[data-viewport='${number}'] canvas`);
            const context = canvas.getContext("2d");
            const size = reach || Math.min(canvas.width, canvas.height);
            const { data } = context.getImageData(
                Math.round((canvas.width - size) / 2), Math.round((canvas.height - size) / 2), size, size);
            let sum = 0;
            for (let place = 0; place < data.length; place += 4) sum = (sum * 31 + data[place]) >>> 0;
            return String(sum);
        }""",
        [number, reach],
    )


def index_of(page, number: int) -> int:
    return int(picture(page, number).get_attribute("data-image-index"))


def drag(page, number: int, start: tuple[float, float], end: tuple[float, float], *, steps: int = 8) -> None:
    """Drag within a viewport, in parts of its shorter side from its middle."""
    box = picture(page, number).bounding_box()
    side = min(box["width"], box["height"])
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(middle[0] + start[0] * side, middle[1] + start[1] * side)
    page.mouse.down()
    page.mouse.move(middle[0] + end[0] * side, middle[1] + end[1] * side, steps=steps)
    page.mouse.up()


def wait_for_pictures(page) -> None:
    page.wait_for_timeout(150)
    page.wait_for_function(FOUR_ARE_THERE, timeout=30_000)
    page.wait_for_timeout(150)


def set_slab(page, thickness_mm: int, projection: str) -> None:
    page.locator("summary[aria-label*='Thickness of the planes']").click()
    page.get_by_role("button", name=projection, exact=True).click()
    page.get_by_label("Thickness of the planes in mm").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }",
        str(thickness_mm),
    )
    page.wait_for_timeout(300)
    page.keyboard.press("Escape")
    wait_for_pictures(page)


def test_a_slab_thickens_all_planes_and_the_way_back_leads_to_the_images(visit):
    page = visit(READER).page
    show_planes(page)
    thin = [pixels_of(page, number) for number in range(3)]

    set_slab(page, 20, "Maximum")

    for number, name in enumerate(("Axial", "Coronal", "Sagittal")):
        assert f"{name}, MIP 20 mm" in picture(page, number).inner_text()
        assert pixels_of(page, number) != thin[number]
    set_slab(page, 20, "Minimum")
    assert "Coronal, MinIP 20 mm" in picture(page, 1).inner_text()
    page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()
    state = wait_for_state(page, quality="full")
    assert "/" not in state["sopInstanceUid"]


def test_dragging_the_crosshair_moves_the_other_planes_and_scrolling_moves_the_crosshair(visit):
    page = visit(READER).page
    show_planes(page)
    before = [index_of(page, number) for number in range(3)]

    drag(page, 0, (0, 0), (0.15, -0.1))
    wait_for_pictures(page)
    moved = [index_of(page, number) for number in range(3)]

    assert moved[0] == before[0]
    # Up in an axial plane is to the front, where the coronal planes begin; right is to the patient's left.
    assert moved[1] < before[1] - 5
    assert moved[2] > before[2] + 5
    axial = pixels_of(page, 0)
    picture(page, 1).hover()
    page.mouse.wheel(0, 120)
    page.wait_for_function(
        "index => document.querySelector('[data-viewport=\"1\"]').dataset.imageIndex === String(index)",
        arg=moved[1] + 1,
    )
    wait_for_pictures(page)
    assert index_of(page, 0) == before[0]
    assert pixels_of(page, 0) != axial, "the line of the coronal plane has moved"


def test_the_window_of_one_plane_is_that_of_all_three(visit):
    page = visit(READER).page
    show_planes(page)

    picture(page, 2).click(position={"x": 20, "y": 200})
    page.keyboard.press("2")
    page.wait_for_timeout(300)

    windows = {picture(page, number).get_attribute("data-window-width") for number in range(3)}
    assert len(windows) == 1
    assert windows != {"1500"}


def test_turning_a_line_gives_oblique_planes_with_the_pixels_of_the_server(visit):
    page = visit(READER).page
    show_planes(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/oblique/" in request.url else None)
    # The handle of the coronal line lies to the right of the centre of the axial plane.
    before = index_of(page, 1)
    drag(page, 0, (0.36, 0), (0.3, 0.2))
    wait_for_pictures(page)

    assert "Coronal, turned" in picture(page, 1).inner_text()
    assert "Sagittal, turned" in picture(page, 2).inner_text()
    assert "turned" not in picture(page, 0).inner_text()
    edges = picture(page, 1).locator(".overlay__edge").all_inner_texts()
    assert sorted(edges) == ["AR", "F", "H", "PL"] or sorted(edges) == ["F", "H", "LP", "RA"]
    place = picture(page, 1).get_attribute("data-sop-instance-uid").split("/")[-1]
    shown = next(url for url in asked if f"position={place}&" in url and "depth=16" in url)
    # The crosshair is taken away, so that only pixels of the plane are compared.
    page.keyboard.press("y")
    picture(page, 1).focus()
    page.keyboard.press("o")
    # The finer tiles of one pixel for each are asked for only now.
    wait_for_pictures(page)
    differences = page.evaluate(OBLIQUE_DIFFERENCES, [1, shown, -600.0, 1500.0])
    assert differences["compared"] > 10_000
    assert differences["largest"] <= 1
    assert differences["spread"] > 50
    page.keyboard.press("y")

    page.keyboard.press("Shift+u")
    wait_for_pictures(page)
    assert "Coronal, reformatted" in picture(page, 1).inner_text()
    assert index_of(page, 1) == before


def test_the_volume_is_seen_from_all_sides_and_plays(visit):
    page = visit(READER).page
    show_planes(page)

    page.keyboard.press("Shift+v")
    page.wait_for_function(FOUR_ARE_THERE, timeout=30_000)
    assert "Whole MIP, 0°, sampled at" in picture(page, 3).inner_text()
    assert "1 / 36" in picture(page, 3).inner_text()
    front = pixels_of(page, 3)
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "() => document.querySelector('[data-viewport=\"3\"]').dataset.imageIndex === '9'", timeout=30_000
    )
    wait_for_pictures(page)
    assert "Whole MIP, 90°" in picture(page, 3).inner_text()
    assert pixels_of(page, 3) != front
    page.keyboard.press("c")
    page.wait_for_function(
        "() => Number(document.querySelector('[data-viewport=\"3\"]').dataset.imageIndex) > 12",
        timeout=30_000,
    )
    page.keyboard.press("Shift+v")
    page.wait_for_timeout(300)
    assert "1 / 120" in picture(page, 3).inner_text()

    page.keyboard.press("Shift+y")
    page.locator(".volume__canvas[data-state]").wait_for(timeout=30_000)
    volume = page.get_by_role("dialog", name="Lindqvist, Astrid")
    assert "Not for measuring" in volume.inner_text()
    volume.get_by_role("button", name="From the left").click()
    page.keyboard.press("Escape")
    volume.wait_for(state="detached")


def test_a_series_that_is_no_volume_says_why(visit):
    page = visit(READER).page
    open_study(page, "Chest PA and lateral")

    page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()

    message = page.locator("[data-part=message]")
    message.wait_for()
    assert message.inner_text().endswith(".")
