"""How long a reader waits in this viewer and in OHIF on Orthanc, in the same run and the same Chromium.

Needs Orthanc with its DICOMweb plug-in, nginx, and npm, which fetches OHIF (50 MB, MIT) into PACS_PEERS_DIR, by default a
folder of the user's cache. The order of the viewers alternates. Every opening of the first part is of a study that nobody has
opened before, in a browser with an empty cache, from a list that has come to rest; the slow lines come after that.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Playwright, TimeoutError, sync_playwright

from benchmarks.peers import steps
from benchmarks.peers.chromium import chromium
from benchmarks.peers.ohif import ohif
from benchmarks.peers.slow_line import Line, slow_line
from benchmarks.peers.studies import PeerStudy, write_cts, write_mammograms
from benchmarks.peers.viewers import OHIF, OHIFOnProcessor, ReadingRoom, Viewer
from tests.running_system import running_system

READER, FACILITY = "radiologist.north", "NORTH"
LINES = (Line(100, 5), Line(20, 40))
SETTLE_SECONDS = 30
Results = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Round:
    """The studies that one round opens."""

    stack: PeerStudy
    jump: PeerStudy
    planes: PeerStudy
    mammogram: PeerStudy


def main() -> None:
    """Run all rounds and print the table."""
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="rr-peers-"))
    package_dir = Path(os.environ.get("PACS_PEERS_DIR", Path.home() / ".cache" / "reading-room-peers"))
    cts = write_cts(folder / "source", 3 * options.rounds)
    mammograms = write_mammograms(folder / "source", options.rounds)
    rounds = [
        Round(cts[3 * number], cts[3 * number + 1], cts[3 * number + 2], mammograms[number])
        for number in range(options.rounds)
    ]
    (folder / "ohif").mkdir()
    results: Results = defaultdict(lambda: defaultdict(list))
    try:
        with (
            running_system() as system,
            ohif(folder / "ohif", package_dir, [folder / "source"]) as address,
            sync_playwright() as playwright,
        ):
            system.manage("import_dicom", str(folder / "source"), "--facility", FACILITY, "--json")
            time.sleep(SETTLE_SECONDS)
            viewers: list[Viewer] = [ReadingRoom(system, READER), OHIF(address), OHIFOnProcessor(address)]
            for number, studies in enumerate(rounds):
                for viewer in _in_turn(viewers, number):
                    with _going_on():
                        _measure(playwright, viewer, studies, results)
                    _progress(f"round {number + 1} of {options.rounds}, {viewer.name}")
                for line in [] if options.without_lines else LINES:
                    for viewer in _in_turn(viewers, number):
                        with _going_on():
                            _measure_line(playwright, viewer, line, studies, results)
                        _progress(f"round {number + 1} of {options.rounds}, {viewer.name}, {line}")
    finally:
        shutil.rmtree(folder)
    _print_table(results, [viewer.name for viewer in viewers])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-lines", action="store_true", help="leave the slow lines out")
    return parser.parse_args()


def _in_turn(viewers: list[Viewer], number: int) -> list[Viewer]:
    return viewers if number % 2 == 0 else viewers[::-1]


def _measure(playwright: Playwright, viewer: Viewer, studies: Round, results: Results) -> None:
    def note(row: str, value: float) -> None:
        results[row][viewer.name].append(value)

    with chromium(playwright) as browser:
        with steps.visit(browser, viewer, viewer.address) as visit:
            opened = steps.open_and_load(visit, viewer, studies.stack)
            note("CT, click to first image, ms", opened["first"])
            note("CT, all 300 slices ready, ms", opened["stack"])
            note("JavaScript transferred, kB", visit.script_bytes() / 1000)
            scrolled = steps.scroll(visit, viewer)
            note("scroll, images/s", scrolled["images_per_second"])
            note("scroll, wheel to paint, p95, ms", scrolled["p95"])
            note("window drag, move to paint, p95, ms", steps.drag_window(visit))
            held = steps.memory_megabytes(visit)
            note("memory after it, JavaScript heap, MB", held["heap"])
            note("memory after it, renderer processes, MB", held["renderers"])
            again = steps.open_study(visit, viewer, studies.stack)
            note("CT, opened again, click to first image, ms", again["first"])
        with steps.visit(browser, viewer, viewer.address) as visit:
            note(
                "CT, jump to slice 150 just after opening, ms",
                steps.open_and_jump(visit, viewer, studies.jump),
            )
        if viewer.has_planes:
            with steps.visit(browser, viewer, viewer.address) as visit:
                steps.open_study(visit, viewer, studies.planes)
                planes = steps.planes(visit, viewer)
                note("three planes, first pictures, ms", planes["first"])
                note("three planes, whole, ms", planes["whole"])
        with steps.visit(browser, viewer, viewer.address) as visit:
            views = steps.open_study(visit, viewer, studies.mammogram, places=steps.VIEWS)
            note("mammogram, four views, first pictures, ms", views["first"])
            note("mammogram, four views, whole, ms", views["whole"])


def _measure_line(
    playwright: Playwright, viewer: Viewer, line: Line, studies: Round, results: Results
) -> None:
    def note(row: str, value: float) -> None:
        results[f"{line}: {row}"][viewer.name].append(value)

    with chromium(playwright) as browser, slow_line(viewer.address, line) as address:
        with steps.visit(browser, viewer, address) as visit:
            opened = steps.open_and_load(visit, viewer, studies.stack)
            note("CT, click to first image, ms", opened["first"])
            note("CT, all 300 slices ready, ms", opened["stack"])
        with steps.visit(browser, viewer, address) as visit:
            note(
                "CT, jump to slice 150 just after opening, ms",
                steps.open_and_jump(visit, viewer, studies.jump),
            )
        with steps.visit(browser, viewer, address) as visit:
            views = steps.open_study(visit, viewer, studies.mammogram, places=steps.VIEWS)
            note("mammogram, four views, whole, ms", views["whole"])


@contextmanager
def _going_on() -> Iterator[None]:
    """Leave out the rest of a part in which a viewer never showed what it should, and say so."""
    try:
        yield
    except TimeoutError as error:
        _progress(f"given up: {str(error).splitlines()[0]}")


def _progress(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def _print_table(results: Results, names: list[str]) -> None:
    """Print medians with the least and the most, and how the better of the others compares with the first."""
    print(f"| | {' | '.join(names)} | better than the best other |")
    print("| --- |" + " ---: |" * (len(names) + 1))
    for row, by_name in results.items():
        cells = [_cell(by_name.get(name, [])) for name in names]
        best: Callable[..., float] = max if row.endswith("/s") else min
        others = [median(by_name[name]) for name in names[1:] if by_name.get(name)]
        if not others or not by_name.get(names[0]):
            print(f"| {row} | {' | '.join(cells)} | |")
            continue
        other, ours = best(others), median(by_name[names[0]])
        factor = ours / other if row.endswith("/s") else other / ours
        print(f"| {row} | {' | '.join(cells)} | {factor:.1f} x |")


def _cell(values: list[float]) -> str:
    if not values:
        return ""
    digits = 0 if median(values) >= 100 else 1
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"


if __name__ == "__main__":
    main()
