"""Tables for spreadsheets that run nothing."""

# A spreadsheet takes a cell that begins like this for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: str) -> str:
    """Return the cell in a form that a spreadsheet takes for text."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
