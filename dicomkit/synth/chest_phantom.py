"""A chest made of formulas: Hounsfield units at any point, the same for CT slices and for projections.

Coordinates are those of a patient in mm: x to the left, y to the back, z to the head, the origin in the middle of the
chest. Nothing is taken from a person: shapes are ellipses, tubes and domes, sizes are textbook averages.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dicomkit.synth.vessels import Tube, clavicles, great_vessels, lung_trees, paint_tubes, paint_vessels

Plane = NDArray[np.float32]

AIR_HU, FAT_HU, MUSCLE_HU, BLOOD_HU = -1000.0, -98.0, 52.0, 175.0
RIB_SPACING_MM = 24.0

_LEVELS_MM = [-80, 0, 60, 150, 230, 268, 286, 302, 322, 350]
_HALF_WIDTH_MM = [150, 152, 162, 172, 171, 168, 148, 104, 68, 62]
_HALF_DEPTH_MM = [108, 106, 112, 116, 106, 95, 84, 74, 66, 62]


@dataclass(frozen=True)
class Nodule:
    """A rounded, slightly spiculated density in a lung: centre and radius in mm."""

    centre: tuple[float, float, float] = (-74.0, -22.0, 224.0)
    radius_mm: float = 9.0


@dataclass(frozen=True)
class ChestPhantom:
    """The anatomy of one person.

    Parameters
    ----------
    nodule
        None for a healthy chest.
    seed
        Chooses the branching of the lung vessels.
    is_standing
        Where the air of the stomach gathers: under the diaphragm, or in front when lying on the back.
    """

    nodule: Nodule | None = None
    seed: int = 7
    is_standing: bool = False
    _trees: list[Tube] = field(init=False, repr=False)
    _great: list[Tube] = field(init=False, repr=False)
    _clavicles: list[Tube] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_trees", lung_trees(self.seed))
        object.__setattr__(self, "_great", great_vessels(BLOOD_HU))
        object.__setattr__(self, "_clavicles", clavicles())

    def slice_hu(self, z_mm: float, *, x_mm: NDArray[np.float32], y_mm: NDArray[np.float32]) -> Plane:
        """Return Hounsfield units of the transverse plane at a height.

        Parameters
        ----------
        x_mm, y_mm
            Coordinates of the columns and of the rows, rising evenly.

        Returns
        -------
        float32, (len(y_mm), len(x_mm)), without noise; -1000 outside of the body.
        """
        x, y = x_mm[None, :].astype(np.float32), y_mm[:, None].astype(np.float32)
        half_width, half_depth, spine_y = _trunk(z_mm)
        hu, depth = _body_wall(x, y, half_width, half_depth, z_mm)
        inside, outside_mm = _cavity(x, y, half_width, half_depth, z_mm)
        lung = _lung(inside, x, y, spine_y, z_mm)
        _paint_cavity(hu, inside, lung, x, y, z_mm, self.is_standing)
        _paint_heart(hu, x, y, z_mm, inside)
        paint_tubes(hu, self._great, x_mm, y_mm, z_mm)
        if lung.any():
            paint_vessels(hu, self._trees, x_mm, y_mm, z_mm, lung & (hu < -500))
            if self.nodule is not None:
                _paint_nodule(hu, self.nodule, x, y, z_mm, lung)
        _paint_ribs(hu, x, y, outside_mm, depth, z_mm)
        _paint_spine(hu, x, y, spine_y, z_mm)
        _paint_shoulder_girdle(hu, x, y, half_depth, z_mm, depth)
        paint_tubes(hu, self._clavicles, x_mm, y_mm, z_mm)
        return hu

    def lungs(
        self, z_mm: float, *, x_mm: NDArray[np.float32], y_mm: NDArray[np.float32]
    ) -> NDArray[np.bool_]:
        """Return where the lungs are in the plane that `slice_hu` paints, vessels and nodule included."""
        x, y = x_mm[None, :].astype(np.float32), y_mm[:, None].astype(np.float32)
        half_width, half_depth, spine_y = _trunk(z_mm)
        inside, _ = _cavity(x, y, half_width, half_depth, z_mm)
        return _lung(inside, x, y, spine_y, z_mm)


def _trunk(z_mm: float) -> tuple[float, float, float]:
    """Return half the width and depth of the body at a height, and where its spine is."""
    # The mean over a range of heights rounds the corners of the table.
    near_mm = z_mm + np.linspace(-26, 26, 13)
    half_width = float(np.interp(near_mm, _LEVELS_MM, _HALF_WIDTH_MM).mean())
    half_depth = float(np.interp(near_mm, _LEVELS_MM, _HALF_DEPTH_MM).mean())
    return half_width, half_depth, half_depth - 62.0 + 5.0 * math.sin((z_mm - 40) / 90)


def _lung(inside: NDArray[np.bool_], x: Plane, y: Plane, spine_y: float, z_mm: float) -> NDArray[np.bool_]:
    return np.asarray(inside & (z_mm > _diaphragm(x, y)) & ~_mediastinum(x, y, spine_y, z_mm))


def _ellipse(x: Plane, y: Plane, centre: tuple[float, float], half: tuple[float, float]) -> Plane:
    """Return the squared normalised radius: below 1 inside of the ellipse."""
    return ((x - centre[0]) / half[0]) ** 2 + ((y - centre[1]) / half[1]) ** 2


def _along_ray(
    x: Plane, y: Plane, half: tuple[float, float], centre_y: float, power: float
) -> tuple[Plane, Plane]:
    """Return the normalised radius of a super-ellipse and the distance inwards from it along the ray, in mm."""
    dy = y - centre_y
    radius = (np.abs(x / half[0]) ** power + np.abs(dy / half[1]) ** power) ** (1 / power)
    radius = np.maximum(radius, 1e-3)
    return radius, (1 - radius) * np.hypot(x, dy) / radius


def _body_wall(x: Plane, y: Plane, half_width: float, half_depth: float, z_mm: float) -> tuple[Plane, Plane]:
    """Fill skin, fat and muscle; return the values and the depth under the skin in mm."""
    _, depth = _along_ray(x, y, (half_width, half_depth), 0.0, 2.5)
    # The furrow of the spine and the one between the pectoral muscles.
    furrow = 6.0 * np.exp(-((x / 16.0) ** 2))
    depth = depth - np.where(y > 0, furrow, 0.6 * furrow).astype(np.float32)
    angle = np.arctan2(np.abs(x), y)
    fat_mm = 9.0 + 5.0 * np.sin(angle) ** 2 + 3.0 * np.cos(3 * angle) + (4.0 if z_mm < 80 else 0.0)
    hu = np.full(depth.shape, AIR_HU, np.float32)
    hu[depth > 0] = 25.0
    hu[depth > 2.0] = FAT_HU
    hu[depth > fat_mm] = MUSCLE_HU
    # Fat planes between the layers of muscle make the wall look like one.
    seam = np.abs(depth - fat_mm - 9.0 - 2.0 * np.sin(5 * angle + z_mm / 40)) < 0.9
    hu[seam & (depth > fat_mm)] = -60.0
    # The armpits: fat between the pectoral muscles and those of the shoulder blade.
    side = _ellipse(np.abs(x), y, (half_width - 38.0, -4.0), (26.0, 34.0)) + ((z_mm - 236) / 38) ** 2
    hu[(side < 1) & (depth > 12)] = FAT_HU
    return hu, depth


def _cavity(
    x: Plane, y: Plane, half_width: float, half_depth: float, z_mm: float
) -> tuple[NDArray[np.bool_], Plane]:
    """Return what is inside of the rib cage, and the distance outwards from it in mm."""
    height = max(0.0, (z_mm - 165.0) / 122.0)
    dome = max(0.02, 1.0 - height**2) ** 0.42 if height < 1 else 0.02
    half = (max((half_width - 37.0) * dome, 2.0), max((half_depth - 27.0) * dome, 2.0))
    radius, inwards = _along_ray(x, y, half, 6.0, 2.3)
    return radius < 1, -inwards


def _diaphragm(x: Plane, y: Plane) -> Plane:
    """Return the height of the diaphragm's domes: higher on the right, falling to the back."""
    right = 92.0 - 60.0 * ((x + 72) / 74) ** 2
    left = 80.0 - 58.0 * ((x - 74) / 72) ** 2
    dome = np.where(x < 0, right, left) - 46.0 * ((y + 12) / 90) ** 2 - 0.12 * y
    return np.asarray(np.maximum(dome, 4.0), np.float32)


def _mediastinum(x: Plane, y: Plane, spine_y: float, z_mm: float) -> NDArray[np.bool_]:
    width = float(np.interp(z_mm, [60, 150, 185, 215, 260, 300], [30, 30, 34, 30, 33, 40]))
    middle = _ellipse(x, y, (1.0, 2.0), (width, 70.0)) < 1
    # In front the lungs nearly touch behind the sternum.
    front = (np.abs(x + 2) < 6.0) & (y < 0)
    back = _ellipse(x, y, (0.0, spine_y + 6), (31.0, 30.0)) < 1
    narrow = (y < -42) & (np.abs(x) > 7.0 + 0.14 * (y + 95)) & (z_mm > 165)
    return np.asarray((middle & ~narrow) | front | back)


def _paint_cavity(
    hu: Plane,
    inside: NDArray[np.bool_],
    lung: NDArray[np.bool_],
    x: Plane,
    y: Plane,
    z_mm: float,
    is_standing: bool,
) -> None:
    hu[inside] = FAT_HU
    if z_mm < 100:
        below = inside & ~lung
        liver = below & (x < 28.0 - 0.35 * (y + 20))
        hu[liver] = 108.0
        vein = np.sin(x / 11 + 2.2 * np.sin(y / 19 + z_mm / 27)) * np.cos(y / 15 - z_mm / 33)
        hu[liver & (vein > 0.93)] = 142.0
        hu[below & (_ellipse(x, y, (92.0, 38.0), (34.0, 40.0)) + ((z_mm - 40) / 42) ** 2 < 1)] = 122.0
        stomach = below & (_ellipse(x, y, (64.0, -30.0), (46.0, 40.0)) + ((z_mm - 34) / 42) ** 2 < 1)
        hu[stomach] = 18.0
        hu[stomach & ((y < -34) if not is_standing else np.full_like(y, z_mm > 46, bool))] = -960.0
    shade = -868.0 + 0.35 * y + 14.0 * np.sin(x / 17 + z_mm / 23) * np.cos(y / 13 - z_mm / 31)
    hu[lung] = np.broadcast_to(shade, hu.shape)[lung]


def _paint_heart(hu: Plane, x: Plane, y: Plane, z_mm: float, inside: NDArray[np.bool_]) -> None:
    if not 55 < z_mm < 180:
        return
    along, across = 0.8 * (x - 16) - 0.6 * (y + 26), 0.6 * (x - 16) + 0.8 * (y + 26)
    heart = (along / 70) ** 2 + (across / 50) ** 2 + ((z_mm - 116) / 60) ** 2
    hu[(heart < 1) & inside] = -75.0
    muscle = (heart < 0.86) & inside
    hu[muscle] = 98.0
    for centre, half, z_centre, z_half in (
        ((44.0, -40.0), (31.0, 20.0), 104.0, 38.0),
        ((2.0, -54.0), (36.0, 17.0), 112.0, 40.0),
        ((-26.0, -18.0), (21.0, 25.0), 124.0, 38.0),
        ((10.0, 6.0), (31.0, 17.0), 142.0, 24.0),
    ):
        dx, dy = x - centre[0], y - centre[1]
        chamber = ((0.8 * dx - 0.6 * dy) / half[0]) ** 2 + ((0.6 * dx + 0.8 * dy) / half[1]) ** 2
        hu[muscle & (chamber + ((z_mm - z_centre) / z_half) ** 2 < 1)] = BLOOD_HU - 8.0


def _paint_ribs(hu: Plane, x: Plane, y: Plane, outside_mm: Plane, depth: Plane, z_mm: float) -> None:
    wall = (outside_mm > -0.5) & (outside_mm < 10) & (depth > 9)
    if not wall.any():
        return
    rows, columns = np.nonzero(wall)
    wall_x, wall_y = x[0, columns], y[rows, 0] - 6.0
    angle = np.arctan2(np.abs(wall_x), wall_y)
    # A rib falls by four vertebrae on its way to the front, and rises again towards the sternum.
    fall = 46.0 * (1 - np.cos(np.minimum(angle, 2.5))) - 34.0 * np.maximum(angle - 2.35, 0)
    phase = (z_mm + fall + 4.0 * (wall_x > 0)) / RIB_SPACING_MM
    number = np.round(phase)
    across_mm = (phase - number) * RIB_SPACING_MM
    thickness = (outside_mm[rows, columns] - 4.6) / 4.2
    section = (across_mm / 6.6) ** 2 + thickness**2
    is_rib = (section < 1) & (angle > 0.16) & (number >= 2) & (number <= 12)
    cartilage = (angle > 2.42) & (number >= 6)
    missing = (angle > 2.42) & (number < 6)
    density = np.where(section > 0.5, 720.0, 240.0)
    density = np.where(cartilage, 95.0, density)
    chosen = is_rib & ~missing & (angle < 3.0)
    hu[rows[chosen], columns[chosen]] = density[chosen]


def _paint_spine(hu: Plane, x: Plane, y: Plane, spine_y: float, z_mm: float) -> None:
    phase = (z_mm % 25.0) - 12.5
    is_disc = abs(phase) > 9.6
    waist = 1.0 - 0.07 * math.cos(phase / 12.5 * math.pi)
    body = _ellipse(x, y, (0.0, spine_y), (18.0 * waist, 14.5 * waist))
    hu[body < 1.25] = np.where(hu[body < 1.25] < -500, 20.0, hu[body < 1.25])
    hu[body < 1] = 88.0 if is_disc else 560.0
    if not is_disc:
        near_disc = abs(phase) > 8.2
        hu[body < (0.55 if near_disc else 0.82)] = 420.0 if near_disc else 205.0
    arch = _ellipse(x, y, (0.0, spine_y + 22), (15.5, 13.5))
    canal = _ellipse(x, y, (0.0, spine_y + 22), (10.5, 9.0))
    hu[(arch < 1) & (y > spine_y + 8)] = 430.0 if abs(phase) < 8 else 60.0
    hu[canal < 1] = 12.0
    hu[_ellipse(x, y, (0.0, spine_y + 22), (5.5, 4.5)) < 1] = 42.0
    if abs(phase) < 7:
        side = (np.abs(x) > 10) & (np.abs(x) < 34) & (np.abs(y - spine_y - 18 - 0.25 * np.abs(x)) < 4.5)
        hu[side] = 390.0
    if phase < 5:
        hu[(np.abs(x) < 3.2) & (y > spine_y + 32) & (y < spine_y + 48)] = 450.0
    muscle = (_ellipse(np.abs(x), y, (24.0, spine_y + 34), (18.0, 13.0)) < 1) & (hu < 0)
    hu[muscle] = 58.0


def _paint_shoulder_girdle(
    hu: Plane, x: Plane, y: Plane, half_depth: float, z_mm: float, depth: Plane
) -> None:
    if 92 < z_mm < 254:
        half = (27.0, 6.5) if z_mm > 214 else (17.0, 5.5)
        sternum = _ellipse(x, y, (0.0, -(half_depth - 19.0)), half)
        hu[sternum < 1] = 430.0
        hu[sternum < 0.6] = 170.0
    if 128 < z_mm < 276:
        share = (z_mm - 128) / 148
        start, end = (70.0, half_depth - 23.0), (94.0 + 48.0 * share, half_depth - 35.0 - 32.0 * share)
        dx, dy = end[0] - start[0], end[1] - start[1]
        along = ((np.abs(x) - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
        nearest = np.clip(along, 0, 1)
        distance = np.hypot(np.abs(x) - start[0] - nearest * dx, y - start[1] - nearest * dy)
        thickness = np.where(nearest > 0.85, 5.0, 2.4)
        blade = (distance < thickness) & (depth > 6)
        hu[blade] = np.where(distance[blade] > thickness[blade] - 1.3, 620.0, 300.0)


def _paint_nodule(
    hu: Plane, nodule: Nodule, x: Plane, y: Plane, z_mm: float, lung: NDArray[np.bool_]
) -> None:
    dx, dy, dz = x - nodule.centre[0], y - nodule.centre[1], z_mm - nodule.centre[2]
    reach = nodule.radius_mm * 1.5
    if abs(dz) > reach:
        return
    turn = np.arctan2(dy, dx)
    edge = nodule.radius_mm * (1 + 0.13 * np.sin(5 * turn + dz / 2) + 0.08 * np.sin(9 * turn - dz))
    share = np.clip((edge - np.sqrt(dx * dx + dy * dy + dz * dz)) / 1.5 + 0.5, 0, 1)
    hu[...] = np.where(lung, hu * (1 - share) + 42.0 * share, hu)
