"""The browser that all viewers are driven in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium, with WebGL by software where there is no graphics card, which planes in OHIF need."""
    program = os.environ.get("PACS_TEST_CHROMIUM", "/usr/bin/chromium")
    browser = playwright.chromium.launch(
        executable_path=program, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
    )
    try:
        yield browser
    finally:
        browser.close()
