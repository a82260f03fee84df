"""Show every file of a folder, each in a child process that may take 20 s and 512 MB, and say what came of it.

Run by hand: ``python -m tests.conformance.survey <folder>``. A file is displayed, or refused in words; anything else
is a defect.
"""

import os
import resource
import sys
import time
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from dicomkit.errors import DicomKitError
from dicomkit.pixels.display import default_inverse, default_voi, display_frame, render
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.overlays import frame_overlays
from dicomkit.pixels.shutter import read_shutter, shutter_mask
from dicomkit.slide import is_slide
from dicomkit.slide_region import SlideLevel, slide_tile
from dicomkit.tiles import level_count, level_shape, tile_rectangle
from tests.conformance.samples import files_below

LIMIT_SECONDS = 20
LIMIT_BYTES = 512 * 2**20
DISPLAYED, REFUSED, DEFECT = "displayed", "refused", "defect"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: `kind` is displayed, refused or defect, `text` the reason for the latter two."""

    path: Path
    kind: str
    text: str
    seconds: float


def survey(path: Path) -> Outcome:
    """Show the first, the middle and the last frame of a file in a child process."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_show_in_child, args=(path, sender))
    started = time.monotonic()
    child.start()
    sender.close()
    try:
        kind, text = receiver.recv() if receiver.poll(LIMIT_SECONDS) else (DEFECT, "takes too long")
    except EOFError:
        child.join()
        kind, text = DEFECT, f"the process ended with {child.exitcode}"
    child.kill()
    child.join()
    return Outcome(path, kind, text, time.monotonic() - started)


def _show_in_child(path: Path, sender: Connection) -> None:
    # Beside what the process that it was made from had reserved already.
    reserved_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most_bytes = reserved_bytes + LIMIT_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    try:
        show(path)
    except DicomKitError as error:
        sender.send((REFUSED, str(error)))
    except BaseException as error:  # noqa: BLE001 - the edge of the process: whatever it is, it is the finding
        sender.send((DEFECT, f"{type(error).__name__}: {error}"))
    else:
        sender.send((DISPLAYED, ""))
    os._exit(0)


def show(path: Path) -> None:
    """Render the first, the middle and the last frame as a viewer does it, with their overlays and shutters."""
    with FrameSource.open(path) as source:
        dataset, layout = source.dataset, source.pixel_format
        for frame_index in sorted({0, layout.number_of_frames // 2, layout.number_of_frames - 1}):
            frame = display_frame(source, frame_index)
            voi = default_voi(frame, dataset=dataset, layout=layout, frame_index=frame_index)
            picture = render(frame, voi=voi, inverse=default_inverse(dataset, layout=layout))
            assert picture.shape[:2] == (layout.rows, layout.columns)
            for overlay in frame_overlays(source, frame_index):
                overlay.placed(layout.rows, layout.columns)
            shutter = read_shutter(dataset, frame_index=frame_index)
            if shutter is not None:
                shutter_mask(shutter, layout.rows, layout.columns)
        if is_slide(dataset):
            _show_slide(SlideLevel(source))


def _show_slide(level: SlideLevel) -> None:
    """Put one tile of each level of the pyramid together, for the first and the last picture."""
    rows, columns = level.matrix.rows, level.matrix.columns
    for number in range(level_count(rows, columns)):
        shape = level_shape(rows, columns, level=number)
        rectangle = tile_rectangle(rows, columns, level=number, column=0, row=0)
        for picture in {0, len(level.matrix.pictures) - 1}:
            slide_tile(level, picture, rectangle, level_rows=shape[0], level_columns=shape[1])


def main() -> None:
    """Survey the folders named on the command line and print what was not displayed, and the slowest files."""
    outcomes = [survey(path) for folder in sys.argv[1:] for path in sorted(files_below(Path(folder)))]
    lines = [f"{one.kind} {one.path.name}: {one.text}" for one in outcomes if one.kind != DISPLAYED]
    slowest = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:5]
    lines += [f"{one.seconds:.2f} s {one.path.name}" for one in slowest]
    lines += [f"{sum(one.kind == kind for one in outcomes)} {kind}" for kind in (DISPLAYED, REFUSED, DEFECT)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(any(outcome.kind == DEFECT for outcome in outcomes))


if __name__ == "__main__":
    main()
