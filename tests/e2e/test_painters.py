"""What the graphics card paints: pictures as the processor does, and volumes as they lie in the patient."""

import pytest
from playwright.sync_api import Page

from tests.painters import bundled_painters

pytestmark = pytest.mark.browser
PICTURES = 300


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory) -> Page:
    """A page with nothing but both painters and the caster of volumes."""
    page = browser.new_page()
    page.add_script_tag(content=bundled_painters(tmp_path_factory.mktemp("bundle")))
    yield page
    page.close()


def test_both_painters_paint_the_same_pixels_and_the_card_may_be_lost(page: Page) -> None:
    compared = page.evaluate(f"painters.comparePainters({PICTURES})")

    assert compared["differing"] == []
    assert compared["lit"] > PICTURES / 2
    assert page.evaluate("painters.paintAfterLoss()")


def test_a_volume_is_seen_from_each_side_where_it_lies_in_the_patient(page: Page) -> None:
    for spot in page.evaluate("painters.spots()"):
        assert spot["found"] == pytest.approx(spot["expected"], abs=0.3), spot["name"]
    assert [spot["found"] for spot in page.evaluate("painters.spots(true)")] == [None] * 6
