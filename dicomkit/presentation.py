"""Grayscale Softcopy Presentation States: how somebody wants images to be shown, written down as an object.

References
----------
PS3.3 A.33.1 (the object), C.11.8 (Softcopy VOI LUT), C.10.4 (Displayed Area), C.10.6 (Spatial Transformation),
C.11.4 and C.11.6 (Presentation LUT); PS3.4 N.2 (how they are applied).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydicom.dataset import Dataset

from dicomkit.errors import InvalidLookupTableError
from dicomkit.functional_groups import first_item
from dicomkit.graphics import GraphicAnnotation, GraphicLayer, Point, Units, read_annotations, read_layers
from dicomkit.identity import clean_text, whole_number
from dicomkit.image_references import ImageReference, is_meant, items_of, read_image_references
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pixels.lookup_table import LookupTable, read_lookup_table
from dicomkit.pixels.marks import has_marks
from dicomkit.pixels.modality_lut import ModalityTransform, read_modality_transform
from dicomkit.pixels.numbers import first_float, floats
from dicomkit.pixels.shutter import read_shutter
from dicomkit.pixels.voi_lut import VOI, read_vois
from dicomkit.temporal import parse_date, parse_time

GRAYSCALE_SOFTCOPY_PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.11.1"


class SizeMode(StrEnum):
    """Presentation Size Mode (0070,0100)."""

    SCALE_TO_FIT = "SCALE TO FIT"
    TRUE_SIZE = "TRUE SIZE"
    MAGNIFY = "MAGNIFY"


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """The part of an image that is shown.

    `top_left` and `bottom_right` are outer corners of pixels in columns and rows, 0, 0 being that of the first pixel;
    they may lie outside of the image. `magnification` is pixels of the display for one of the image.
    """

    references: tuple[ImageReference, ...]
    top_left: Point
    bottom_right: Point
    mode: SizeMode
    magnification: float | None


@dataclass(frozen=True, slots=True)
class SoftcopyVOI:
    """A window or table, and the images that it is for."""

    references: tuple[ImageReference, ...]
    voi: VOI


@dataclass(frozen=True, slots=True)
class PresentationState:
    """One presentation state.

    `modality` is applied in place of the images' own. `presentation_lut` maps values of interest to grey; it is None
    where the shape alone, `is_inverse`, says how. Mirroring comes after turning. `has_marks` tells whether it covers
    anything, in `shutter_grey`, or shows any overlay: see `dicomkit.pixels.marks`.
    """

    label: str
    description: str
    created: datetime | None
    references: tuple[ImageReference, ...]
    modality: ModalityTransform
    vois: tuple[SoftcopyVOI, ...]
    presentation_lut: LookupTable | None
    is_inverse: bool
    rotation_degrees: int
    is_mirrored: bool
    displayed_areas: tuple[DisplayedArea, ...]
    layers: tuple[GraphicLayer, ...]
    annotations: tuple[GraphicAnnotation, ...]
    has_marks: bool
    shutter_grey: int

    def voi_of(self, image: ImageReference) -> VOI | None:
        """Return the window or table for an image; None where its values are shown from end to end."""
        return next((one.voi for one in self.vois if is_meant(one.references, image)), None)

    def displayed_area_of(self, image: ImageReference) -> DisplayedArea | None:
        """Return the part of an image that is shown; None for all of it."""
        return next((one for one in self.displayed_areas if is_meant(one.references, image)), None)

    def annotations_of(self, image: ImageReference) -> tuple[GraphicAnnotation, ...]:
        """Return what is drawn on an image."""
        return tuple(one for one in self.annotations if is_meant(one.references, image))

    def frame_references(self, *, most: int) -> list[ImageReference]:
        """Return what the state refers to, those frames by themselves first that it treats by themselves.

        Parameters
        ----------
        most
            So many single frames at most.
        """
        named = [
            *(one.references for one in self.vois),
            *(one.references for one in self.displayed_areas),
            *(one.references for one in self.annotations),
        ]
        single = {
            ImageReference(reference.sop_instance_uid, (number,))
            for references in named
            for reference in references
            for number in reference.frame_numbers
        }
        ordered = sorted(single, key=lambda reference: (reference.sop_instance_uid, reference.frame_numbers))
        return [*ordered[:most], *self.references]

    def image_point(self, point: Point, units: Units, area: DisplayedArea) -> Point:
        """Return a drawing's point in columns and rows of the image.

        References
        ----------
        PS3.3 C.10.5.1.1: DISPLAY units are fractions of the displayed area after turning and mirroring.
        """
        if units is Units.PIXEL:
            return point
        across, down = (1 - point[0] if self.is_mirrored else point[0]), point[1]
        x, y = {
            0: (across, down),
            90: (down, 1 - across),
            180: (1 - across, 1 - down),
            270: (1 - down, across),
        }[self.rotation_degrees]
        (left, top), (right, bottom) = area.top_left, area.bottom_right
        return left + x * (right - left), top + y * (bottom - top)


def read_presentation_state(dataset: Dataset) -> PresentationState:
    """Read a presentation state.

    Raises
    ------
    InvalidLookupTableError
        One of its tables cannot be used.
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        return _read(dataset)


def _read(dataset: Dataset) -> PresentationState:
    lut_item = first_item(dataset, "PresentationLUTSequence")
    rotation = whole_number(dataset, "ImageRotation") or 0
    shutter = read_shutter(dataset)
    return PresentationState(
        label=clean_text(dataset, "ContentLabel", 16),
        description=clean_text(dataset, "ContentDescription", 64),
        created=_created(dataset),
        references=tuple(
            reference
            for series in items_of(dataset, "ReferencedSeriesSequence")
            for reference in read_image_references(series)
        ),
        modality=read_modality_transform(dataset),
        vois=_read_vois(dataset),
        presentation_lut=read_lookup_table(lut_item, is_signed=False) if lut_item is not None else None,
        is_inverse=clean_text(dataset, "PresentationLUTShape", 16) == "INVERSE",
        rotation_degrees=rotation % 360 // 90 * 90,
        is_mirrored=clean_text(dataset, "ImageHorizontalFlip", 4) == "Y",
        displayed_areas=tuple(filter(None, map(_area, items_of(dataset, "DisplayedAreaSelectionSequence")))),
        layers=read_layers(dataset),
        annotations=read_annotations(dataset),
        has_marks=has_marks(dataset),
        shutter_grey=shutter.grey if shutter is not None else 0,
    )


def _created(dataset: Dataset) -> datetime | None:
    day = parse_date(clean_text(dataset, "PresentationCreationDate", 16))
    moment = parse_time(clean_text(dataset, "PresentationCreationTime", 16))
    return datetime.combine(day, moment or datetime.min.time()) if day else None


def _read_vois(dataset: Dataset) -> tuple[SoftcopyVOI, ...]:
    found = []
    for item in items_of(dataset, "SoftcopyVOILUTSequence"):
        vois = read_vois(item)
        if not vois:
            raise InvalidLookupTableError("A window or table of the presentation state cannot be used.")
        # Several windows are alternatives here as in an image; the first is the one to begin with.
        found.append(SoftcopyVOI(read_image_references(item), vois[0]))
    return tuple(found)


def _area(item: Dataset) -> DisplayedArea | None:
    top_left = floats(item.get("DisplayedAreaTopLeftHandCorner"), count=2)
    bottom_right = floats(item.get("DisplayedAreaBottomRightHandCorner"), count=2)
    if top_left is None or bottom_right is None:
        return None
    mode = clean_text(item, "PresentationSizeMode", 16)
    return DisplayedArea(
        read_image_references(item),
        # The standard counts pixels from 1 and means whole ones; the corners of the area are their outer corners.
        (min(top_left[0], bottom_right[0]) - 1, min(top_left[1], bottom_right[1]) - 1),
        (max(top_left[0], bottom_right[0]), max(top_left[1], bottom_right[1])),
        SizeMode(mode) if mode in set(SizeMode) else SizeMode.SCALE_TO_FIT,
        first_float(item.get("PresentationPixelMagnificationRatio")),
    )
