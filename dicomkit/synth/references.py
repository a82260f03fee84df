"""Objects that speak of images: presentation states and key object selections.

References
----------
PS3.3 A.33.1 (Grayscale Softcopy Presentation State), A.35.4 (Key Object Selection Document); PS3.16 TID 2010.
"""

from collections.abc import Sequence as Items
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage, KeyObjectSelectionDocumentStorage

from dicomkit.synth.modules import StudyAttributes, new_object


def presentation_state(
    study: StudyAttributes,
    images: Items[Dataset],
    *,
    label: str = "FINDING",
    description: str = "",
    series_number: int = 90,
    instance_number: int = 1,
    **attributes: Any,
) -> Dataset:
    """Return a presentation state that shows all of each image, grey values from end to end.

    Parameters
    ----------
    images
        Of one study and one size; the state refers to them.
    attributes
        Further attributes by keyword, for example `SoftcopyVOILUTSequence=[item]`.
    """
    dataset = new_object(
        study,
        sop_class_uid=GrayscaleSoftcopyPresentationStateStorage,
        modality="PR",
        series_number=series_number,
        series_description="Presentation states",
        instance_number=instance_number,
    )
    dataset.ContentLabel, dataset.ContentDescription = label, description
    dataset.ContentCreatorName = "Reader^Demo"
    dataset.PresentationCreationDate, dataset.PresentationCreationTime = study.study_date, study.study_time
    dataset.ReferencedSeriesSequence = Sequence(_series_references(images))
    dataset.DisplayedAreaSelectionSequence = Sequence([displayed_area(images[0])])
    dataset.PresentationLUTShape = "IDENTITY"
    for keyword, value in attributes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset


def displayed_area(
    image: Dataset,
    *,
    top_left: tuple[int, int] = (1, 1),
    bottom_right: tuple[int, int] | None = None,
    mode: str = "SCALE TO FIT",
    **attributes: Any,
) -> Dataset:
    """Return an item that shows a part of an image, all of it unless corners are given (column, row, from 1)."""
    item = Dataset()
    item.DisplayedAreaTopLeftHandCorner = list(top_left)
    item.DisplayedAreaBottomRightHandCorner = list(bottom_right or (image.Columns, image.Rows))
    item.PresentationSizeMode = mode
    item.PresentationPixelAspectRatio = [1, 1]
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def graphic(kind: str, points: Items[float], *, units: str = "PIXEL", is_filled: bool = False) -> Dataset:
    """Return one drawing; points as column, row, column, row, ..."""
    item = Dataset()
    item.GraphicAnnotationUnits, item.GraphicDimensions = units, 2
    item.NumberOfGraphicPoints, item.GraphicData = len(points) // 2, [float(number) for number in points]
    item.GraphicType, item.GraphicFilled = kind, "Y" if is_filled else "N"
    return item


def text_at(words: str, anchor: tuple[float, float], *, is_anchor_visible: bool = True) -> Dataset:
    """Return words at a point of the image."""
    item = Dataset()
    item.AnchorPointAnnotationUnits, item.AnchorPoint = "PIXEL", [float(number) for number in anchor]
    item.AnchorPointVisibility, item.UnformattedTextValue = "Y" if is_anchor_visible else "N", words
    return item


def drawn(
    images: Items[Dataset], *, layer: str = "NOTES", graphics: Items[Dataset] = (), texts: Items[Dataset] = ()
) -> Dataset:
    """Return an annotation of some images."""
    item = Dataset()
    item.ReferencedImageSequence = Sequence(_image_references(images))
    item.GraphicLayer = layer
    if graphics:
        item.GraphicObjectSequence = Sequence(graphics)
    if texts:
        item.TextObjectSequence = Sequence(texts)
    return item


def graphic_layer(name: str = "NOTES", *, order: int = 1) -> Dataset:
    """Return a layer."""
    item = Dataset()
    item.GraphicLayer, item.GraphicLayerOrder = name, order
    return item


def key_object_selection(
    study: StudyAttributes,
    images: Items[Dataset],
    *,
    title: tuple[str, str] = ("113000", "Of Interest"),
    description: str = "",
    series_number: int = 91,
    instance_number: int = 1,
) -> Dataset:
    """Return a selection of images; the title is a code of CID 7010 and its meaning."""
    dataset = new_object(
        study,
        sop_class_uid=KeyObjectSelectionDocumentStorage,
        modality="KO",
        series_number=series_number,
        series_description="Key images",
        instance_number=instance_number,
    )
    dataset.ReferencedPerformedProcedureStepSequence = Sequence()
    dataset.ValueType, dataset.ContinuityOfContent = "CONTAINER", "SEPARATE"
    dataset.ConceptNameCodeSequence = Sequence([_code(*title)])
    evidence = Dataset()
    evidence.StudyInstanceUID = study.study_instance_uid
    evidence.ReferencedSeriesSequence = Sequence(_series_references(images, "ReferencedSOPSequence"))
    dataset.CurrentRequestedProcedureEvidenceSequence = Sequence([evidence])
    contents = []
    if description:
        words = Dataset()
        words.RelationshipType, words.ValueType, words.TextValue = "CONTAINS", "TEXT", description
        words.ConceptNameCodeSequence = Sequence([_code("113012", "Key Object Description")])
        contents.append(words)
    for reference in _image_references(images):
        item = Dataset()
        item.RelationshipType, item.ValueType = "CONTAINS", "IMAGE"
        item.ReferencedSOPSequence = Sequence([reference])
        contents.append(item)
    dataset.ContentSequence = Sequence(contents)
    return dataset


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _series_references(images: Items[Dataset], keyword: str = "ReferencedImageSequence") -> list[Dataset]:
    found: dict[str, list[Dataset]] = {}
    for image in images:
        found.setdefault(image.SeriesInstanceUID, []).append(image)
    items = []
    for uid, members in found.items():
        item = Dataset()
        item.SeriesInstanceUID = uid
        setattr(item, keyword, Sequence(_image_references(members)))
        items.append(item)
    return items


def _image_references(images: Items[Dataset]) -> list[Dataset]:
    items = []
    for image in images:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
        items.append(item)
    return items
