"""A hanging protocol as values. How it is written as JSON: `viewer.hanging.reading` and docs/architecture/hanging.md."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

# The layouts of the viewer: rows x columns, and those with one large picture (frontend/src/viewport/splits.ts).
MOST_ROWS, MOST_COLUMNS = 4, 5
VIEWPORTS_OF_SPLIT = {"1+2": 3, "1+3": 4, "2+2": 4, "1/2": 3, "1/3": 4}
MOST_STAGES = 12
MOST_PRIORS = 9


class Plane(StrEnum):
    """How slices are cut."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


class Fit(StrEnum):
    """How large a picture is: fitted into its viewport, as large as the others in mm, pixel for pixel, or in true size."""

    FIT = "fit"
    SAME_SIZE = "same_size"
    ONE_TO_ONE = "one_to_one"
    TRUE_SIZE = "true_size"


@dataclass(frozen=True)
class Criteria:
    """Which studies a protocol is for. What is left empty matches every study.

    Attributes
    ----------
    modalities
        Any of these. Two joined by a backslash, as in a DICOM value, must both be there: "CT\\\\PT".
    body_parts
        Values of Body Part Examined, any of which, or another name of its region, is examined.
    words
        All of them are in the descriptions of the study, its series or protocols.
    laterality
        "L", "R" or "B".
    view_positions
        Values of View Position, all of which are there.
    least_priors
        So many relevant priors there are at least.
    least_pictures
        So many things there are at least to hang: images of projections, else series.
    """

    modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    laterality: str = ""
    view_positions: tuple[str, ...] = ()
    least_priors: int = 0
    least_pictures: int = 0


@dataclass(frozen=True)
class SeriesSelector:
    """Which series, or which image of projections, goes into a viewport.

    Attributes
    ----------
    modality, plane, laterality
        It has this one; empty for any.
    view_positions
        It has any of these; empty for any.
    words
        Of those that fit, the one with most of these words in its description.
    position
        The first, second … of those that fit equally well.
    """

    modality: str = ""
    words: tuple[str, ...] = ()
    plane: str = ""
    laterality: str = ""
    view_positions: tuple[str, ...] = ()
    position: int = 1


@dataclass(frozen=True)
class Window:
    """A window in modality values (PS3.3 C.11.2.1.2)."""

    center: float
    width: float


@dataclass(frozen=True)
class HungFusion:
    """A series laid in colours over the one that hangs.

    Attributes
    ----------
    modality
        Of the series on top, the first that can be laid over; empty for any.
    palette
        The name of its colours; empty for the first that is offered.
    highest
        The value of the last colour, in SUV where there is one, else a modality value; None for the default.
    """

    modality: str = ""
    palette: str = ""
    opacity_percent: int = 50
    lowest: float = 0.0
    highest: float | None = None


@dataclass(frozen=True)
class HungViewport:
    """One viewport of a stage.

    Attributes
    ----------
    study
        0 is the study itself, n the nth most relevant prior.
    chest_wall
        "left" or "right": the picture is turned so that the chest wall lies there, and pushed to that edge.
    """

    study: int = 0
    series: SeriesSelector = SeriesSelector()
    window: Window | None = None
    fit: Fit = Fit.FIT
    chest_wall: str = ""
    cine: bool = False
    fusion: HungFusion | None = None


@dataclass(frozen=True)
class Link:
    """What the viewports of a stage do together."""

    scroll: bool = False
    view: bool = False
    window: bool = False


@dataclass(frozen=True)
class Screen:
    """A layout and what hangs in it. Weights are empty where all tracks are as usual."""

    layout: str
    viewports: tuple[HungViewport, ...]
    rows: tuple[float, ...] = ()
    columns: tuple[float, ...] = ()


@dataclass(frozen=True)
class Stage(Screen):
    """One step of a protocol: what hangs on the first screen and, where there are two, on the second."""

    name: str = ""
    link: Link = Link()
    second_screen: Screen | None = None


@dataclass(frozen=True)
class Protocol:
    """A hanging protocol."""

    name: str
    criteria: Criteria
    stages: tuple[Stage, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the JSON that `read_protocol` reads."""
        return asdict(self)


def viewports_of_layout(name: str) -> int | None:
    """Return how many viewports a layout has; None where there is no such layout."""
    if name in VIEWPORTS_OF_SPLIT:
        return VIEWPORTS_OF_SPLIT[name]
    rows, cross, columns = name.partition("x")
    is_grid = bool(cross) and rows.isascii() and columns.isascii() and rows.isdigit() and columns.isdigit()
    if not is_grid or len(name) != 3:
        return None
    is_within = 1 <= int(rows) <= MOST_ROWS and 1 <= int(columns) <= MOST_COLUMNS
    return int(rows) * int(columns) if is_within else None
