"""A whole slide in the browser: only what is in view is fetched, and a map says where that is."""

from collections.abc import Callable

from tests.e2e.conftest import Visit, study_row


def test_a_slide_is_zoomed_into_and_moved_by_its_map(visit: Callable[..., Visit]) -> None:
    page = visit("radiologist.south").page
    uid = study_row(page, "Haddad").get_attribute("data-study-instance-uid")
    page.goto(f"/viewer/studies/{uid}/")
    viewport = page.locator("[data-viewport]").first
    page.wait_for_selector("[data-viewport][data-quality=full]")
    assert page.locator(".series").all_inner_texts()[-1].endswith("Label of the slide")
    assert not page.locator(".navigator").first.is_visible()

    fetched: list[str] = []
    page.on(
        "request", lambda request: fetched.append(request.url) if "/viewer/slides/" in request.url else None
    )
    viewport.focus()
    for _ in range(8):
        page.keyboard.press("+")
    page.wait_for_selector(".navigator:not([hidden])")
    page.wait_for_selector("[data-viewport][data-quality=full]")
    assert 0 < len(fetched) < 60

    before = page.locator(".navigator__view").first.bounding_box()
    box = page.locator(".navigator").first.bounding_box()
    assert before and box
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.4)
    page.wait_for_selector("[data-viewport][data-quality=full]")
    after = page.locator(".navigator__view").first.bounding_box()
    assert after
    assert abs(after["x"] + after["width"] / 2 - (box["x"] + box["width"] * 0.8)) < 3
    assert after["x"] > before["x"]
