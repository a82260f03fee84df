"""Whole slides: one large image that is stored as a mosaic of frames.

References
----------
PS3.3 A.32.8 (VL Whole Slide Microscopy Image), C.8.12.4 (its Image module), C.8.12.6.1 (Plane Position (Slide)),
C.7.6.17.3 (spatial location of tiles, Dimension Organization Type); C.8.12.4.1.1 (VOLUME, LABEL, OVERVIEW, THUMBNAIL).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.bounds import FRAMES_LIMIT
from dicomkit.functional_groups import first_item, functional_group
from dicomkit.graphics import lab_to_rgb
from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import items_of
from dicomkit.pixels.numbers import first_float, floats
from dicomkit.tiles import TileRectangle

WHOLE_SLIDE_IMAGE = "1.2.840.10008.5.1.4.1.1.77.1.6"
# Pixels along a side; ten times the largest scanner's. More is a damaged header.
MOST_PIXELS_ALONG = 2_000_000
_FLAVOURS = ("VOLUME", "LABEL", "OVERVIEW", "THUMBNAIL")
_WHITE = (255, 255, 255)
# Heights of one focal plane differ in the last digits from level to level, mm.
_HEIGHT_DIGITS = 5


@dataclass(frozen=True, slots=True)
class SlidePicture:
    """One picture of the slide: through one optical path, focussed at one height. Path is its identifier."""

    path: str
    path_name: str
    height_mm: float


@dataclass(frozen=True, eq=False)
class SlideMatrix:
    """How the frames of one object make up a large image.

    Attributes
    ----------
    rows, columns
        Of the total pixel matrix.
    tile_rows, tile_columns
        Of a frame.
    flavour
        VOLUME, LABEL, OVERVIEW or THUMBNAIL.
    group
        The same for objects that are levels of one pyramid.
    places
        Of a sparse matrix: (frames, 3) of the 0-based picture, column and row of the first pixel of each frame. None
        where every tile is there, in the order of the standard.
    background
        RGB of what was not scanned.
    """

    rows: int
    columns: int
    tile_rows: int
    tile_columns: int
    flavour: str
    group: str
    pictures: tuple[SlidePicture, ...]
    places: NDArray[np.int64] | None
    background: tuple[int, int, int]
    spacing_mm: tuple[float, float] | None

    def frames_touching(self, picture_index: int, area: TileRectangle) -> list[tuple[int, int, int]]:
        """Return (0-based frame, column, row) of the frames of a picture that touch an area of the matrix."""
        if self.places is None:
            return self._regular(picture_index, area)
        picture, column, row = self.places.T
        touches = (picture == picture_index) & (column < area.column + area.columns)
        touches &= (column + self.tile_columns > area.column) & (row < area.row + area.rows)
        touches &= row + self.tile_rows > area.row
        return [(int(index), int(column[index]), int(row[index])) for index in np.flatnonzero(touches)]

    def _regular(self, picture_index: int, area: TileRectangle) -> list[tuple[int, int, int]]:
        across, down = -(-self.columns // self.tile_columns), -(-self.rows // self.tile_rows)
        first = picture_index * across * down
        last_row = min(down, -(-(area.row + area.rows) // self.tile_rows))
        last_column = min(across, -(-(area.column + area.columns) // self.tile_columns))
        return [
            (first + row * across + column, column * self.tile_columns, row * self.tile_rows)
            for row in range(area.row // self.tile_rows, last_row)
            for column in range(area.column // self.tile_columns, last_column)
        ]


def is_slide(dataset: Dataset) -> bool:
    """Tell whether an object is a part of a slide's pyramid, or the picture of its label.

    A part of a concatenation is not: its frames alone are no image.
    """
    return (
        str(dataset.get("SOPClassUID") or "").strip() == WHOLE_SLIDE_IMAGE
        and not dataset.get("ConcatenationUID")
        and all(
            0 < (whole_number(dataset, keyword) or 0) <= MOST_PIXELS_ALONG
            for keyword in ("TotalPixelMatrixRows", "TotalPixelMatrixColumns", "Rows", "Columns")
        )
    )


def read_slide(dataset: Dataset) -> SlideMatrix | None:
    """Read how the frames of a slide lie; None for an object that is no slide. 30 µs a frame of a sparse one."""
    if not is_slide(dataset):
        return None
    frames = min(max(1, whole_number(dataset, "NumberOfFrames") or 1), FRAMES_LIMIT)
    paths = _optical_paths(dataset)
    pictures, places = (
        _sparse(dataset, paths, frames) if _is_sparse(dataset) else (_full(dataset, paths), None)
    )
    measures = functional_group(dataset, "PixelMeasuresSequence")
    spacing = floats(measures.get("PixelSpacing"), count=2) if measures is not None else None
    return SlideMatrix(
        rows=whole_number(dataset, "TotalPixelMatrixRows") or 0,
        columns=whole_number(dataset, "TotalPixelMatrixColumns") or 0,
        tile_rows=whole_number(dataset, "Rows") or 0,
        tile_columns=whole_number(dataset, "Columns") or 0,
        flavour=_flavour(dataset),
        group=_group(dataset),
        pictures=pictures,
        places=places,
        background=_background(dataset),
        spacing_mm=(spacing[0], spacing[1]) if spacing and min(spacing) > 0 else None,
    )


def slide_attributes(matrix: SlideMatrix) -> dict[str, Any]:
    """Return what a viewer needs to know of a slide before it has a pixel, as JSON-able values."""
    return {
        "rows": matrix.rows,
        "columns": matrix.columns,
        "tile_pixels": matrix.tile_rows * matrix.tile_columns,
        "flavour": matrix.flavour,
        "group": matrix.group,
        "pictures": [[one.path, one.path_name, one.height_mm] for one in matrix.pictures],
        "pixel_spacing_mm": list(matrix.spacing_mm) if matrix.spacing_mm else None,
    }


def _is_sparse(dataset: Dataset) -> bool:
    organization = clean_text(dataset, "DimensionOrganizationType", 16)
    if organization in {"TILED_FULL", "TILED_SPARSE"}:
        return organization == "TILED_SPARSE"
    return functional_group(dataset, "PlanePositionSlideSequence") is not None


def _flavour(dataset: Dataset) -> str:
    words = dataset.get("ImageType") or ()
    found = (word for word in _FLAVOURS if not isinstance(words, str) and word in words)
    # An object of one tile that says nothing is of the tissue like any other.
    return next(found, "VOLUME")


def _group(dataset: Dataset) -> str:
    """Name what belongs together: by the scanner's own word, else by the place that was scanned."""
    return clean_text(dataset, "PyramidUID", 64) or "/".join(
        clean_text(dataset, keyword, 64) for keyword in ("FrameOfReferenceUID", "ContainerIdentifier")
    )


def _optical_paths(dataset: Dataset) -> dict[str, str]:
    paths = {
        clean_text(item, "OpticalPathIdentifier", 16): clean_text(item, "OpticalPathDescription", 64)
        for item in items_of(dataset, "OpticalPathSequence")
    }
    return paths or {"": ""}


def _full(dataset: Dataset, paths: dict[str, str]) -> tuple[SlidePicture, ...]:
    """Return the pictures of a full matrix: optical paths vary slowest, focal planes next (PS3.3 C.7.6.17.3)."""
    planes = min(max(1, whole_number(dataset, "TotalPixelMatrixFocalPlanes") or 1), FRAMES_LIMIT)
    count = max(1, whole_number(dataset, "NumberOfOpticalPaths") or len(paths))
    named = list(paths.items())[:count]
    measures = functional_group(dataset, "PixelMeasuresSequence")
    step_mm = (first_float(measures.get("SpacingBetweenSlices")) if measures is not None else None) or 0.001
    origin = first_item(dataset, "TotalPixelMatrixOriginSequence")
    lowest = (
        first_float(origin.get("ZOffsetInSlideCoordinateSystem")) if origin is not None else None
    ) or 0.0
    return tuple(
        SlidePicture(path, name, round(lowest + plane * step_mm, _HEIGHT_DIGITS))
        for path, name in named
        for plane in range(planes)
    )


def _sparse(
    dataset: Dataset, paths: dict[str, str], frames: int
) -> tuple[tuple[SlidePicture, ...], NDArray[np.int64]]:
    """Return the pictures of a sparse matrix, and where each frame lies in which of them."""
    found = [_place(dataset, index, next(iter(paths))) for index in range(frames)]
    order = list(paths)
    keys = sorted(
        {(path, height) for path, height, _, _ in found},
        key=lambda key: (order.index(key[0]) if key[0] in paths else len(order), key),
    )
    number = {key: index for index, key in enumerate(keys)}
    places = np.array([(number[path, height], column, row) for path, height, column, row in found], np.int64)
    return tuple(SlidePicture(path, paths.get(path, ""), height) for path, height in keys), places


def _place(dataset: Dataset, frame_index: int, first_path: str) -> tuple[str, float, int, int]:
    position = functional_group(dataset, "PlanePositionSlideSequence", frame_index=frame_index)
    identification = functional_group(dataset, "OpticalPathIdentificationSequence", frame_index=frame_index)
    path = (
        clean_text(identification, "OpticalPathIdentifier", 16) if identification is not None else first_path
    )
    if position is None:
        # A frame that does not say where it lies is nowhere: far outside of every matrix.
        return path, 0.0, -2 * MOST_PIXELS_ALONG, -2 * MOST_PIXELS_ALONG
    height = first_float(position.get("ZOffsetInSlideCoordinateSystem")) or 0.0
    column = whole_number(position, "ColumnPositionInTotalImagePixelMatrix")
    row = whole_number(position, "RowPositionInTotalImagePixelMatrix")
    return (
        path,
        round(height, _HEIGHT_DIGITS),
        (1 if column is None else column) - 1,
        (1 if row is None else row) - 1,
    )


def _background(dataset: Dataset) -> tuple[int, int, int]:
    lab = floats(dataset.get("RecommendedAbsentPixelCIELabValue"), count=3)
    return lab_to_rgb((lab[0], lab[1], lab[2])) if lab else _WHITE
