"""Pictures a second of the processor and of the graphics card, in Chromium, as the reading page measures them itself."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from tests.painters import bundled_painters

ROUNDS = 5


def main() -> None:
    """Measure both in the same page, some times over."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        program = os.environ.get("PACS_TEST_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        # Waiting for idle time costs nobody anything: without it the whole time is the trial's.
        page.add_script_tag(content="window.requestIdleCallback = run => run();")
        page.add_script_tag(content=bundled_painters(Path(folder)))
        print(
            f"{'processor':>12}{'graphics':>12}{'trial, ms':>12}   384 x 384 values on 512 x 512 pixels, a second"
        )
        for _ in range(ROUNDS):
            found = page.evaluate("painters.benchmarkPainters()")
            print(f"{found['cpuPerSecond']:12.0f}{found['gpuPerSecond']:12.0f}{found['trialMs']:12.0f}")
        print(found["renderer"])
        browser.close()


if __name__ == "__main__":
    main()
