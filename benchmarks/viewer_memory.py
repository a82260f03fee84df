"""What the browser holds while a reader opens 50 studies in turn, each until its stack is there.

A viewer that forgets to let go of pictures, workers or listeners grows with every study. The table has the heap of the page
after a collection, and what the renderer processes hold, of shared pages their share.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from benchmarks.peers import steps
from benchmarks.peers.chromium import chromium
from benchmarks.peers.studies import write_cts
from benchmarks.peers.viewers import ReadingRoom
from tests.running_system import running_system

READER, FACILITY = "radiologist.north", "NORTH"
STUDIES, SLICES, EVERY = 50, 60, 5
SETTLE_SECONDS = 20


def main() -> None:
    """Open one study after the other in one tab and print what is held after every fifth."""
    folder = Path(tempfile.mkdtemp(prefix="rr-memory-"))
    try:
        studies = write_cts(folder, STUDIES, slices=SLICES)
        with running_system() as system, sync_playwright() as playwright, chromium(playwright) as browser:
            system.manage("import_dicom", str(folder), "--facility", FACILITY, "--json")
            time.sleep(SETTLE_SECONDS)
            viewer = ReadingRoom(system, READER)
            held = []
            with steps.visit(browser, viewer, viewer.address) as visit:
                print(f"{'studies opened':<16}{'heap, MB':>10}{'renderers, MB':>16}")
                for number, study in enumerate(studies, start=1):
                    viewer.show_list(visit.page, study)
                    viewer.open(visit.page, study)
                    viewer.wait_for_stack(visit.page, SLICES)
                    held.append(steps.memory_megabytes(visit))
                    if number == 1 or number % EVERY == 0:
                        print(
                            f"{number:<16}{held[-1]['heap']:>10.1f}{held[-1]['renderers']:>16.0f}", flush=True
                        )
    finally:
        shutil.rmtree(folder)
    for name in ("heap", "renderers"):
        early, late = (median(one[name] for one in part) for part in (held[5:15], held[-10:]))
        print(f"{name}: the last ten hold {late / early:.2f} times what the sixth to fifteenth held")


if __name__ == "__main__":
    main()
