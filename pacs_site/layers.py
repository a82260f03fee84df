"""The layer table of the house as data, read by the tests; the same order stands in pyproject.toml for the linter.

A package may import packages of rows further down, never of its own row or above.
"""

LAYERS: tuple[tuple[str, ...], ...] = (
    ("pacs_site",),
    ("dimse", "hl7v2"),
    ("worklist", "viewer"),
    ("archive",),
    ("accounts",),
    ("audit",),
    ("common", "dicomkit"),
)

LAYER_OF: dict[str, int] = {package: -depth for depth, row in enumerate(LAYERS) for package in row}
