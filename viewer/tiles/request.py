"""The address of a tile as a value."""

from dataclasses import dataclass
from typing import Any, Self

from dicomkit.pixels.colour_palettes import ColourPalette
from dicomkit.pixels.voi_lut import VOIFunction, VOIWindow
from viewer.exceptions import InvalidTileRequestError
from viewer.tiles.picture_request import PictureRequest

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
RENDERER_VERSION = 3

# No file has more windows and tables; an address that asks for more is not worth a render process's time.
MOST_VOIS = 256


@dataclass(frozen=True)
class TileRequest(PictureRequest):
    """One tile of one frame, and how its values are shown.

    Attributes
    ----------
    sha256
        The content that it is made from. As a part of the key it makes an entry valid for ever.
    frame_number
        1-based.
    level, column, row
        Place in the pyramid, see `dicomkit.tiles`; 0-based.
    depth
        8: windowed greys or colour; 16: packed values, see `dicomkit.pixels.packing`.
    window
        (center, width, function) asked for by the reader, else None.
    voi_index
        Which of the file's own windows and tables; None for the first, or the automatic window where it has none.
    is_inverted
        Turned round once more than the file says.
    palette
        Name of the `ColourPalette` that gives the greys colours; empty for greys.
    """

    sha256: str
    frame_number: int
    level: int
    column: int
    row: int
    depth: int = 8
    window: tuple[float, float, str] | None = None
    voi_index: int | None = None
    is_inverted: bool = False
    palette: str = ""

    def __post_init__(self) -> None:
        if self.depth not in (8, 16):
            raise InvalidTileRequestError("depth must be 8 or 16.")
        if self.frame_number < 1:
            raise InvalidTileRequestError("Frame numbers begin at 1.")
        if self.voi_index is not None and not 0 <= self.voi_index < MOST_VOIS:
            raise InvalidTileRequestError(f"voi must lie between 0 and {MOST_VOIS - 1}.")
        if self.palette and self.palette not in set(ColourPalette):
            raise InvalidTileRequestError(f"colours must be one of {', '.join(ColourPalette)}.")
        is_changed = self.window or self.voi_index is not None or self.is_inverted or self.palette
        if self.depth == 16 and is_changed:
            raise InvalidTileRequestError(
                "A 16-bit tile carries values; windows are applied where it is shown."
            )
        if self.window is not None:
            self.voi_window()

    def voi_window(self) -> VOIWindow | None:
        """Return the window asked for.

        Raises
        ------
        InvalidTileRequestError
            It selects no values.
        """
        return None if self.window is None else checked_window(self.window)

    def cache_key(self) -> str:
        """Return the key of the tile in the cache; it holds no patient data."""
        shown = "v" if self.depth == 16 else f"g:{self.window}:{self.voi_index}:{self.is_inverted}"
        if self.palette:
            shown += f":{self.palette}"
        return f"{frame_prefix(self.sha256, self.frame_number)}:{self.level}:{self.column}:{self.row}:{shown}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        window = arguments["window"]
        return cls(**{**arguments, "window": tuple(window) if window else None})


def checked_window(window: tuple[float, float, str]) -> VOIWindow:
    """Return the window of (center, width, function).

    Raises
    ------
    InvalidTileRequestError
        It selects no values.
    """
    center, width, function = window
    smallest = 1.0 if function == VOIFunction.LINEAR else 1e-9
    if not (abs(center) < 1e12 and smallest <= width < 1e12) or function not in set(VOIFunction):
        raise InvalidTileRequestError("The window must have a finite centre and a width of at least 1.")
    return VOIWindow(center, width, VOIFunction(function))


def frame_prefix(sha256: str, frame_number: int) -> str:
    """Return the beginning of all cache keys of one frame."""
    return f"tile:{RENDERER_VERSION}:{sha256}:{frame_number}"
