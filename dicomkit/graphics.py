"""The drawings and words of a presentation state, by layer, in image coordinates.

References
----------
PS3.3 C.10.5 (Graphic Annotation), C.10.7 (Graphic Layer), C.10.7.1.1 (recommended colours in CIELab).
"""

from dataclasses import dataclass
from enum import StrEnum

from pydicom.dataset import Dataset

from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import ImageReference, items_of, read_image_references
from dicomkit.pixels.numbers import first_float, floats

Point = tuple[float, float]


class Units(StrEnum):
    """In what a drawing's points are measured."""

    PIXEL = "PIXEL"
    """Columns and rows of the image; 0, 0 is the outer corner of its first pixel."""
    DISPLAY = "DISPLAY"
    """Fractions of the displayed area, as it is shown: turned and mirrored."""


class GraphicType(StrEnum):
    """Graphic Type (0070,0023)."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    INTERPOLATED = "INTERPOLATED"
    CIRCLE = "CIRCLE"
    """The centre, and a point on the circumference."""
    ELLIPSE = "ELLIPSE"
    """Both ends of the major axis, both ends of the minor axis."""


_FEWEST_POINTS = {
    GraphicType.POINT: 1,
    GraphicType.POLYLINE: 2,
    GraphicType.INTERPOLATED: 2,
    GraphicType.CIRCLE: 2,
    GraphicType.ELLIPSE: 4,
}


@dataclass(frozen=True, slots=True)
class Graphic:
    """One drawing."""

    kind: GraphicType
    points: tuple[Point, ...]
    units: Units
    is_filled: bool


@dataclass(frozen=True, slots=True)
class GraphicText:
    """Words at an anchor, in a box, or both. A box is its top left and bottom right corner."""

    text: str
    anchor: Point | None
    anchor_units: Units
    box: tuple[Point, Point] | None
    box_units: Units
    is_anchor_visible: bool


@dataclass(frozen=True, slots=True)
class GraphicAnnotation:
    """What is drawn on some images, in one layer."""

    references: tuple[ImageReference, ...]
    layer: str
    graphics: tuple[Graphic, ...]
    texts: tuple[GraphicText, ...]


@dataclass(frozen=True, slots=True)
class GraphicLayer:
    """A layer; those of a higher order lie on top. `colour` is "#rrggbb", or empty where none is recommended."""

    name: str
    order: int
    description: str
    colour: str


def read_annotations(dataset: Dataset) -> tuple[GraphicAnnotation, ...]:
    """Return what a presentation state draws; drawings without enough points are left out."""
    return tuple(
        GraphicAnnotation(
            read_image_references(item),
            clean_text(item, "GraphicLayer", 16),
            tuple(filter(None, map(_graphic, items_of(item, "GraphicObjectSequence")))),
            tuple(filter(None, map(_text, items_of(item, "TextObjectSequence")))),
        )
        for item in items_of(dataset, "GraphicAnnotationSequence")
    )


def read_layers(dataset: Dataset) -> tuple[GraphicLayer, ...]:
    """Return the layers, lowest first."""
    layers = [
        GraphicLayer(
            clean_text(item, "GraphicLayer", 16),
            whole_number(item, "GraphicLayerOrder") or 0,
            clean_text(item, "GraphicLayerDescription", 64),
            _colour(item),
        )
        for item in items_of(dataset, "GraphicLayerSequence")
    ]
    return tuple(sorted(layers, key=lambda layer: layer.order))


def lab_to_hex(encoded: tuple[float, float, float]) -> str:
    """Return "#rrggbb" in sRGB for a colour as DICOM writes it, see `lab_to_rgb`."""
    return "#" + "".join(f"{channel:02x}" for channel in lab_to_rgb(encoded))


def lab_to_rgb(encoded: tuple[float, float, float]) -> tuple[int, int, int]:
    """Return red, green and blue in sRGB, 0 to 255, for a colour as DICOM writes it: CIELab in three 16-bit numbers.

    References
    ----------
    PS3.3 C.10.7.1.1; IEC 61966-2-1 (sRGB), white point D50 as in the ICC's connection space.
    """
    lightness = encoded[0] / 65535 * 100
    a, b = encoded[1] / 65535 * 255 - 128, encoded[2] / 65535 * 255 - 128
    fy = (lightness + 16) / 116
    x, y, z = (
        white * (f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29))
        for white, f in ((0.9642, fy + a / 500), (1.0, fy), (0.8249, fy - b / 200))
    )
    # From D50 straight to linear sRGB: the Bradford adaptation is in the matrix.
    return (
        _gamma(3.1339 * x - 1.6169 * y - 0.4906 * z),
        _gamma(-0.9788 * x + 1.9161 * y + 0.0335 * z),
        _gamma(0.0719 * x - 0.2290 * y + 1.4052 * z),
    )


def _gamma(linear: float) -> int:
    bounded = min(max(linear, 0.0), 1.0)
    encoded = 12.92 * bounded if bounded <= 0.0031308 else 1.055 * bounded ** (1 / 2.4) - 0.055
    return round(encoded * 255)


def _colour(layer: Dataset) -> str:
    lab = floats(layer.get("GraphicLayerRecommendedDisplayCIELabValue"), count=3)
    if lab is not None:
        return lab_to_hex((lab[0], lab[1], lab[2]))
    grey = first_float(layer.get("GraphicLayerRecommendedDisplayGrayscaleValue"))
    if grey is None:
        return ""
    level = round(min(max(grey, 0.0), 65535.0) / 65535 * 255)
    return f"#{level:02x}{level:02x}{level:02x}"


def _graphic(item: Dataset) -> Graphic | None:
    name = clean_text(item, "GraphicType", 16)
    points = _points(item, "GraphicData")
    if name not in GraphicType.__members__ or len(points) < _FEWEST_POINTS[GraphicType(name)]:
        return None
    units = _units(item, "GraphicAnnotationUnits")
    return Graphic(GraphicType(name), points, units, clean_text(item, "GraphicFilled", 4) == "Y")


def _text(item: Dataset) -> GraphicText | None:
    # Lines are ended by CR LF, which one line of clean text would lose.
    text = "\n".join(
        line.strip() for line in str(item.get("UnformattedTextValue") or "").splitlines()
    ).strip()
    anchor = _points(item, "AnchorPoint")
    corners = _points(item, "BoundingBoxTopLeftHandCorner") + _points(
        item, "BoundingBoxBottomRightHandCorner"
    )
    if not text or not (anchor or len(corners) == 2):
        return None
    return GraphicText(
        text,
        anchor[0] if anchor else None,
        _units(item, "AnchorPointAnnotationUnits"),
        (corners[0], corners[1]) if len(corners) == 2 else None,
        _units(item, "BoundingBoxAnnotationUnits"),
        clean_text(item, "AnchorPointVisibility", 4) == "Y",
    )


def _points(item: Dataset, keyword: str) -> tuple[Point, ...]:
    numbers = floats(item.get(keyword)) or []
    return tuple(zip(numbers[0::2], numbers[1::2], strict=False))


def _units(item: Dataset, keyword: str) -> Units:
    return Units.DISPLAY if clean_text(item, keyword, 16) == Units.DISPLAY else Units.PIXEL
