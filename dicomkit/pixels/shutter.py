"""Display shutters: what of an image is covered, because it lies outside of the collimator or is burnt in text.

References
----------
PS3.3 C.7.6.11 (Display Shutter), C.7.6.15 (Bitmap Display Shutter), C.8.19.6.14 (Frame Display Shutter).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.numbers import first_float, first_int, floats
from dicomkit.pixels.overlays import OverlayPlane, read_overlays

_MAX_VERTICES = 10_000


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Rows and columns between the edges are shown, the edges included; 1 is the first."""

    left: float
    right: float
    upper: float
    lower: float


@dataclass(frozen=True, slots=True)
class Circle:
    """Pixels whose centre is at most `radius` from the centre are shown; the radius is counted in columns."""

    center_row: float
    center_column: float
    radius: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """Pixels inside of the closed line through the vertices, (row, column), and on it, are shown."""

    vertices: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shutter:
    """The shapes of a shutter: only what is inside of all of them is shown.

    `presentation_value` is the grey to cover the rest with, a P-Value from 0 to 65535; 0 where the file says nothing.
    `bitmap` covers the image where its bits are set.
    """

    shapes: tuple[Rectangle | Circle | Polygon, ...]
    bitmap: OverlayPlane | None = None
    presentation_value: int = 0

    @property
    def grey(self) -> int:
        """The presentation value as grey from 0 to 255."""
        return (self.presentation_value * 255 + 0x7FFF) // 0xFFFF


def read_shutter(dataset: Dataset, *, frame_index: int = 0) -> Shutter | None:
    """Return the shutter of a frame of an image, or of a presentation state; None where there is none.

    A shape without its numbers is left out.

    Parameters
    ----------
    frame_index
        0-based; an enhanced object may have a shutter for each frame.

    Raises
    ------
    MalformedAttributeError
    """
    with refuse_malformed_values():
        group = functional_group(dataset, "FrameDisplayShutterSequence", frame_index=frame_index)
        source = group if group is not None else dataset
        names = source.get("ShutterShape") or ()
        names = {names} if isinstance(names, str) else set(names)
        shapes = tuple(shape for name in sorted(names) if (shape := _read_shape(source, name)) is not None)
        bitmap = _read_bitmap(source, dataset, frame_index) if "BITMAP" in names else None
        if not shapes and bitmap is None:
            return None
        value = first_int(source.get("ShutterPresentationValue"), default=0)
        return Shutter(shapes, bitmap, min(max(value, 0), 0xFFFF))


def shutter_mask(
    shutter: Shutter, rows: int, columns: int, *, pixel_aspect_ratio: tuple[float, float] = (1.0, 1.0)
) -> NDArray[np.bool_]:
    """Return what the shutter covers of an image: bool, (rows, columns).

    Parameters
    ----------
    pixel_aspect_ratio
        Height and width of a pixel, in any unit. A circle is one on the screen, also where pixels are not square.
    """
    covered = np.zeros((rows, columns), np.bool_)
    for shape in shutter.shapes:
        match shape:
            case Rectangle():
                covered |= ~_inside_rectangle(shape, rows, columns)
            case Circle():
                covered |= ~_inside_circle(shape, rows, columns, pixel_aspect_ratio)
            case Polygon():
                covered |= ~_inside_polygon(shape, rows, columns)
    if shutter.bitmap is not None:
        covered |= shutter.bitmap.placed(rows, columns)
    return covered


def _read_shape(source: Dataset, name: str) -> Rectangle | Circle | Polygon | None:
    if name == "RECTANGULAR":
        edges = [
            first_float(source.get(f"Shutter{edge}Edge"))
            for edge in ("LeftVertical", "RightVertical", "UpperHorizontal", "LowerHorizontal")
        ]
        given = [edge for edge in edges if edge is not None]
        return Rectangle(*given) if len(given) == len(edges) else None
    if name == "CIRCULAR":
        center = floats(source.get("CenterOfCircularShutter"), count=2)
        radius = first_float(source.get("RadiusOfCircularShutter"))
        return Circle(center[0], center[1], radius) if center is not None and radius is not None else None
    if name == "POLYGONAL":
        numbers = floats(source.get("VerticesOfThePolygonalShutter")) or []
        vertices = tuple(zip(numbers[0::2], numbers[1::2], strict=False))
        return Polygon(vertices) if 3 <= len(vertices) <= _MAX_VERTICES else None
    return None


def _read_bitmap(source: Dataset, dataset: Dataset, frame_index: int) -> OverlayPlane | None:
    group = first_int(source.get("ShutterOverlayGroup"), default=0)
    planes = read_overlays(dataset, frame_index=frame_index)
    return next((plane for plane in planes if plane.group == group), None)


def _centres(count: int) -> NDArray[np.float64]:
    """Return the places of pixels as the standard counts them: the first is 1."""
    return np.arange(1, count + 1, dtype=np.float64)


def _inside_rectangle(shape: Rectangle, rows: int, columns: int) -> NDArray[np.bool_]:
    row, column = _centres(rows)[:, None], _centres(columns)[None, :]
    is_between: NDArray[np.bool_] = (
        (row >= shape.upper) & (row <= shape.lower) & (column >= shape.left) & (column <= shape.right)
    )
    return is_between


def _inside_circle(
    shape: Circle, rows: int, columns: int, pixel_aspect_ratio: tuple[float, float]
) -> NDArray[np.bool_]:
    height, width = pixel_aspect_ratio
    down = (_centres(rows) - shape.center_row) * (height / width)
    across = _centres(columns) - shape.center_column
    is_near: NDArray[np.bool_] = down[:, None] ** 2 + across[None, :] ** 2 <= shape.radius**2
    return is_near


def _inside_polygon(shape: Polygon, rows: int, columns: int) -> NDArray[np.bool_]:
    """Fill between the crossings of each row of pixel centres with the sides, by the even-odd rule.

    A side counts for a row once with its upper and once with its lower end: that puts horizontal sides and corners
    inside, whichever way the line runs.
    """
    ends = np.asarray(shape.vertices, np.float64)
    inside = np.zeros((rows, columns), np.bool_)
    for index, row in enumerate(_centres(rows)):
        for has_upper_end in (True, False):
            crossings = _crossings(ends, row, has_upper_end=has_upper_end)
            for left, right in zip(crossings[0::2], crossings[1::2], strict=True):
                first, last = max(0, int(np.ceil(left)) - 1), max(0, int(np.floor(right)))
                inside[index, first:last] = True
    return inside


def _crossings(ends: NDArray[np.float64], row: float, *, has_upper_end: bool) -> list[float]:
    """Return the columns where the sides cross a row, from left to right; they are even in number."""
    following = np.roll(ends, -1, axis=0)
    top, bottom = np.minimum(ends[:, 0], following[:, 0]), np.maximum(ends[:, 0], following[:, 0])
    meets = (top <= row) & (row < bottom) if has_upper_end else (top < row) & (row <= bottom)
    start, end = ends[meets], following[meets]
    share = (row - start[:, 0]) / (end[:, 0] - start[:, 0])
    return [float(column) for column in np.sort(start[:, 1] + share * (end[:, 1] - start[:, 1]))]
