"""Regions on images: segmentations and RT structure sets with known content.

References
----------
PS3.3 A.51 (Segmentation), A.92 (Label Map Segmentation), A.19.3 (RT Structure Set).
"""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from dicomkit.segmentation import LABEL_MAP_SEGMENTATION, SegmentationType
from dicomkit.synth.modules import StudyAttributes, new_object, set_pixels

# Red, as Recommended Display CIELab Value writes it.
RED = (34885, 53485, 50171)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class MarkedPlane:
    """One frame of a segmentation: pixels at a position, drawn on an image or on none."""

    pixels: NDArray[Any]
    position: tuple[float, float, float]
    segment_number: int = 1
    source: Dataset | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnROI:
    """One ROI: contours as (type, points in mm one after the other, the image that they name or None)."""

    name: str
    contours: Items[tuple[str, Items[float], Dataset | None]]
    interpreted_type: str = "ORGAN"
    colour: tuple[int, int, int] | None = (255, 0, 0)


def marked(image: Dataset, pixels: NDArray[Any], *, segment_number: int = 1) -> MarkedPlane:
    """Return a frame that lies where an image does and was drawn on it."""
    x, y, z = (float(number) for number in image.ImagePositionPatient)
    return MarkedPlane(pixels=pixels, position=(x, y, z), segment_number=segment_number, source=image)


def segmentation(
    study: StudyAttributes,
    image: Dataset,
    frames: Items[MarkedPlane],
    *,
    labels: Items[str] = ("Nodule",),
    kind: SegmentationType = SegmentationType.BINARY,
    series_number: int = 92,
    instance_number: int = 1,
    **attributes: Any,
) -> Dataset:
    """Return a segmentation.

    Parameters
    ----------
    image
        One of the series that it is about: orientation, spacing and frame of reference are its, unless `attributes`
        says otherwise.
    frames
        Of one size. Pixels are 0 and 1, fractions of 255, or in a label map numbers of segments.
    labels
        Of the segments, numbered from 1; the first one is red.
    attributes
        By keyword; those of the pixel measures, and ImageOrientationPatient, go where they belong.
    """
    is_label_map = kind is SegmentationType.LABELMAP
    dataset = new_object(
        study,
        sop_class_uid=LABEL_MAP_SEGMENTATION if is_label_map else SegmentationStorage,
        modality="SEG",
        series_number=series_number,
        series_description="Segmentation",
        instance_number=instance_number,
    )
    dataset.ContentLabel, dataset.ContentDescription = "REGIONS", attributes.pop("ContentDescription", "")
    dataset.SegmentationType = str(kind)
    dataset.FrameOfReferenceUID = image.get("FrameOfReferenceUID", "")
    dataset.SegmentSequence = Sequence(_segment(number, label) for number, label in enumerate(labels, 1))
    measures = {
        keyword: attributes.pop(keyword, image.get(keyword))
        for keyword in ("PixelSpacing", "SliceThickness", "SpacingBetweenSlices")
    }
    orientation = attributes.pop("ImageOrientationPatient", image.get("ImageOrientationPatient"))
    shared = _with(Dataset(), PixelMeasuresSequence=_item(**measures))
    shared.PlaneOrientationSequence = _item(ImageOrientationPatient=orientation)
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(_frame(one, is_label_map) for one in frames)
    sources = [one.source for one in frames if one.source is not None]
    if sources:
        dataset.ReferencedSeriesSequence = _item(
            SeriesInstanceUID=sources[0].SeriesInstanceUID,
            ReferencedInstanceSequence=Sequence(_reference(one) for one in _each_once(sources)),
        )
    _set_frames(dataset, np.stack([one.pixels for one in frames]), kind)
    return _with(dataset, **attributes)


def structure_set(
    study: StudyAttributes,
    image: Dataset,
    rois: Items[DrawnROI],
    *,
    label: str = "PLAN",
    series_number: int = 93,
    instance_number: int = 1,
    **attributes: Any,
) -> Dataset:
    """Return an RT structure set in the frame of reference of an image."""
    dataset = new_object(
        study,
        sop_class_uid=RTStructureSetStorage,
        modality="RTSTRUCT",
        series_number=series_number,
        series_description="Structure set",
        instance_number=instance_number,
    )
    dataset.StructureSetLabel, dataset.StructureSetName = label, attributes.pop("StructureSetName", "")
    dataset.StructureSetDate, dataset.StructureSetTime = study.study_date, study.study_time
    numbered = list(enumerate(rois, 1))
    frame_of_reference_uid = image.FrameOfReferenceUID
    dataset.StructureSetROISequence = Sequence(
        _dataset(
            ROINumber=number,
            ROIName=roi.name,
            ReferencedFrameOfReferenceUID=frame_of_reference_uid,
            ROIGenerationAlgorithm="AUTOMATIC",
        )
        for number, roi in numbered
    )
    dataset.ROIContourSequence = Sequence(_roi_contours(number, roi) for number, roi in numbered)
    dataset.RTROIObservationsSequence = Sequence(
        _dataset(
            ObservationNumber=number,
            ReferencedROINumber=number,
            RTROIInterpretedType=roi.interpreted_type,
            ROIInterpreter="",
        )
        for number, roi in numbered
    )
    return _with(dataset, **attributes)


def _segment(number: int, label: str) -> Dataset:
    item = _dataset(SegmentNumber=number, SegmentLabel=label, SegmentAlgorithmType="MANUAL")
    item.SegmentedPropertyCategoryCodeSequence = _code("123037004", "Anatomical Structure")
    item.SegmentedPropertyTypeCodeSequence = _code("39607008", label)
    if number == 1:
        item.RecommendedDisplayCIELabValue = list(RED)
    return item


def _frame(plane: MarkedPlane, is_label_map: bool) -> Dataset:
    item = Dataset()
    item.PlanePositionSequence = _item(ImagePositionPatient=[f"{number:.3f}" for number in plane.position])
    if not is_label_map:
        item.SegmentIdentificationSequence = _item(ReferencedSegmentNumber=plane.segment_number)
    if plane.source is not None:
        derivation = _dataset(DerivationCodeSequence=_code("113076", "Segmentation", "DCM"))
        derivation.SourceImageSequence = Sequence([_reference(plane.source)])
        item.DerivationImageSequence = Sequence([derivation])
    return item


def _set_frames(dataset: Dataset, pixels: NDArray[Any], kind: SegmentationType) -> None:
    dataset.NumberOfFrames = len(pixels)
    if kind is SegmentationType.FRACTIONAL:
        dataset.SegmentationFractionalType, dataset.MaximumFractionalValue = "PROBABILITY", 255
    set_pixels(dataset, pixels.astype(np.uint8), bits_stored=8, photometric_interpretation="MONOCHROME2")
    if kind is SegmentationType.LABELMAP:
        dataset.PixelPaddingValue = 0
    if kind is SegmentationType.BINARY:
        dataset.BitsAllocated = dataset.BitsStored = 1
        dataset.HighBit = 0
        # PS3.5 8.1.1: bits of all frames follow each other from the lowest of each byte on.
        packed = np.packbits(pixels.astype(np.bool_).reshape(-1), bitorder="little").tobytes()
        dataset.PixelData = packed + b"\0" * (len(packed) % 2)


def _roi_contours(number: int, roi: DrawnROI) -> Dataset:
    item = _dataset(ReferencedROINumber=number)
    if roi.colour is not None:
        item.ROIDisplayColor = list(roi.colour)
    item.ContourSequence = Sequence(_contour(*contour) for contour in roi.contours)
    return item


def _contour(kind: str, points: Items[float], image: Dataset | None) -> Dataset:
    item = _dataset(ContourGeometricType=kind, NumberOfContourPoints=len(points) // 3)
    item.ContourData = [f"{number:.2f}" for number in points]
    if image is not None:
        item.ContourImageSequence = Sequence([_reference(image)])
    return item


def _reference(image: Dataset) -> Dataset:
    return _dataset(ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID)


def _each_once(images: Items[Dataset]) -> list[Dataset]:
    return list({image.SOPInstanceUID: image for image in images}.values())


def _code(value: str, meaning: str, scheme: str = "SCT") -> Sequence:
    return _item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def _item(**attributes: Any) -> Sequence:
    return Sequence([_dataset(**attributes)])


def _dataset(**attributes: Any) -> Dataset:
    return _with(Dataset(), **attributes)


def _with(dataset: Dataset, **attributes: Any) -> Dataset:
    """Set attributes by keyword; None leaves one out."""
    for keyword, value in attributes.items():
        if value is not None:
            setattr(dataset, keyword, value)
        elif keyword in dataset:
            delattr(dataset, keyword)
    return dataset
