"""What is asked of a region: the statistics of the pixels inside."""

import hashlib
import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from common.tasks import TaskName
from dicomkit.marking import POINT_COUNTS, REGION_KINDS, MarkingKind
from dicomkit.region_shapes import Point
from viewer.exceptions import InvalidTileRequestError
from viewer.tiles.picture_request import PictureRequest

# Part of every cache key and entity tag: counted up whenever the same address yields another answer than before.
STATISTICS_VERSION = 1
_FARTHEST_PIXEL = 1e6


class MeasuringRequest(PictureRequest):
    """A region on something that has pixels; `task` computes its statistics.

    Subclasses are dataclasses and have `kind` and `points`: (column, row) in pixels of the whole frame, or of the plane,
    as many as the kind has.
    """

    task: ClassVar[TaskName]

    kind: MarkingKind
    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if self.kind not in REGION_KINDS:
            raise InvalidTileRequestError(f"kind must be one of: {', '.join(sorted(REGION_KINDS))}.")
        if len(self.points) not in POINT_COUNTS[self.kind]:
            raise InvalidTileRequestError(f"{self.kind} has another number of points.")
        if not all(
            math.isfinite(number) and abs(number) <= _FARTHEST_PIXEL
            for point in self.points
            for number in point
        ):
            raise InvalidTileRequestError("Points are finite numbers of pixels.")

    def drawn(self) -> str:
        """Return a short name of the outline."""
        return hashlib.sha256(repr((str(self.kind), self.points)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class StatisticsRequest(MeasuringRequest):
    """A region on one frame.

    Attributes
    ----------
    sha256
        The content that is measured. As a part of the key it makes an entry valid for ever.
    """

    task = TaskName.MEASURE_REGION

    sha256: str
    sop_instance_uid: str
    frame_number: int
    kind: MarkingKind
    points: tuple[Point, ...]

    def cache_key(self) -> str:
        """Return the key in the cache; it holds no patient data."""
        return f"statistics:{STATISTICS_VERSION}:{self.sha256}:{self.frame_number}:{self.drawn()}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        kind, points = MarkingKind(arguments["kind"]), tuple((x, y) for x, y in arguments["points"])
        return cls(**{**arguments, "kind": kind, "points": points})


def points_of(text: str) -> tuple[Point, ...]:
    """Return the points of an address: ``column,row;column,row``.

    Raises
    ------
    InvalidTileRequestError
        They are no pairs of numbers.
    """
    try:
        pairs = [tuple(float(number) for number in pair.split(",")) for pair in text.split(";")]
        return tuple((x, y) for x, y in pairs)
    except ValueError:
        raise InvalidTileRequestError("points must be column,row;column,row in pixels.") from None
