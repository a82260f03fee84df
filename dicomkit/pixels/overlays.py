"""Overlay planes: bitmaps of graphics or regions that belong over an image, kept apart from its values.

References
----------
PS3.3 C.9.2 (Overlay Plane module), C.9.3 (Multi-frame Overlay module, retired 2004, embedded bits); PS3.5 8.1.2.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.numbers import first_int, floats

FIRST_GROUP, LAST_GROUP = 0x6000, 0x601E
# Nobody draws on more pixels than the largest detector has several times over.
_MAX_PIXELS = 2**26

_ROWS, _COLUMNS, _FRAMES, _DESCRIPTION = 0x0010, 0x0011, 0x0015, 0x0022
_TYPE, _SUBTYPE, _ORIGIN, _IMAGE_FRAME_ORIGIN = 0x0040, 0x0045, 0x0050, 0x0051
_BITS_ALLOCATED, _BIT_POSITION, _LABEL, _DATA = 0x0100, 0x0102, 0x1500, 0x3000


@dataclass(frozen=True, slots=True, eq=False)
class OverlayPlane:
    """One overlay over one frame.

    Attributes
    ----------
    group
        0x6000 to 0x601E: how a presentation state names the overlay.
    origin_row, origin_column
        Where its first pixel lies in the image; 1, 1 is the image's first pixel, and it may lie outside.
    bits
        bool, (rows, columns) of the overlay, not of the image.
    kind
        "G" for graphics, "R" for a region of interest.
    subtype, label, description
        Texts of the file, "" where it has none.
    """

    group: int
    origin_row: int
    origin_column: int
    bits: NDArray[np.bool_]
    kind: str = "G"
    subtype: str = ""
    label: str = ""
    description: str = ""

    @property
    def rows(self) -> int:
        """Rows of the overlay."""
        return int(self.bits.shape[0])

    @property
    def columns(self) -> int:
        """Columns of the overlay."""
        return int(self.bits.shape[1])

    def placed(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return the overlay as a bitmap of the image, (rows, columns); what lies outside of the image is cut off."""
        placed = np.zeros((rows, columns), np.bool_)
        top, left = self.origin_row - 1, self.origin_column - 1
        inside = (
            slice(max(0, -top), max(0, min(self.rows, rows - top))),
            slice(max(0, -left), max(0, min(self.columns, columns - left))),
        )
        part = self.bits[inside]
        down, across = max(0, top), max(0, left)
        placed[down : down + part.shape[0], across : across + part.shape[1]] = part
        return placed


def frame_overlays(source: FrameSource, frame_index: int) -> tuple[OverlayPlane, ...]:
    """Return the overlays of a frame, those in unused bits of its pixels included; the pixels are read only for them.

    Raises
    ------
    FrameNotFoundError, FrameDecodeError, MalformedAttributeError
    """
    with refuse_malformed_values():
        is_embedded = any(_is_embedded(source.dataset, group) for group in _groups(source.dataset))
        samples = source.decoded_samples(frame_index) if is_embedded else None
        return read_overlays(source.dataset, frame_index=frame_index, samples=samples)


def read_overlays(
    dataset: Dataset, *, frame_index: int = 0, samples: NDArray[Any] | None = None
) -> tuple[OverlayPlane, ...]:
    """Return the overlays that a data set, of an image or a presentation state, holds for a frame.

    Parameters
    ----------
    frame_index
        0-based. An overlay of several frames has one for each image frame from Image Frame Origin on; one without
        Number of Frames and Image Frame Origin belongs to every frame.
    samples
        Decoded samples of the frame, (rows, columns), with the bits outside of Bits Stored. Without them the overlays
        in those bits are left out. An overlay that is damaged is left out, too; one that is cut off ends in zeros.
    """
    planes = (_read_plane(dataset, group, frame_index, samples) for group in _groups(dataset))
    return tuple(plane for plane in planes if plane is not None)


def overlay_titles(dataset: Dataset, *, frame_index: int = 0) -> tuple[str, ...]:
    """Return what the overlays of a frame are called, from the header alone; an overlay without a name is numbered."""
    titles = []
    for group in _groups(dataset):
        if _is_embedded(dataset, group) or _overlay_frame(dataset, group, frame_index) is not None:
            name = _text(dataset, group, _LABEL) or _text(dataset, group, _DESCRIPTION)
            titles.append(name or f"Overlay {(group - FIRST_GROUP) // 2 + 1}")
    return tuple(titles)


def _groups(dataset: Dataset) -> list[int]:
    return [group for group in range(FIRST_GROUP, LAST_GROUP + 1, 2) if (group, _BIT_POSITION) in dataset]


def _is_embedded(dataset: Dataset, group: int) -> bool:
    return (group, _DATA) not in dataset


def _read_plane(
    dataset: Dataset, group: int, frame_index: int, samples: NDArray[Any] | None
) -> OverlayPlane | None:
    if _is_embedded(dataset, group):
        bits = _embedded_bits(samples, first_int(_value(dataset, group, _BIT_POSITION), default=0))
    else:
        bits = _own_bits(dataset, group, frame_index)
    if bits is None:
        return None
    origin = floats(_value(dataset, group, _ORIGIN), count=2) or [1.0, 1.0]
    return OverlayPlane(
        group=group,
        origin_row=int(origin[0]),
        origin_column=int(origin[1]),
        bits=bits,
        kind=_text(dataset, group, _TYPE) or "G",
        subtype=_text(dataset, group, _SUBTYPE),
        label=_text(dataset, group, _LABEL),
        description=_text(dataset, group, _DESCRIPTION),
    )


def _embedded_bits(samples: NDArray[Any] | None, position: int) -> NDArray[np.bool_] | None:
    if samples is None or samples.ndim != 2 or samples.dtype.kind not in "iu":
        return None
    width = samples.dtype.itemsize * 8
    if not 0 <= position < width:
        return None
    unsigned = samples.view(f"u{width // 8}")
    is_set: NDArray[np.bool_] = (unsigned >> unsigned.dtype.type(position)) & unsigned.dtype.type(1) == 1
    return is_set


def _own_bits(dataset: Dataset, group: int, frame_index: int) -> NDArray[np.bool_] | None:
    """Unpack the plane of a frame; frames follow each other bit by bit, without filling up to bytes."""
    rows = first_int(_value(dataset, group, _ROWS), default=0)
    columns = first_int(_value(dataset, group, _COLUMNS), default=0)
    position = _overlay_frame(dataset, group, frame_index)
    pixels = rows * columns
    if position is None or rows < 1 or columns < 1 or pixels > _MAX_PIXELS:
        return None
    element = dataset[group, _DATA]
    data = element.value if isinstance(element.value, bytes) else b""
    if element.VR == "OW" and dataset.original_encoding[1] is False:
        # PS3.5 7.3: bits fill words of 16 from the lowest on, and the words lie in the file with the high byte first.
        data = np.frombuffer(data[: len(data) // 2 * 2], ">u2").astype("<u2").tobytes()
    first = pixels * position
    part = np.frombuffer(data[first // 8 : -(-(first + pixels) // 8)], np.uint8)
    flags = np.unpackbits(part, bitorder="little")[first % 8 :][:pixels]
    if not len(flags):
        return None
    return np.pad(flags, (0, pixels - len(flags))).astype(np.bool_).reshape(rows, columns)


def _overlay_frame(dataset: Dataset, group: int, frame_index: int) -> int | None:
    """Return which of its frames the overlay has for an image frame, or None."""
    frames = first_int(_value(dataset, group, _FRAMES), default=0)
    first = first_int(_value(dataset, group, _IMAGE_FRAME_ORIGIN), default=0)
    if frames < 1 and first < 1:
        return 0
    position = frame_index - (max(first, 1) - 1)
    return position if 0 <= position < max(frames, 1) else None


def _value(dataset: Dataset, group: int, element: int) -> Any:
    found = dataset.get((group, element))
    return None if found is None else found.value


def _text(dataset: Dataset, group: int, element: int) -> str:
    return str(_value(dataset, group, element) or "").strip()
