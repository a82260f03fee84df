"""A browser has six connections for a server; a reader has more pages than that."""

import pytest

from tests.e2e.conftest import open_study, wait_for_state

pytestmark = pytest.mark.browser

PAGES = 8


def test_eight_pages_share_one_stream_and_all_get_pictures_and_notices(visit) -> None:
    first = visit("radiologist.north").page
    open_study(first, "SHOULDER")
    address = first.url
    pages = [first]
    for _ in range(PAGES - 1):
        page = first.context.new_page()
        page.goto(address)
        wait_for_state(page, quality="full")
        pages.append(page)

    for marking, state in ((first, "visible"), (pages[-1], "detached")):
        marking.bring_to_front()
        marking.keyboard.press("k")
        for page in pages:
            page.get_by_text("Key image: marked").first.wait_for(state=state)
