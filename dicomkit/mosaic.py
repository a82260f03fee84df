"""MR mosaics: all slices of a volume side by side in one picture, as Siemens scanners write functional series.

References
----------
PS3.3 C.8.3.1 (MR Image module; Image Type value MOSAIC is the vendor's); the vendor's conformance statements for
(0019,xx0A) Number Of Images In Mosaic and for the CSA header.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.csa_header import read_csa_texts
from dicomkit.identity import whole_number
from dicomkit.pixels.numbers import first_float, floats
from dicomkit.pixels.pixel_format import PixelFormat

_MOST_SLICES = 1024
_NOT_SPLIT = "Mosaic shown whole: the file does not say how it is made up"


@dataclass(frozen=True, slots=True)
class Mosaic:
    """How a picture is made up of slices, row by row from the top left; places at the end may be empty.

    `rows` and `columns` are of one slice. `normal` is the direction from one slice to the next in the patient, None
    where only the planes tell it; `spacing_mm` their distance, None where the file does not say.
    """

    slices: int
    across: int
    rows: int
    columns: int
    normal: tuple[float, float, float] | None
    spacing_mm: float | None

    def part(self, picture: NDArray[Any], frame_index: int) -> NDArray[Any]:
        """Return one slice out of the whole picture (rows, columns); the values are shared."""
        row, column = divmod(frame_index, self.across)
        top, left = row * self.rows, column * self.columns
        return picture[top : top + self.rows, left : left + self.columns]


def is_mosaic(dataset: Dataset) -> bool:
    """Tell whether an object says that it is a mosaic."""
    words = dataset.get("ImageType") or ()
    return not isinstance(words, str) and "MOSAIC" in words and str(dataset.get("Modality") or "") == "MR"


def read_mosaic(dataset: Dataset) -> Mosaic | None:
    """Return how a mosaic is made up; None for any other object, and for a mosaic that cannot be split."""
    if not is_mosaic(dataset) or (whole_number(dataset, "NumberOfFrames") or 1) > 1:
        return None
    if (whole_number(dataset, "SamplesPerPixel") or 1) != 1:
        return None
    rows, columns = whole_number(dataset, "Rows") or 0, whole_number(dataset, "Columns") or 0
    slices = _slices(dataset)
    across = math.ceil(math.sqrt(slices)) if slices else 0
    if not across or rows < across or columns < across or rows % across or columns % across:
        return None
    spacing = first_float(dataset.get("SpacingBetweenSlices")) or first_float(dataset.get("SliceThickness"))
    return Mosaic(slices, across, rows // across, columns // across, _normal(dataset), spacing)


def mosaic_note(dataset: Dataset) -> str:
    """Return what a reader must know of a mosaic that cannot be split, or ""."""
    return _NOT_SPLIT if is_mosaic(dataset) and read_mosaic(dataset) is None else ""


def sliced_format(layout: PixelFormat, mosaic: Mosaic | None) -> PixelFormat:
    """Return the layout of the slices of a mosaic as frames; the layout itself where there is no mosaic."""
    if mosaic is None:
        return layout
    return replace(layout, rows=mosaic.rows, columns=mosaic.columns, number_of_frames=mosaic.slices)


def slice_position(
    mosaic: Mosaic,
    frame_index: int,
    *,
    position: tuple[float, float, float],
    row: tuple[float, float, float],
    column: tuple[float, float, float],
    spacing_mm: tuple[float, float],
) -> tuple[float, float, float]:
    """Return where the centre of the first pixel of a slice lies, in mm of the patient.

    Parameters
    ----------
    position
        Image Position (Patient) of the file: the corner that a slice as large as the whole mosaic would have, around
        the same centre.
    row, column
        Directions of the rows and columns.
    spacing_mm
        Of rows (down) and columns (across).
    """
    normal = mosaic.normal or _cross(row, column)
    across_mm = (mosaic.across - 1) * mosaic.columns / 2 * spacing_mm[1]
    down_mm = (mosaic.across - 1) * mosaic.rows / 2 * spacing_mm[0]
    along_mm = frame_index * (mosaic.spacing_mm or 0.0)
    x, y, z = (
        position[axis] + across_mm * row[axis] + down_mm * column[axis] + along_mm * normal[axis]
        for axis in range(3)
    )
    return x, y, z


def _slices(dataset: Dataset) -> int:
    written = _private(dataset, 0x0019, "SIEMENS MR HEADER", 0x0A)
    if isinstance(written, bytes) and len(written) == 2:
        # In an implicit syntax the element's type is not known.
        written = int.from_bytes(written, "little")
    if not isinstance(written, int):
        texts = _csa(dataset, "NumberOfImagesInMosaic")
        written = int(texts[0]) if texts and texts[0].isdecimal() else 0
    return written if 0 < written <= _MOST_SLICES else 0


def _normal(dataset: Dataset) -> tuple[float, float, float] | None:
    numbers = floats(list(_csa(dataset, "SliceNormalVector")), count=3)
    if numbers is None:
        return None
    length = math.hypot(*numbers)
    if not 0.9 < length < 1.1:
        return None
    return numbers[0] / length, numbers[1] / length, numbers[2] / length


def _csa(dataset: Dataset, name: str) -> tuple[str, ...]:
    data = _private(dataset, 0x0029, "SIEMENS CSA HEADER", 0x10)
    return _texts(data, name) if isinstance(data, bytes) else ()


@lru_cache(maxsize=8)
def _texts(data: bytes, name: str) -> tuple[str, ...]:
    """Read an entry; the same header is asked once for every slice."""
    return read_csa_texts(data, name)


def _private(dataset: Dataset, group: int, creator: str, element: int) -> object:
    try:
        return dataset.get_private_item(group, element, creator).value
    except KeyError:
        return None


def _cross(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )
