"""Where the voxels of a stack of slices lie in the patient, also when it is tilted, irregular or has gaps.

A point of the stack has a column and a row, in voxels, and a position in mm along the normal of the slices, counted
from the first slice. Slices may be shifted against each other in proportion to that position (a tilted gantry).

References
----------
PS3.3 C.7.6.2 (Image Plane), equation C.7.6.2.1-1; C.8.2.1 (Gantry/Detector Tilt).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicomkit.geometry import ImagePlane, Vector

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class VolumeGeometry:
    """A stack of parallel slices of one size.

    Attributes
    ----------
    plane
        Of the first slice.
    spacing_mm
        Row spacing (down) and column spacing (across), in the order of Pixel Spacing.
    positions_mm
        Of each slice along the normal, rising, the first 0.
    slice_spacing_mm
        Of the even grid that planes parallel to the slices lie on; the distance of the slices where they are regular.
    is_regular
        All slices lie on that grid, and all places of the grid have a slice.
    shear
        Shift along the rows and along the columns, in mm for each mm along the normal; (0, 0) without a tilt.
    gaps
        Indexes of the slices that are followed by a gap.
    """

    plane: ImagePlane
    spacing_mm: tuple[float, float]
    rows: int
    columns: int
    positions_mm: tuple[float, ...]
    slice_spacing_mm: float
    is_regular: bool = True
    shear: tuple[float, float] = (0.0, 0.0)
    gaps: tuple[int, ...] = ()
    frame_of_reference_uid: str = ""

    @property
    def slices(self) -> int:
        """How many slices there are."""
        return len(self.positions_mm)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of an array of the voxels: (slices, rows, columns)."""
        return self.slices, self.rows, self.columns

    @property
    def matrix(self) -> Floats:
        """(3, 3): takes (column, row, mm along the normal) to patient coordinates relative to the first voxel."""
        row, column, normal = (
            np.array(vector)
            for vector in (self.plane.row_direction, self.plane.column_direction, self.plane.normal)
        )
        down, across = self.spacing_mm
        return np.column_stack(
            (row * across, column * down, normal + row * self.shear[0] + column * self.shear[1])
        )

    @property
    def tilt_degrees(self) -> float:
        """Angle between the normal of the slices and the direction in which they are stacked."""
        return math.degrees(math.atan(math.hypot(*self.shear)))

    @property
    def corners_patient(self) -> Floats:
        """(8, 3): the centres of the outermost voxels."""
        ends = np.array(
            [
                (column, row, position)
                for column in (0, self.columns - 1)
                for row in (0, self.rows - 1)
                for position in (0.0, self.positions_mm[-1])
            ]
        )
        corners: Floats = ends @ self.matrix.T + np.array(self.plane.position)
        return corners

    def voxel_to_patient(self, column: float, row: float, slice_index: int) -> Vector:
        """Return the patient coordinates of a voxel's centre."""
        inside = np.array((column, row, self.positions_mm[slice_index]))
        x, y, z = (self.matrix @ inside + np.array(self.plane.position)).tolist()
        return x, y, z

    def patient_to_voxel(self, point: Vector) -> tuple[float, float, float]:
        """Return column, row and slice of a point, with fractions; the slice is the nearest end outside of the stack."""
        offset = np.array(point) - np.array(self.plane.position)
        column, row, position = np.linalg.solve(self.matrix, offset).tolist()
        return column, row, float(self.slice_coordinates(np.array([position]))[0][0])

    def slice_coordinates(self, positions_mm: NDArray[np.floating]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the slices at positions along the normal, with fractions, and where there is none.

        Half a slice spacing beyond the ends, and into a gap, belongs to the slice there.
        """
        half = self.slice_spacing_mm / 2
        last = self.positions_mm[-1]
        is_missing = (positions_mm < -half) | (positions_mm > last + half)
        if self.is_regular:
            within = np.clip(positions_mm, 0.0, last)
            return within / self.slice_spacing_mm, is_missing
        known, indexes = list(self.positions_mm), [float(index) for index in range(self.slices)]
        for index in reversed(self.gaps):
            before, after = self.positions_mm[index], self.positions_mm[index + 1]
            known[index + 1 : index + 1] = [before + half, after - half]
            indexes[index + 1 : index + 1] = [float(index), float(index + 1)]
            is_missing |= (positions_mm > before + half) & (positions_mm < after - half)
        return np.interp(positions_mm, known, indexes), is_missing
