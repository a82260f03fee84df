"""The middle of a whole slide put together of the frames that pydicom decodes, by the numbers of the header alone."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.packing import PackedFrame
from dicomkit.slide import is_slide
from dicomkit.slide_region import SlideLevel, slide_tile
from dicomkit.tiles import TileRectangle
from tests.conformance.judges import pydicom_frame, pydicom_header

_REGION = 512


def slide_difference(path: Path, source: FrameSource) -> float | None:
    """Return how far our part of a slide in the middle of its matrix is from the judge's; None for other objects."""
    if not is_slide(source.dataset) or source.dataset.get("DimensionOrganizationType") != "TILED_FULL":
        return None
    header = pydicom_header(path)
    rows, columns = header.TotalPixelMatrixRows, header.TotalPixelMatrixColumns
    top, left = max(0, rows // 2 - _REGION // 2), max(0, columns // 2 - _REGION // 2)
    area = TileRectangle(top, left, min(_REGION, rows - top), min(_REGION, columns - left))
    judged = _assembled(path, header, area)
    if judged is None:
        return None
    part = slide_tile(SlideLevel(source), 0, area, level_rows=rows, level_columns=columns)
    ours = part.values if isinstance(part, PackedFrame) else part
    return float(np.abs(ours.astype(np.float64) - judged).max())


def _assembled(path: Path, header: Any, area: TileRectangle) -> NDArray[Any] | None:
    """Take each pixel of the area from the frame that holds it, counted from the first: rows of tiles, one by one."""
    across = -(-header.TotalPixelMatrixColumns // header.Columns)
    frames: dict[int, NDArray[Any]] = {}
    lines = []
    for row in range(area.row, area.row + area.rows):
        pieces = []
        for tile_column in range(
            area.column // header.Columns, (area.column + area.columns - 1) // header.Columns + 1
        ):
            number = row // header.Rows * across + tile_column
            if number not in frames:
                frame = pydicom_frame(path, frame_index=number)
                if frame is None:
                    return None
                frames[number] = frame
            pieces.append(frames[number][row % header.Rows])
        start = area.column % header.Columns
        lines.append(np.concatenate(pieces)[start : start + area.columns])
    return np.stack(lines)
