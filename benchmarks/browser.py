"""From navigation to the first image and to the whole stack of 120 slices, in Chromium, the cache cold and warm."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from benchmarks.timing import print_table
from tests.running_system import running_system

READER = "radiologist.north"
STACK_READY = "() => Number(document.documentElement.dataset.stackLoaded) === 120"


def main() -> None:
    """Open the prior CT, which nobody has looked at, then open it again."""
    with running_system() as system, sync_playwright() as playwright:
        program = os.environ.get("PACS_TEST_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=system.url, viewport={"width": 1440, "height": 900})
        page.goto("/")
        page.fill("[name=username]", READER)
        page.fill("[name=password]", system.passwords[READER])
        page.click("main button[type=submit]")
        row = page.locator("tr[data-study-instance-uid]", has_text="2025-06-03").first
        address = f"/viewer/studies/{row.get_attribute('data-study-instance-uid')}/"
        cold = _opening_ms(page, address)
        warm = [_opening_ms(page, address) for _ in range(5)]
        browser.close()
    print_table(
        [
            ("first image painted, tiles cold", [cold[0]]),
            ("stack of 120 ready, tiles cold", [cold[1]]),
            ("first image painted, tiles cached", [first for first, _ in warm]),
            ("stack of 120 ready, tiles cached", [stack for _, stack in warm]),
        ]
    )


def _opening_ms(page: Page, address: str) -> tuple[float, float]:
    page.goto("about:blank")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("[data-viewport][data-sop-instance-uid]")
    first = time.perf_counter() - start
    page.wait_for_function(STACK_READY, timeout=60_000)
    return first * 1000, (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
