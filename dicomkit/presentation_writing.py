"""Write a Grayscale Softcopy Presentation State of what readers drew on images.

One state holds for images that share the modality transform and the direction of their greys: both are the state's own
and take the place of what the images say.

References
----------
PS3.3 A.33.1 (the object), C.11.10 (identification), C.11.11 (relationship), C.10.4 (displayed area), C.10.5 (graphic
annotation), C.10.7 (graphic layer), C.11.1 (modality), C.11.6 (presentation LUT), C.11.8 (Softcopy VOI LUT).
"""

from collections.abc import Hashable
from collections.abc import Sequence as Items
from dataclasses import dataclass
from fractions import Fraction

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.valuerep import DSfloat

from dicomkit.evidence import EvidenceImage, EvidenceSeries, new_evidence
from dicomkit.graphic_writing import graphic_objects, text_object
from dicomkit.marking import MarkingKind
from dicomkit.pixels.lookup_table import LookupTable
from dicomkit.pixels.modality_lut import ModalityLUT, ModalityTransform, Rescale
from dicomkit.pixels.voi_lut import VOI, VOIFunction, VOIWindow
from dicomkit.presentation import GRAYSCALE_SOFTCOPY_PRESENTATION_STATE, SizeMode
from dicomkit.region_shapes import Point

_LAYER = "ANNOTATIONS"
# Yellow, which is on no grey scale, as CIELab in 16 bits each (C.10.7.1.1).
_LAYER_COLOUR = [63969, 28827, 56909]
_UNSPECIFIED = "US"
"""Rescale Type and Modality LUT Type of values without a unit."""


@dataclass(frozen=True, slots=True)
class DrawnMarking:
    """Something drawn, and the words beside it ("" for none)."""

    kind: MarkingKind
    points: tuple[Point, ...]
    words: str


@dataclass(frozen=True, slots=True)
class PresentedFrame:
    """A frame and what is drawn on it.

    Attributes
    ----------
    pixel_spacing_mm
        (down, across) in the patient; None where that is not known, and `pixel_aspect_ratio`, (vertical, horizontal),
        says the shape of a pixel alone.
    voi
        None: values are shown from end to end.
    """

    image: EvidenceImage
    rows: int
    columns: int
    pixel_spacing_mm: tuple[float, float] | None
    pixel_aspect_ratio: tuple[float, float]
    voi: VOI | None
    markings: tuple[DrawnMarking, ...]


@dataclass(frozen=True, slots=True)
class PresentedGreys:
    """What all images of a state share. `value_type` is a Rescale Type, such as "HU"; "US" is of no known unit."""

    modality: ModalityTransform
    value_type: str
    is_inverse: bool


def presentation_state(
    header: Dataset,
    frames: Items[PresentedFrame],
    greys: PresentedGreys,
    series: EvidenceSeries,
    *,
    description: str,
    creator: str,
) -> Dataset:
    """Return a presentation state that shows all of each frame, with what is drawn on it.

    Parameters
    ----------
    header
        Of one of the images, for patient and study.
    frames
        At least one, each once, of images of one study.
    description
        At most 64 characters.
    creator
        Name of who made it.
    """
    dataset = new_evidence(header, series, sop_class_uid=GRAYSCALE_SOFTCOPY_PRESENTATION_STATE, modality="PR")
    dataset.PresentationCreationDate, dataset.PresentationCreationTime = (
        dataset.ContentDate,
        dataset.ContentTime,
    )
    del dataset.ContentDate, dataset.ContentTime
    # Of type 2C in this object; what is said of sides is in the images.
    dataset.Laterality = ""
    dataset.ContentLabel, dataset.ContentDescription = _LAYER, description
    dataset.ContentCreatorName = " ".join(creator.translate(str.maketrans("\\^=", "   ")).split())[:64]
    dataset.ReferencedSeriesSequence = Sequence(_series_items(frames))
    dataset.DisplayedAreaSelectionSequence = Sequence(
        _for_some(frames, [_area_key(one) for one in frames], [_area(one) for one in frames])
    )
    dataset.GraphicAnnotationSequence = Sequence([_annotation(one) for one in frames])
    dataset.GraphicLayerSequence = Sequence([_layer()])
    with_voi = [one for one in frames if one.voi is not None]
    if with_voi:
        items = [_voi_item(one.voi) for one in with_voi if one.voi is not None]
        dataset.SoftcopyVOILUTSequence = Sequence(
            _for_some(with_voi, [one.voi for one in with_voi], items, is_all=len(with_voi) == len(frames))
        )
    dataset.PresentationLUTShape = "INVERSE" if greys.is_inverse else "IDENTITY"
    _add_modality(dataset, greys)
    return dataset


def _for_some(
    frames: Items[PresentedFrame], keys: Items[Hashable], items: Items[Dataset], *, is_all: bool = True
) -> list[Dataset]:
    """Return each item once, with the frames that it is for unless it is for all."""
    members: dict[Hashable, list[PresentedFrame]] = {}
    first: dict[Hashable, Dataset] = {}
    for frame, key, item in zip(frames, keys, items, strict=True):
        members.setdefault(key, []).append(frame)
        first.setdefault(key, item)
    if len(first) > 1 or not is_all:
        for key, item in first.items():
            item.ReferencedImageSequence = Sequence(_image_items(members[key]))
    return list(first.values())


def _series_items(frames: Items[PresentedFrame]) -> list[Dataset]:
    members: dict[str, list[PresentedFrame]] = {}
    for one in frames:
        members.setdefault(one.image.series_instance_uid, []).append(one)
    items = []
    for series_instance_uid, some in members.items():
        item = Dataset()
        item.SeriesInstanceUID = series_instance_uid
        item.ReferencedImageSequence = Sequence(_image_items(some))
        items.append(item)
    return items


def _image_items(frames: Items[PresentedFrame]) -> list[Dataset]:
    numbers: dict[str, list[int]] = {}
    images: dict[str, EvidenceImage] = {}
    for one in frames:
        images[one.image.sop_instance_uid] = one.image
        numbers.setdefault(one.image.sop_instance_uid, []).extend(one.image.reference().frame_numbers)
    items = []
    for uid, image in images.items():
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.sop_class_uid, uid
        if numbers[uid]:
            item.ReferencedFrameNumber = sorted(numbers[uid])
        items.append(item)
    return items


def _area_key(frame: PresentedFrame) -> Hashable:
    return frame.rows, frame.columns, frame.pixel_spacing_mm, frame.pixel_aspect_ratio


def _area(frame: PresentedFrame) -> Dataset:
    item = Dataset()
    item.DisplayedAreaTopLeftHandCorner = [1, 1]
    item.DisplayedAreaBottomRightHandCorner = [frame.columns, frame.rows]
    item.PresentationSizeMode = SizeMode.SCALE_TO_FIT.value
    if frame.pixel_spacing_mm is not None:
        item.PresentationPixelSpacing = [DSfloat(one, auto_format=True) for one in frame.pixel_spacing_mm]
    else:
        vertical, horizontal = frame.pixel_aspect_ratio
        ratio = Fraction(vertical / horizontal).limit_denominator(1000)
        item.PresentationPixelAspectRatio = [ratio.numerator, ratio.denominator]
    return item


def _annotation(frame: PresentedFrame) -> Dataset:
    vertical, horizontal = frame.pixel_spacing_mm or frame.pixel_aspect_ratio
    size = {"rows": frame.rows, "columns": frame.columns}
    item = Dataset()
    item.ReferencedImageSequence = Sequence(_image_items([frame]))
    item.GraphicLayer = _LAYER
    graphics = [
        graphic
        for one in frame.markings
        for graphic in graphic_objects(one.kind, one.points, **size, aspect=vertical / horizontal)
    ]
    texts = [text_object(one.words, one.kind, one.points, **size) for one in frame.markings if one.words]
    if texts:
        item.TextObjectSequence = Sequence(texts)
    if graphics:
        item.GraphicObjectSequence = Sequence(graphics)
    return item


def _layer() -> Dataset:
    item = Dataset()
    item.GraphicLayer, item.GraphicLayerOrder = _LAYER, 1
    item.GraphicLayerRecommendedDisplayGrayscaleValue = 0xFFFF
    item.GraphicLayerRecommendedDisplayCIELabValue = list(_LAYER_COLOUR)
    return item


def _voi_item(voi: VOI) -> Dataset:
    item = Dataset()
    if isinstance(voi, VOIWindow):
        item.WindowCenter = DSfloat(voi.center, auto_format=True)
        item.WindowWidth = DSfloat(voi.width, auto_format=True)
        if voi.label:
            item.WindowCenterWidthExplanation = voi.label[:64]
        if voi.function is not VOIFunction.LINEAR:
            item.VOILUTFunction = voi.function.value
    else:
        table = _table_item(voi.table)
        if voi.label:
            table.LUTExplanation = voi.label[:64]
        item.VOILUTSequence = Sequence([table])
    return item


def _add_modality(dataset: Dataset, greys: PresentedGreys) -> None:
    if isinstance(greys.modality, ModalityLUT):
        table = _table_item(greys.modality.table)
        table.ModalityLUTType = greys.value_type
        dataset.ModalityLUTSequence = Sequence([table])
    elif greys.modality != Rescale() or greys.value_type != _UNSPECIFIED:
        dataset.RescaleIntercept = DSfloat(greys.modality.intercept, auto_format=True)
        dataset.RescaleSlope = DSfloat(greys.modality.slope, auto_format=True)
        dataset.RescaleType = greys.value_type


def _table_item(table: LookupTable) -> Dataset:
    """Return a table with VRs of its own: of an object without pixels nothing else says whether values are signed."""
    item = Dataset()
    # The count is unsigned even where the first mapped value is not; 0 stands for 65,536.
    numbers = [len(table.entries) & 0xFFFF, table.first_mapped, table.bits_per_entry]
    item.add_new("LUTDescriptor", "SS" if table.first_mapped < 0 else "US", numbers)
    item.add_new("LUTData", "OW", table.data)
    return item
