"""Image planes in patient coordinates: positions, orientation letters, slice order.

Patient coordinates grow to the patient's left (x), back (y) and head (z), in mm. Image points are (x, y) with x along
the columns; (0, 0) is the centre of the first pixel.

References
----------
PS3.3 C.7.6.2 (Image Plane), C.7.6.1.1.1 (Patient Orientation), C.7.6.16.2.3 and .4 (plane position, orientation).
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group
from dicomkit.mosaic import is_mosaic, read_mosaic, slice_position
from dicomkit.pixels.numbers import finite_float, floats

Vector = tuple[float, float, float]

_LETTERS = (("L", "R"), ("P", "A"), ("H", "F"))
# Below about six degrees of tilt a further letter would only confuse.
_LETTER_THRESHOLD = 0.1
_PARALLEL = 0.999
_SAME_POSITION_MM = 0.01


@dataclass(frozen=True, slots=True)
class ImagePlane:
    """Where an image lies in the patient.

    `position` is the centre of the first pixel in mm; `row_direction` runs along a row (columns increase),
    `column_direction` along a column (rows increase), both of length 1.
    """

    position: Vector
    row_direction: Vector
    column_direction: Vector

    @property
    def normal(self) -> Vector:
        """Direction of the row crossed with that of the column."""
        return _cross(self.row_direction, self.column_direction)

    @property
    def slice_position_mm(self) -> float:
        """Signed distance of the plane from the origin along its normal."""
        return _dot(self.position, self.normal)

    def image_to_patient(self, x_image: float, y_image: float, *, spacing_mm: tuple[float, float]) -> Vector:
        """Return the patient coordinates of an image point.

        Parameters
        ----------
        x_image, y_image
            Column and row; fractions allowed.
        spacing_mm
            Row spacing (down) and column spacing (across), in the order of Pixel Spacing.

        References
        ----------
        PS3.3 equation C.7.6.2.1-1.
        """
        down, across = spacing_mm
        x, y, z = (
            origin + row * across * x_image + column * down * y_image
            for origin, row, column in zip(
                self.position, self.row_direction, self.column_direction, strict=True
            )
        )
        return x, y, z

    def patient_to_image(
        self, point: Vector, *, spacing_mm: tuple[float, float]
    ) -> tuple[float, float, float]:
        """Return (x, y) of a point projected onto the plane, and its signed distance from the plane in mm."""
        down, across = spacing_mm
        offset = (
            point[0] - self.position[0],
            point[1] - self.position[1],
            point[2] - self.position[2],
        )
        return (
            _dot(offset, self.row_direction) / across,
            _dot(offset, self.column_direction) / down,
            _dot(offset, self.normal),
        )


def read_image_plane(dataset: Dataset, *, frame_index: int = 0) -> ImagePlane | None:
    """Return the plane of a frame, or None when position or orientation is missing or makes no plane."""
    position_group = functional_group(dataset, "PlanePositionSequence", frame_index=frame_index)
    orientation_group = functional_group(dataset, "PlaneOrientationSequence", frame_index=frame_index)
    position = floats((position_group or dataset).get("ImagePositionPatient"), count=3)
    orientation = floats((orientation_group or dataset).get("ImageOrientationPatient"), count=6)
    if position is None or orientation is None:
        return None
    row, column = _unit(orientation[:3]), _unit(orientation[3:])
    if row is None or column is None or abs(_dot(row, column)) > 0.01:
        return None
    x, y, z = position
    if position_group is None and is_mosaic(dataset):
        return _mosaic_plane(dataset, frame_index, (x, y, z), row, column)
    if position_group is None and dataset.get("GridFrameOffsetVector") is not None:
        # PS3.3 C.8.8.3.2: the planes of an RT Dose lie at offsets along the normal of the first one.
        offset = _grid_offset(dataset, frame_index)
        x, y, z = (start + offset * step for start, step in zip(position, _cross(row, column), strict=True))
    return ImagePlane((x, y, z), row, column)


def _mosaic_plane(
    dataset: Dataset, frame_index: int, position: Vector, row: Vector, column: Vector
) -> ImagePlane | None:
    """Return the plane of a slice of an MR mosaic; None where it cannot be split: its position is that of no pixel."""
    mosaic = read_mosaic(dataset)
    spacing = floats(dataset.get("PixelSpacing"), count=2)
    if mosaic is None or spacing is None:
        return None
    first = slice_position(
        mosaic,
        frame_index,
        position=position,
        row=row,
        column=column,
        spacing_mm=(spacing[0], spacing[1]),
    )
    return ImagePlane(first, row, column)


def orientation_letters(direction: Sequence[float]) -> str:
    """Return up to three letters for a direction in the patient, the strongest first: "L", "AL", "HLA".

    Parameters
    ----------
    direction
        Of length 1, in patient coordinates.

    References
    ----------
    PS3.3 C.7.6.1.1.1: A anterior, P posterior, R right, L left, H head, F foot.
    """
    parts = sorted(
        ((abs(value), _LETTERS[axis][value < 0]) for axis, value in enumerate(direction)),
        key=lambda part: -part[0],
    )
    return "".join(letter for strength, letter in parts if strength > _LETTER_THRESHOLD)


def patient_orientation(dataset: Dataset, *, plane: ImagePlane | None) -> tuple[str, str] | None:
    """Return the letters towards which rows and columns run: from the plane, else Patient Orientation, else None."""
    if plane is not None:
        return orientation_letters(plane.row_direction), orientation_letters(plane.column_direction)
    value = dataset.get("PatientOrientation")
    if value is None or isinstance(value, str) or len(value) != 2:
        return None
    row, column = (str(letters).strip().upper() for letters in value)
    return (row, column) if row and column else None


def sort_images(planes: Sequence[ImagePlane | None], *, instance_numbers: Sequence[int | None]) -> list[int]:
    """Return the order in which to show the images of a series, as indices.

    By position along the common normal, when all images have a plane, are parallel and no two lie at the same
    position; in the direction in which instance numbers grow. Otherwise (several time points or echoes, a localizer,
    no geometry) by instance number, images without one last; ties keep their order.
    """
    by_number = sorted(range(len(planes)), key=lambda index: (_number_key(instance_numbers[index]), index))
    known = [plane for plane in planes if plane is not None]
    if len(known) < 2 or len(known) != len(planes):
        return by_number
    normal = known[0].normal
    if any(_dot(plane.normal, normal) < _PARALLEL for plane in known):
        return by_number
    positions = [_dot(plane.position, normal) for plane in known]
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    if any(
        positions[after] - positions[before] < _SAME_POSITION_MM
        for before, after in itertools.pairwise(order)
    ):
        return by_number
    # The first and the last number decide; without numbers the stack runs along the normal.
    is_reversed = positions[by_number[0]] > positions[by_number[-1]] and None not in instance_numbers
    return order[::-1] if is_reversed else order


def _number_key(number: int | None) -> tuple[bool, int]:
    return number is None, number or 0


def _grid_offset(dataset: Dataset, frame_index: int) -> float:
    offsets = floats(dataset.get("GridFrameOffsetVector")) or []
    if frame_index >= len(offsets):
        return 0.0
    return finite_float(offsets[frame_index] - offsets[0]) or 0.0


def _unit(vector: Sequence[float]) -> Vector | None:
    length = math.sqrt(sum(value * value for value in vector))
    if length < 0.5:
        return None
    return vector[0] / length, vector[1] / length, vector[2] / length


def _dot(first: Vector, second: Vector) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def _cross(first: Vector, second: Vector) -> Vector:
    return (
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
    )
