"""A segmentation as a bitmap of an image: which segment each of its pixels lies in.

References
----------
PS3.3 C.8.20.2 and C.8.20.3 (segmentation), C.7.6.16.2.12 (derivation image), equation C.7.6.2.1-1.
"""

from collections.abc import Callable, Collection
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicomkit.errors import InvalidSegmentationError
from dicomkit.geometry import ImagePlane
from dicomkit.placed_image import PlacedImage
from dicomkit.segmentation import Segmentation, SegmentationFrame, SegmentationType

# No detector has more.
_MOST_PIXELS = 2**26
_PARALLEL = 0.999
_SAME_PLACE_MM = 0.01
_DEFAULT_THICKNESS_MM = 1.0
# The lattice of pixels is the same where no corner lies further off than this share of a pixel.
_SAME_PIXEL = 0.5
# A centre between two pixels belongs to the latter, whichever way rounding errors point.
_HALF_PIXEL = 0.5 + 1e-6


def segments_on(
    segmentation: Segmentation,
    image: PlacedImage,
    *,
    stored_frame: Callable[[int], NDArray[Any]],
    hidden: Collection[int] = (),
) -> NDArray[np.uint8]:
    """Return a bitmap of an image: 0, or 1 + the place of the segment in the list that each pixel lies in.

    A segment lies over those before it in the list. A fraction counts from half of the largest one on. Where the
    grids differ, a pixel has what is marked at its centre.

    Parameters
    ----------
    stored_frame
        Stored values of a frame of the segmentation by its 0-based index; called for those that matter only.
    hidden
        0-based places of segments that are left out, so that what lies below them is seen.

    Returns
    -------
    uint8, (rows, columns) of the image.

    Raises
    ------
    InvalidSegmentationError
        The image is too large for a bitmap.
    DicomKitError
        What `stored_frame` raises.
    """
    if image.rows * image.columns > _MOST_PIXELS:
        raise InvalidSegmentationError("The image is too large to show a segmentation on it.")
    bitmap = np.zeros((image.rows, image.columns), np.uint8)
    places = segmentation.place_of
    frames = sorted(frames_for(segmentation, image), key=lambda one: places.get(one.segment_number or 0, -1))
    # Frames of one grid become one bitmap first, as a plane may have a hundred segments.
    for grid, group in groupby(frames, key=lambda one: (one.plane, one.spacing_mm)):
        together = np.zeros((segmentation.rows, segmentation.columns), np.uint8)
        for frame in group:
            values = _values(segmentation, frame, stored_frame(frame.frame_index), hidden)
            if values is not None:
                np.copyto(together, values, where=values > 0)
        _lay_over(bitmap, together, grid, image, segmentation.frame_of_reference_uid)
    return bitmap


def frames_for(segmentation: Segmentation, image: PlacedImage) -> list[SegmentationFrame]:
    """Return the frames that belong on an image: those drawn on it, else those that lie where it does."""
    named = segmentation.frames_by_source.get(image.sop_instance_uid, [])
    drawn_on_it = [
        frame
        for frame in named
        if image.is_named_by(frame.sources) and _has_same_grid(segmentation, frame, image)
    ]
    if drawn_on_it:
        return drawn_on_it
    is_spoken_of = image.sop_instance_uid in segmentation.references and image.number_of_frames == 1
    if is_spoken_of and not named and segmentation.frames_by_source and _has_same_matrix(segmentation, image):
        # It was looked at and nothing was marked; a neighbour's mark must not reach over.
        return []
    return _frames_in_place(segmentation, image)


def _frames_in_place(segmentation: Segmentation, image: PlacedImage) -> list[SegmentationFrame]:
    """Return the frames of the nearest parallel plane, if the image lies within half a slice of it."""
    if not image.is_in(segmentation.frame_of_reference_uid) or not segmentation.frames:
        return []
    assert image.plane is not None
    normal = np.array(image.plane.normal)
    parallel = np.abs(segmentation.normals @ normal) > _PARALLEL
    along = (segmentation.positions - np.array(image.plane.position)) @ normal
    reach = _thickness_mm(segmentation, along[parallel], image) / 2 + _SAME_PLACE_MM
    distances = np.where(parallel, np.abs(along), np.inf)
    nearest = float(np.min(distances))
    if not nearest <= reach:
        return []
    chosen = np.nonzero(distances <= nearest + _SAME_PLACE_MM)[0]
    return [segmentation.frames[index] for index in chosen if segmentation.frames[index].spacing_mm]


def _thickness_mm(segmentation: Segmentation, along: NDArray[np.float64], image: PlacedImage) -> float:
    """Return the distance of the segmentation's planes: a thickness alone may say more than their distance is."""
    steps = np.diff(np.sort(along))
    steps = steps[steps > _SAME_PLACE_MM]
    written = segmentation.frames[0].thickness_mm or image.slice_thickness_mm or _DEFAULT_THICKNESS_MM
    return min(float(steps.min()), written) if len(steps) else written


def _has_same_matrix(segmentation: Segmentation, image: PlacedImage) -> bool:
    return (segmentation.rows, segmentation.columns) == (image.rows, image.columns)


def _has_same_grid(segmentation: Segmentation, frame: SegmentationFrame, image: PlacedImage) -> bool:
    """Tell whether pixel lies on pixel; where frame or image has no place, the same matrix must do."""
    if not _has_same_matrix(segmentation, image):
        return False
    if (
        frame.plane is None
        or frame.spacing_mm is None
        or not image.is_in(segmentation.frame_of_reference_uid)
    ):
        return True
    assert image.plane is not None and image.spacing_mm is not None
    half_mm = (frame.thickness_mm or image.slice_thickness_mm or _DEFAULT_THICKNESS_MM) / 2
    for column, row in ((0, 0), (image.columns - 1, 0), (0, image.rows - 1)):
        point = image.plane.image_to_patient(column, row, spacing_mm=image.spacing_mm)
        x, y, away_mm = frame.plane.patient_to_image(point, spacing_mm=frame.spacing_mm)
        if max(abs(x - column), abs(y - row)) >= _SAME_PIXEL or abs(away_mm) > half_mm:
            return False
    return True


def _values(
    segmentation: Segmentation, frame: SegmentationFrame, stored: NDArray[Any], hidden: Collection[int]
) -> NDArray[np.uint8] | None:
    """Return a frame of the segmentation with 0, or 1 + the place of the segment; None where nothing is shown."""
    if segmentation.kind is SegmentationType.LABELMAP:
        shown = {number: place for number, place in segmentation.place_of.items() if place not in hidden}
        numbers, inverse = np.unique(stored, return_inverse=True)
        table = np.array([shown.get(int(number), -1) + 1 for number in numbers], np.uint8)
        return table[inverse].reshape(stored.shape)
    place = segmentation.place_of.get(frame.segment_number if frame.segment_number is not None else -1)
    if place is None or place in hidden:
        return None
    is_inside = stored.astype(np.float32) * 2 >= segmentation.maximum_fraction
    return np.where(is_inside, np.uint8(place + 1), np.uint8(0))


def _lay_over(
    bitmap: NDArray[np.uint8],
    values: NDArray[np.uint8],
    grid: tuple[ImagePlane | None, tuple[float, float] | None],
    image: PlacedImage,
    frame_of_reference_uid: str,
) -> None:
    plane, spacing_mm = grid
    if plane is not None and spacing_mm is not None and image.is_in(frame_of_reference_uid):
        assert image.plane is not None and image.spacing_mm is not None
        values = _moved(values, plane, spacing_mm, image, image.plane, image.spacing_mm)
    np.copyto(bitmap, values, where=values > 0)


def _moved(
    values: NDArray[np.uint8],
    plane: ImagePlane,
    spacing_mm: tuple[float, float],
    image: PlacedImage,
    image_plane: ImagePlane,
    image_spacing_mm: tuple[float, float],
) -> NDArray[np.uint8]:
    """Return the values at the centres of the image's pixels; the planes are parallel, so the way there is affine."""
    corners = [
        plane.patient_to_image(
            image_plane.image_to_patient(column, row, spacing_mm=image_spacing_mm), spacing_mm=spacing_mm
        )[:2]
        for column, row in ((0, 0), (1, 0), (0, 1))
    ]
    (x0, y0), across, down = corners[0], corners[1], corners[2]
    columns, rows = np.arange(image.columns), np.arange(image.rows)[:, None]
    moved = np.zeros((image.rows, image.columns), np.uint8)
    # A band of rows at a time, so that the coordinates of a large image do not take many times its size.
    band = max(1, 2**20 // max(1, image.columns))
    for start in range(0, image.rows, band):
        part = rows[start : start + band]
        x = np.floor(x0 + (across[0] - x0) * columns + (down[0] - x0) * part + _HALF_PIXEL)
        y = np.floor(y0 + (across[1] - y0) * columns + (down[1] - y0) * part + _HALF_PIXEL)
        inside = (x >= 0) & (x < values.shape[1]) & (y >= 0) & (y < values.shape[0])
        found = values[y[inside].astype(np.intp), x[inside].astype(np.intp)]
        moved[start : start + band][inside] = found
    return moved
