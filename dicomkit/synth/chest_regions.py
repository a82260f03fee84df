"""What programs and planners would mark on the demo's CT: lungs and nodule pixel by pixel, nodule and heart by contour."""

import math
from collections.abc import Iterator
from collections.abc import Sequence as Items

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.synth.chest_phantom import ChestPhantom, Nodule
from dicomkit.synth.modules import StudyAttributes
from dicomkit.synth.regions import DrawnROI, MarkedPlane, marked, segmentation, structure_set

_POINTS = 48
# The muscle of the heart as the phantom paints it: an ellipsoid, its long axis turned to the left and forwards.
_HEART_CENTRE = (16.0, -26.0, 116.0)
_HEART_HALF_AXES_MM = (64.9, 46.4, 55.6)
_HEART_TURN = math.atan2(-0.6, 0.8)
Contours = list[tuple[str, list[float], Dataset | None]]


def chest_regions(study: StudyAttributes, slices: Items[Dataset], nodule: Nodule) -> Iterator[Dataset]:
    """Yield a segmentation and a structure set of slices of `ct_chest_series`; their pixels are not needed."""
    phantom = ChestPhantom(nodule=nodule)
    frames = [frame for image in slices for frame in _frames(image, phantom, nodule)]
    yield segmentation(
        study,
        slices[0],
        frames,
        labels=("Lungs", "Nodule"),
        ContentDescription="Lungs and nodule",
        SegmentsOverlap="YES",
    )
    yield structure_set(
        study,
        slices[0],
        [
            DrawnROI(
                name="Nodule",
                contours=_ellipses(slices, nodule.centre, (nodule.radius_mm,) * 3, 0.0),
                interpreted_type="GTV",
                colour=(255, 209, 102),
            ),
            DrawnROI(
                name="Heart",
                contours=_ellipses(slices, _HEART_CENTRE, _HEART_HALF_AXES_MM, _HEART_TURN),
                colour=(77, 208, 225),
            ),
        ],
        StructureSetName="Nodule and heart",
    )


def _frames(image: Dataset, phantom: ChestPhantom, nodule: Nodule) -> Iterator[MarkedPlane]:
    left, top, z_mm = (float(number) for number in image.ImagePositionPatient)
    down_mm, across_mm = (float(number) for number in image.PixelSpacing)
    x_mm = (left + np.arange(image.Columns) * across_mm).astype(np.float32)
    y_mm = (top + np.arange(image.Rows) * down_mm).astype(np.float32)
    for number, mask in (
        (1, phantom.lungs(z_mm, x_mm=x_mm, y_mm=y_mm)),
        (2, _ball(nodule, x_mm, y_mm, z_mm)),
    ):
        if mask.any():
            yield marked(image, mask, segment_number=number)


def _ball(
    nodule: Nodule, x_mm: NDArray[np.float32], y_mm: NDArray[np.float32], z_mm: float
) -> NDArray[np.bool_]:
    across, down = x_mm[None, :] - nodule.centre[0], y_mm[:, None] - nodule.centre[1]
    return np.asarray(across**2 + down**2 + (z_mm - nodule.centre[2]) ** 2 < nodule.radius_mm**2)


def _ellipses(
    slices: Items[Dataset],
    centre: tuple[float, float, float],
    half_axes_mm: tuple[float, ...],
    turn: float,
) -> Contours:
    """Return the outlines of an ellipsoid, turned around the long axis of the body, on the slices that cut it."""
    found: Contours = []
    for image in slices:
        z_mm = float(image.ImagePositionPatient[2])
        share = 1 - ((z_mm - centre[2]) / half_axes_mm[2]) ** 2
        if share <= 0:
            continue
        points: list[float] = []
        for step in range(_POINTS):
            angle = 2 * math.pi * step / _POINTS
            along = half_axes_mm[0] * math.sqrt(share) * math.cos(angle)
            across = half_axes_mm[1] * math.sqrt(share) * math.sin(angle)
            x = centre[0] + along * math.cos(turn) - across * math.sin(turn)
            y = centre[1] + along * math.sin(turn) + across * math.cos(turn)
            points += [x, y, z_mm]
        found.append(("CLOSED_PLANAR", points, image))
    return found
