"""What lies over the pixels of a frame as one bitmap: overlays by kind, and what the shutter covers.

References
----------
PS3.3 C.9.2 (Overlay Plane), C.7.6.11 (Display Shutter).
"""

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.overlays import frame_overlays
from dicomkit.pixels.shutter import read_shutter, shutter_mask

GRAPHICS, REGION, SHUTTER = 0x01, 0x02, 0x80


def frame_marks(
    source: FrameSource, frame_index: int, *, pixel_aspect_ratio: tuple[float, float] = (1.0, 1.0)
) -> NDArray[np.uint8]:
    """Return the marks of a frame: uint8, (rows, columns), the sum of `GRAPHICS`, `REGION` and `SHUTTER` where each is.

    Raises
    ------
    FrameNotFoundError, FrameDecodeError, MalformedAttributeError
    """
    rows, columns = source.pixel_format.rows, source.pixel_format.columns
    marks = np.zeros((rows, columns), np.uint8)
    shutter = read_shutter(source.dataset, frame_index=frame_index)
    for plane in frame_overlays(source, frame_index):
        # A bitmap that is the shutter is not drawn a second time as graphics.
        if shutter is None or shutter.bitmap is None or shutter.bitmap.group != plane.group:
            marks[plane.placed(rows, columns)] |= REGION if plane.kind == "R" else GRAPHICS
    if shutter is not None:
        marks[shutter_mask(shutter, rows, columns, pixel_aspect_ratio=pixel_aspect_ratio)] |= SHUTTER
    return marks
