"""The graphics card and the processor paint the same pixels."""

import pytest

from tests.painters import bundled_painters

pytestmark = pytest.mark.browser
PICTURES = 300


def test_both_painters_paint_the_same_pixels_and_the_card_may_be_lost(browser, tmp_path) -> None:
    page = browser.new_page()
    page.add_script_tag(content=bundled_painters(tmp_path))

    compared = page.evaluate(f"painters.comparePainters({PICTURES})")
    survives = page.evaluate("painters.paintAfterLoss()")
    page.close()

    assert compared["differing"] == []
    assert compared["lit"] > PICTURES / 2
    assert survives
