"""The kinds of what a reader draws on an image, and how many points each has.

Points are (column, row) in pixels of the whole frame: 0\\0 is the top left corner of the top left pixel.

References
----------
PS3.3 C.18.6.1.2 (Graphic Data of spatial coordinates).
"""

from enum import StrEnum


class MarkingKind(StrEnum):
    """What was drawn; the points of each in this order."""

    LENGTH = "length"
    """Its two ends."""
    BIDIRECTIONAL = "bidirectional"
    """The ends of the long line, then of the short one."""
    ANGLE = "angle"
    """A point on one arm, the vertex, a point on the other arm."""
    COBB = "cobb"
    """The ends of one line, then of the other."""
    ELLIPSE = "ellipse"
    """The ends of the major axis, then of the minor one."""
    RECTANGLE = "rectangle"
    """Its corners, one after the other."""
    CIRCLE = "circle"
    """The centre, and a point on the circle."""
    POLYGON = "polygon"
    FREEHAND = "freehand"
    PROBE = "probe"
    ARROW = "arrow"
    """The head, then the tail."""
    TEXT = "text"
    CALIBRATION = "calibration"
    """The ends of a line whose length is known."""
    SPINE_LABEL = "spine_label"


MOST_POINTS = 2000
POINT_COUNTS: dict[MarkingKind, range] = {
    MarkingKind.LENGTH: range(2, 3),
    MarkingKind.BIDIRECTIONAL: range(4, 5),
    MarkingKind.ANGLE: range(3, 4),
    MarkingKind.COBB: range(4, 5),
    MarkingKind.ELLIPSE: range(4, 5),
    MarkingKind.RECTANGLE: range(4, 5),
    MarkingKind.CIRCLE: range(2, 3),
    MarkingKind.POLYGON: range(3, MOST_POINTS + 1),
    MarkingKind.FREEHAND: range(3, MOST_POINTS + 1),
    MarkingKind.PROBE: range(1, 2),
    MarkingKind.ARROW: range(2, 3),
    MarkingKind.TEXT: range(1, 2),
    MarkingKind.CALIBRATION: range(2, 3),
    MarkingKind.SPINE_LABEL: range(1, 2),
}
REGION_KINDS = frozenset(
    {
        MarkingKind.ELLIPSE,
        MarkingKind.RECTANGLE,
        MarkingKind.CIRCLE,
        MarkingKind.POLYGON,
        MarkingKind.FREEHAND,
        MarkingKind.PROBE,
    }
)
"""Those that select pixels."""
