"""Pyramid levels and tile rectangles of one frame, in integers only.

Level 0 is the frame itself, each further level halves rows and columns, rounded up. The last level is the first
one that fits into a single tile. Tiles are cut at the right and bottom edge, never padded.
"""

from dataclasses import dataclass

from dicomkit.errors import InvalidTileError

TILE_SIZE = 512


@dataclass(frozen=True, slots=True)
class TileRectangle:
    """Where a tile lies in its level, in pixels of that level."""

    row: int
    column: int
    rows: int
    columns: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the rectangle in an array (rows, columns[, samples])."""
        return slice(self.row, self.row + self.rows), slice(self.column, self.column + self.columns)


def level_count(rows: int, columns: int) -> int:
    """Return how many levels there are until the whole frame fits into one tile; at least 1."""
    _check_shape(rows, columns)
    levels = 1
    while max(rows, columns) > TILE_SIZE:
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
        levels += 1
    return levels


def level_shape(rows: int, columns: int, *, level: int) -> tuple[int, int]:
    """Return (rows, columns) of a level.

    Raises
    ------
    InvalidTileError
        When the pyramid of this frame has no such level.
    """
    if not 0 <= level < level_count(rows, columns):
        raise InvalidTileError(f"An image of {rows} rows and {columns} columns has no level {level}.")
    # Repeated halving that rounds up equals one division that rounds up.
    divisor = 1 << level
    return -(-rows // divisor), -(-columns // divisor)


def tile_grid(rows: int, columns: int, *, level: int) -> tuple[int, int]:
    """Return how many tiles a level has: (tile rows, tile columns)."""
    level_rows, level_columns = level_shape(rows, columns, level=level)
    return -(-level_rows // TILE_SIZE), -(-level_columns // TILE_SIZE)


def tile_rectangle(rows: int, columns: int, *, level: int, column: int, row: int) -> TileRectangle:
    """Return the rectangle of the tile at (column, row) of a level, cut at the right and bottom edge.

    Raises
    ------
    InvalidTileError
        When the level, the column or the row is outside the pyramid.
    """
    level_rows, level_columns = level_shape(rows, columns, level=level)
    top, left = row * TILE_SIZE, column * TILE_SIZE
    if row < 0 or column < 0 or top >= level_rows or left >= level_columns:
        raise InvalidTileError(f"Level {level} has no tile in column {column}, row {row}.")
    return TileRectangle(top, left, min(TILE_SIZE, level_rows - top), min(TILE_SIZE, level_columns - left))


def _check_shape(rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise InvalidTileError(f"An image of {rows} rows and {columns} columns has no tiles.")
