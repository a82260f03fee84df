"""The address of a tile of a plane through a volume, as a value."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from dicomkit.geometry import ImagePlane, Vector
from dicomkit.reformat import PlaneName, ReformatPlane
from dicomkit.reformat_voxels import Projection
from viewer.exceptions import InvalidTileRequestError
from viewer.tiles.picture_request import PictureRequest
from viewer.tiles.request import TileRequest

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
PLANE_VERSION = 1
OBLIQUE = "oblique"
MOST_SLAB_MM = 200.0
# Maxima through more than a slab are looked up in a coarser volume, which has voxels as large as the pixels of the plane.
MOST_PROJECTION_MM = 4000.0
MOST_OBLIQUE_PIXELS = 1024
# Points of a slab, over all its layers: five seconds of a render process in the worst case.
MOST_POINTS = 1 << 27
# Of a maximum through the whole volume: about a second.
MOST_PROJECTED_POINTS = 1 << 25
_FARTHEST_MM = 10_000.0
_SMALLEST_PIXEL_MM, _LARGEST_PIXEL_MM = 0.05, 20.0
_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True)
class ObliquePlane:
    """A plane that a reader has turned.

    Attributes
    ----------
    position
        Centre of the first pixel, in mm of the patient.
    orientation
        Direction of the rows and of the columns, each of length 1.
    spacing_mm
        Of the square pixels.
    """

    position: tuple[float, float, float]
    orientation: tuple[float, float, float, float, float, float]
    spacing_mm: float
    rows: int
    columns: int

    def __post_init__(self) -> None:
        numbers = [*self.position, *self.orientation, self.spacing_mm]
        if not all(math.isfinite(number) and abs(number) <= _FARTHEST_MM for number in numbers):
            raise InvalidTileRequestError(f"Numbers of a plane are finite and at most {_FARTHEST_MM:.0f} mm.")
        row, column = self.orientation[:3], self.orientation[3:]
        is_unit = all(abs(math.hypot(*vector) - 1) <= _UNIT_TOLERANCE for vector in (row, column))
        if not is_unit or abs(sum(a * b for a, b in zip(row, column, strict=True))) > _UNIT_TOLERANCE:
            raise InvalidTileRequestError("The directions of a plane have length 1 and are perpendicular.")
        if not _SMALLEST_PIXEL_MM <= self.spacing_mm <= _LARGEST_PIXEL_MM:
            raise InvalidTileRequestError(
                f"Pixels of a plane measure {_SMALLEST_PIXEL_MM} to {_LARGEST_PIXEL_MM} mm."
            )
        if not (1 <= self.rows <= MOST_OBLIQUE_PIXELS and 1 <= self.columns <= MOST_OBLIQUE_PIXELS):
            raise InvalidTileRequestError(f"A plane has 1 to {MOST_OBLIQUE_PIXELS} rows and columns.")

    def reformat_plane(self) -> ReformatPlane:
        """Return the plane, its directions made perpendicular to the last digit."""
        spacing_mm = (self.spacing_mm, self.spacing_mm)
        return ReformatPlane(
            perpendicular_plane(self.position, self.orientation), spacing_mm, self.rows, self.columns
        )


@dataclass(frozen=True)
class PlaneRequest(PictureRequest):
    """One tile of one plane, and how its values are shown.

    Attributes
    ----------
    tile
        Place in the pyramid, depth and window, as for an image; its ``sha256`` is the content of the volume, its
        ``frame_number`` the 0-based index of the plane plus 1, for an oblique plane 1.
    plane
        Name of a stack, or "oblique".
    slab_mm, projection
        Thickness, 0 for a plane, and what becomes of the values within it.
    oblique
        Where an oblique plane lies; None for the stacks.
    """

    series_instance_uid: str
    tile: TileRequest
    plane: str
    slab_mm: float = 0.0
    projection: str = Projection.MAXIMUM
    oblique: ObliquePlane | None = None

    def __post_init__(self) -> None:
        most_mm = MOST_PROJECTION_MM if self.may_project else MOST_SLAB_MM
        if not 0 <= self.slab_mm <= most_mm:
            raise InvalidTileRequestError(f"Such a slab is at most {most_mm:.0f} mm thick.")
        if self.projection not in set(Projection):
            raise InvalidTileRequestError("projection must be max, min or mean.")
        if (self.plane == OBLIQUE) != (self.oblique is not None) or self.plane not in {*PlaneName, OBLIQUE}:
            raise InvalidTileRequestError("A plane is axial, coronal or sagittal, or oblique with its place.")

    @property
    def may_project(self) -> bool:
        """Whether it may go through a whole volume: maxima keep their height in a coarser one."""
        return self.plane == OBLIQUE and self.projection == Projection.MAXIMUM

    @property
    def is_projection(self) -> bool:
        """Whether it is a maximum through more than a slab, looked up in a coarser volume."""
        return self.slab_mm > MOST_SLAB_MM

    @property
    def index(self) -> int:
        """0-based index in the stack."""
        return self.tile.frame_number - 1

    def at_index(self, index: int) -> "PlaneRequest":
        """Return the same tile of another plane of the stack."""
        return replace(self, tile=replace(self.tile, frame_number=index + 1))

    def cache_key(self) -> str:
        """Return the key of the tile in the cache; it holds no patient data."""
        place = asdict(self.oblique) if self.oblique else ""
        thickness = f"{self.slab_mm!r}:{self.projection}" if self.slab_mm else ""
        return f"plane:{PLANE_VERSION}:{self.plane}:{place}:{thickness}:{self.tile.cache_key()}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        place = arguments["oblique"]
        oblique = (
            ObliquePlane(
                tuple(place["position"]),
                tuple(place["orientation"]),
                place["spacing_mm"],
                place["rows"],
                place["columns"],
            )
            if place
            else None
        )
        tile = TileRequest.from_task_arguments(arguments["tile"])
        return cls(**{**arguments, "tile": tile, "oblique": oblique})


def perpendicular_plane(
    position: Vector, orientation: tuple[float, float, float, float, float, float]
) -> ImagePlane:
    """Return a plane whose directions were rounded, made perpendicular to the last digit."""
    row = _unit(orientation[:3])
    along = sum(a * b for a, b in zip(row, orientation[3:], strict=True))
    column = _unit(
        (
            orientation[3] - along * row[0],
            orientation[4] - along * row[1],
            orientation[5] - along * row[2],
        )
    )
    return ImagePlane(position, row, column)


def damaged_key(content: str) -> str:
    """Return the key under which is noted how many slices of a volume cannot be decoded."""
    return f"volume:damaged:{content}"


def _unit(vector: tuple[float, ...]) -> Vector:
    length = math.hypot(*vector)
    return vector[0] / length, vector[1] / length, vector[2] / length
