"""What a reader takes away: a sheet of paper with the picture on it, and a film of what only the page puts together."""

import io

import numpy as np
import pytest
from PIL import Image

from tests.e2e.conftest import open_study

pytestmark = pytest.mark.browser


def open_menu(page) -> None:
    """Open what is behind Save."""
    page.locator("summary[aria-label='Save or print pictures']").click()


def test_paper_shows_the_picture_and_a_film_shows_the_planes(visit) -> None:
    page = visit("radiologist.north").page
    page.add_init_script("window.print = () => { document.body.dataset.printed = 'yes'; }")
    open_study(page, "PET/CT chest")

    open_menu(page)
    page.get_by_label("With patient and study in the picture").uncheck()
    page.get_by_role("button", name="Print this picture").click()
    page.locator("body[data-printed]").wait_for()
    page.emulate_media(media="print")
    paper = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"))
    assert (paper < 20).mean() > 0.2
    assert ((paper > 60) & (paper < 200)).mean() > 0.01
    assert "Printed" in page.locator(".print-sheet").inner_text()
    assert "Lindqvist" not in page.locator(".print-sheet").inner_text()
    page.emulate_media(media="screen")

    page.get_by_role("button", name="Axial, coronal and sagittal planes, and back").click()
    page.locator("[data-plane=axial][data-quality=full]").wait_for()
    open_menu(page)
    page.get_by_role("button", name="Save this series as a film…").click()
    dialog = page.get_by_role("dialog", name="Save this series as a film")
    dialog.get_by_label("Format").select_option("gif")
    dialog.get_by_label("From image").fill("28")
    dialog.get_by_label("To image").fill("30")
    with page.expect_download(timeout=60_000) as download:
        dialog.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename == "CT-series-2-planes.gif"
    with Image.open(download.value.path()) as film:
        assert film.n_frames == 3
        assert np.asarray(film.convert("L")).max() > 100
