"""The address of a tile of one series laid over another, as a value."""

from dataclasses import dataclass
from typing import Any, Self

from dicomkit.pixels.colour_palettes import ColourPalette
from viewer.exceptions import InvalidTileRequestError
from viewer.tiles.picture_request import PictureRequest
from viewer.tiles.request import TileRequest, checked_window
from viewer.volumes.request import PlaneRequest

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
FUSION_VERSION = 1
DEFAULT_OPACITY_PERCENT = 50


@dataclass(frozen=True)
class FusionRequest(PictureRequest):
    """One tile of an image or plane with another series over it.

    Attributes
    ----------
    overlay_series_instance_uid, overlay_content
        The series that is laid over, and the hash of its volume.
    image
        The tile below, of an image as it is stored; None where it is of a plane. With a depth of 16 the tile carries the
        values of the overlay on the pixels of what is below, and nothing of what is below.
    image_sop_instance_uid
        Whose tile `image` is.
    plane
        The tile below, of a plane through a volume.
    window
        (center, width, function) of the overlay's values; None for SUV 0 to 10, or the overlay's own default window.
    """

    overlay_series_instance_uid: str
    overlay_content: str
    image: TileRequest | None = None
    image_sop_instance_uid: str = ""
    plane: PlaneRequest | None = None
    palette: str = ColourPalette.HOT_IRON
    opacity_percent: int = DEFAULT_OPACITY_PERCENT
    window: tuple[float, float, str] | None = None

    def __post_init__(self) -> None:
        if (self.image is None) == (self.plane is None):
            raise InvalidTileRequestError("A series is laid over an image or over a plane.")
        if self.tile.palette:
            raise InvalidTileRequestError("What is below stays grey.")
        if self.palette not in set(ColourPalette):
            raise InvalidTileRequestError(f"palette must be one of {', '.join(ColourPalette)}.")
        if not 0 <= self.opacity_percent <= 100:
            raise InvalidTileRequestError("opacity must lie between 0 and 1.")
        if self.window is not None:
            checked_window(self.window)

    @property
    def tile(self) -> TileRequest:
        """The tile below: its place in the pyramid, its depth and its own window."""
        tile = self.image or (self.plane and self.plane.tile)
        assert tile
        return tile

    def cache_key(self) -> str:
        """Return the key of the tile in the cache; it holds no patient data."""
        below = (self.image or self.plane or self.tile).cache_key()
        shown = f"{self.palette}:{self.opacity_percent}:{self.window}" if self.tile.depth == 8 else ""
        return f"fusion:{FUSION_VERSION}:{self.overlay_content}:{shown}:{below}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        image, plane, window = (arguments[name] for name in ("image", "plane", "window"))
        read = {
            "image": TileRequest.from_task_arguments(image) if image else None,
            "plane": PlaneRequest.from_task_arguments(plane) if plane else None,
            "window": tuple(window) if window else None,
        }
        return cls(**{**arguments, **read})
