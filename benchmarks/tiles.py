"""One core from a stored CT slice to a tile, against the same picture encoded by Pillow in the same run."""

import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image

from benchmarks.timing import print_table, times_ms
from dicomkit.pixels.display import DisplayFrame, default_inverse, display_frame, render
from dicomkit.pixels.encode import encode_png_grey, encode_png_packed
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.voi_lut import VOIWindow
from dicomkit.synth import StudyAttributes, ct_chest_series

LUNG = VOIWindow(-600.0, 1500.0)


def main() -> None:
    """Time one slice in a lung window."""
    file = io.BytesIO()
    list(ct_chest_series(StudyAttributes(), slices=9))[4].save_as(file, enforce_file_format=True)
    source = FrameSource.open(file)
    inverse = default_inverse(source.dataset, layout=source.pixel_format)

    def windowed(source: FrameSource) -> bytes:
        return encode_png_grey(render(display_frame(source, 0), voi=LUNG, inverse=inverse))

    def packed(source: FrameSource) -> bytes:
        frame: DisplayFrame = display_frame(source, 0)
        assert isinstance(frame, PackedFrame)
        return encode_png_packed(frame)

    def by_pillow() -> bytes:
        buffer = io.BytesIO()
        picture = render(display_frame(source, 0), voi=LUNG, inverse=inverse)
        Image.fromarray(picture).save(buffer, "png", compress_level=1)
        return buffer.getvalue()

    rows = [
        ("8-bit tile", times_ms(lambda: windowed(source), rounds=300)),
        ("8-bit tile, file opened anew", times_ms(lambda: windowed(FrameSource.open(file)), rounds=300)),
        ("8-bit tile, encoded by Pillow level 1", times_ms(by_pillow, rounds=100)),
        ("16-bit tile", times_ms(lambda: packed(source), rounds=300)),
        ("16-bit tile, file opened anew", times_ms(lambda: packed(FrameSource.open(file)), rounds=300)),
    ]
    print_table(rows)


if __name__ == "__main__":
    main()
