"""The address of a tile of a large image, as a value."""

from dataclasses import dataclass
from typing import Any, Self

from viewer.slides.pyramid import StoredLevel
from viewer.tiles.picture_request import PictureRequest
from viewer.tiles.request import TileRequest

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
SLIDE_VERSION = 1


@dataclass(frozen=True)
class SlideRequest(PictureRequest):
    """One tile of a large image, and how its values are shown.

    Attributes
    ----------
    tile
        Place in the pyramid, depth and window, as for every image; its ``sha256`` is the content of all levels.
    levels
        What is stored, full resolution first.
    """

    tile: TileRequest
    levels: tuple[StoredLevel, ...]

    def cache_key(self) -> str:
        """Return the key of the tile in the cache; it holds no patient data."""
        return f"slide:{SLIDE_VERSION}:{self.tile.cache_key()}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        levels = tuple(StoredLevel(**level) for level in arguments["levels"])
        return cls(TileRequest.from_task_arguments(arguments["tile"]), levels)
