"""What a reader does, and how long the viewer takes for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Request, ViewportSize

from benchmarks.peers.painted import WATCH, clicked_at, wait_until_painted, watch_inputs
from benchmarks.peers.studies import SLICES, PeerStudy
from benchmarks.peers.viewers import Viewer
from benchmarks.timing import percentile

SCROLLED_IMAGES = 120
DRAG_MOVES = 120
PLANES, VIEWS = 3, 4
SCREEN = ViewportSize(width=1440, height=900)
_MIDDLE = (864.0, 405.0)


@dataclass
class Visit:
    """A browser's first visit to a viewer, with what it has fetched."""

    page: Page
    browser: Browser
    answered: list[Request] = field(default_factory=list)

    def script_bytes(self) -> int:
        """Return bytes of JavaScript and WebAssembly as they were transferred."""
        scripts = [one for one in self.answered if _is_script(one.url)]
        return sum(one.sizes()["responseBodySize"] for one in scripts)


@contextmanager
def visit(browser: Browser, viewer: Viewer, address: str) -> Iterator[Visit]:
    """Open a page with nothing in the cache of the browser."""
    context = browser.new_context(base_url=address, viewport=SCREEN, service_workers="block")
    context.add_init_script(WATCH)
    viewer.prepare(context)
    made = Visit(context.new_page(), browser)
    context.on("requestfinished", lambda request: made.answered.append(request))
    yield made
    context.close()


def open_study(visit: Visit, viewer: Viewer, study: PeerStudy, *, places: int = 1) -> dict[str, float]:
    """Click on a study in a list that has come to rest, and wait for its pictures."""
    _show_list(visit, viewer, study)
    viewer.open(visit.page, study)
    painted = wait_until_painted(visit.page, clicked_at(visit.page), places=places)
    return {"first": painted.first_ms, "whole": painted.whole_ms}


def open_and_load(visit: Visit, viewer: Viewer, study: PeerStudy) -> dict[str, float]:
    """Click on a CT and wait for its first image and for its whole stack."""
    _show_list(visit, viewer, study)
    viewer.open(visit.page, study)
    viewer.wait_for_stack(visit.page)
    now = time.time() * 1000
    clicked = clicked_at(visit.page)
    painted = wait_until_painted(visit.page, clicked)
    return {"first": painted.first_ms, "whole": painted.whole_ms, "stack": now - clicked}


def open_and_jump(visit: Visit, viewer: Viewer, study: PeerStudy) -> float:
    """Click on a CT, and on the middle of its slider as soon as there is an image; return ms to that slice, whole.

    A slider that does not answer yet is clicked on again, and the time counts from the click that it answered.
    """
    _show_list(visit, viewer, study)
    viewer.open(visit.page, study)
    visit.page.wait_for_function(
        "() => window.peers && window.peers.changes.some(({ values }) => values > 8)", timeout=120_000
    )
    viewer.jump(visit.page, SLICES // 2)
    asked = clicked_at(visit.page)
    for _ in range(40):
        visit.page.wait_for_timeout(500)
        if abs(viewer.image_number(visit.page) - SLICES // 2) < 10:
            break
        viewer.jump(visit.page, SLICES // 2)
    painted = wait_until_painted(visit.page, asked)
    inputs = visit.page.evaluate("window.peers.inputs")
    clicks = [one["at"] for one in inputs if one["kind"] == "click" and one["at"] >= asked]
    answered = max(at for at in clicks if at <= asked + painted.first_ms)
    return float(asked + painted.whole_ms - answered)


def scroll(visit: Visit, viewer: Viewer) -> dict[str, float]:
    """Turn the wheel by one image at each frame of the display, from the first image on."""
    viewer.jump(visit.page, 1)
    visit.page.wait_for_timeout(1000)
    seen = watch_inputs(visit.page, "wheel", [_MIDDLE] * SCROLLED_IMAGES)
    return {
        "images_per_second": seen.images_per_second,
        "p95": percentile(seen.input_to_paint_ms, 0.95),
    }


def drag_window(visit: Visit) -> float:
    """Drag with the left button, which windows in every viewer; return the 95th percentile of ms to the next paint."""
    left, top = _MIDDLE
    visit.page.mouse.move(left, top)
    visit.page.mouse.down()
    points = [(left + number % 60, top + number) for number in range(1, DRAG_MOVES + 1)]
    seen = watch_inputs(visit.page, "pointermove", points)
    visit.page.mouse.up()
    return percentile(seen.input_to_paint_ms, 0.95)


def planes(visit: Visit, viewer: Viewer) -> dict[str, float]:
    """Ask for three planes and wait until they are painted."""
    viewer.ask_for_planes(visit.page)
    viewer.wait_for_planes(visit.page)
    painted = wait_until_painted(visit.page, clicked_at(visit.page), places=PLANES)
    return {"first": painted.first_ms, "whole": painted.whole_ms}


def memory_megabytes(visit: Visit) -> dict[str, float]:
    """Return the JavaScript heap of the page and what its renderer processes hold, of shared pages their share."""
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    processes = visit.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = sum(_proportional_kilobytes(one["id"]) for one in processes if one["type"] == "renderer")
    return {"heap": heap / 1e6, "renderers": renderers / 1e3}


def _show_list(visit: Visit, viewer: Viewer, study: PeerStudy) -> None:
    viewer.show_list(visit.page, study)
    # Our list keeps a stream of notices open, so that its network is never idle.
    visit.page.wait_for_load_state("load")
    visit.page.wait_for_timeout(2000)


def _proportional_kilobytes(process_id: int) -> int:
    text = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0])


def _is_script(url: str) -> bool:
    return url.partition("?")[0].endswith((".js", ".wasm"))
