"""What lies over the pixels of a frame as one bitmap: overlays by kind, and what the shutter covers.

References
----------
PS3.3 C.9.2 (Overlay Plane), C.7.6.11 (Display Shutter), C.11.7 (Overlay Activation).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.overlays import FIRST_GROUP, LAST_GROUP, OverlayPlane, frame_overlays, read_overlays
from dicomkit.pixels.shutter import read_shutter, shutter_mask

GRAPHICS, REGION, SHUTTER = 0x01, 0x02, 0x80
_ACTIVATION_LAYER = 0x1001


def frame_marks(
    source: FrameSource,
    frame_index: int,
    *,
    pixel_aspect_ratio: tuple[float, float] = (1.0, 1.0),
    state: Dataset | None = None,
) -> NDArray[np.uint8]:
    """Return the marks of a frame: uint8, (rows, columns), the sum of `GRAPHICS`, `REGION` and `SHUTTER` where each is.

    Parameters
    ----------
    state
        A presentation state under which the image is shown: its shutter takes the place of the image's, and of the
        image's overlays only those are shown that it activates, beside its own.

    Raises
    ------
    FrameNotFoundError, FrameDecodeError, MalformedAttributeError
    """
    rows, columns = source.pixel_format.rows, source.pixel_format.columns
    marks = np.zeros((rows, columns), np.uint8)
    shutter = read_shutter(source.dataset if state is None else state, frame_index=frame_index)
    shutter_group = shutter.bitmap.group if shutter is not None and shutter.bitmap is not None else None
    for plane in _shown_planes(source, frame_index, state):
        # A bitmap that is the shutter is not drawn a second time as graphics.
        if plane.group != shutter_group:
            marks[plane.placed(rows, columns)] |= REGION if plane.kind == "R" else GRAPHICS
    if shutter is not None:
        marks[shutter_mask(shutter, rows, columns, pixel_aspect_ratio=pixel_aspect_ratio)] |= SHUTTER
    return marks


def has_marks(state: Dataset) -> bool:
    """Tell whether a presentation state covers anything or shows any overlay, its own or the image's."""
    with refuse_malformed_values():
        return bool(_activated_groups(state)) or read_shutter(state) is not None


def _shown_planes(source: FrameSource, frame_index: int, state: Dataset | None) -> Iterator[OverlayPlane]:
    if state is None:
        yield from frame_overlays(source, frame_index)
        return
    with refuse_malformed_values():
        activated = _activated_groups(state)
        own = {plane.group: plane for plane in read_overlays(state, frame_index=frame_index)}
    yield from (plane for group, plane in own.items() if group in activated)
    if activated - own.keys():
        for plane in frame_overlays(source, frame_index):
            if plane.group in activated and plane.group not in own:
                yield plane


def _activated_groups(state: Dataset) -> set[int]:
    """Return the overlay groups for which the state names a layer."""
    groups = range(FIRST_GROUP, LAST_GROUP + 1, 2)
    layers = ((group, state.get((group, _ACTIVATION_LAYER))) for group in groups)
    return {group for group, layer in layers if layer is not None and str(layer.value or "").strip()}
