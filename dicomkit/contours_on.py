"""The contours of a structure set in the columns and rows of an image.

References
----------
PS3.3 C.8.8.6 (ROI Contour), C.8.8.6.3 (Contour Image Sequence), equation C.7.6.2.1-1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicomkit.geometry import ImagePlane
from dicomkit.placed_image import PlacedImage
from dicomkit.structure_set import Contour, ContourType, StructureSet

_DEFAULT_THICKNESS_MM = 3.0
# Contours of one plane may differ by so much, as coordinates are written with few digits.
_SAME_PLANE_MM = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class PlacedContour:
    """A contour on an image.

    Attributes
    ----------
    place
        0-based place of its ROI in the list.
    points
        float64, (points, 2): columns and rows, 0, 0 the outer corner of the first pixel. A closed contour ends where
        it began.
    """

    place: int
    kind: ContourType
    points: NDArray[np.float64]


def contours_on(structure_set: StructureSet, image: PlacedImage) -> tuple[PlacedContour, ...]:
    """Return the contours that belong on an image, in the order of the object.

    Those that name the image and lie in its slice; on an image that the object does not speak of, and for contours
    that name none, those of each ROI in the plane that is nearest, if it lies within half a slice.
    """
    if image.plane is None or image.spacing_mm is None or not structure_set.contours:
        return ()
    half_mm = (image.slice_thickness_mm or _DEFAULT_THICKNESS_MM) / 2
    distances = _distances(structure_set, image.plane)
    is_known = image.sop_instance_uid in structure_set.known_images
    named: list[int] = []
    near: dict[int, list[int]] = {}
    for index, contour in enumerate(structure_set.contours):
        place = structure_set.place_of.get(contour.roi_number)
        if place is None:
            continue
        if is_known and contour.references:
            # An object may name all images for every contour; such a name says nothing.
            if image.is_named_by(contour.references) and distances[index] <= 2 * half_mm:
                named.append(index)
        elif distances[index] <= half_mm and image.is_in(structure_set.rois[place].frame_of_reference_uid):
            near.setdefault(place, []).append(index)
    chosen = sorted([*named, *(index for found in near.values() for index in _nearest(found, distances))])
    return tuple(_placed(structure_set, structure_set.contours[index], image) for index in chosen)


def _distances(structure_set: StructureSet, plane: ImagePlane) -> NDArray[np.float64]:
    """Return how far the farthest point of each contour lies from the plane, in mm."""
    away = np.abs(structure_set.all_points @ np.array(plane.normal) - plane.slice_position_mm)
    return np.asarray(np.maximum.reduceat(away, structure_set.starts), np.float64)


def _nearest(indexes: list[int], distances: NDArray[np.float64]) -> list[int]:
    limit = min(distances[index] for index in indexes) + _SAME_PLANE_MM
    return [index for index in indexes if distances[index] <= limit]


def _placed(structure_set: StructureSet, contour: Contour, image: PlacedImage) -> PlacedContour:
    assert image.plane is not None and image.spacing_mm is not None
    down_mm, across_mm = image.spacing_mm
    offsets = contour.points - np.array(image.plane.position)
    columns = offsets @ np.array(image.plane.row_direction) / across_mm + 0.5
    rows = offsets @ np.array(image.plane.column_direction) / down_mm + 0.5
    points = np.stack([columns, rows], axis=1)
    if contour.kind in (ContourType.CLOSED_PLANAR, ContourType.CLOSED_PLANAR_XOR):
        points = np.concatenate([points, points[:1]])
    return PlacedContour(structure_set.place_of[contour.roi_number], contour.kind, points)
