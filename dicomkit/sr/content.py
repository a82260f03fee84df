"""Content items of a structured report, one function for each value type.

References
----------
PS3.3 C.17.3 (SR Document Content), C.18 (content item macros).
"""

from collections.abc import Sequence as Items

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.valuerep import DSfloat

from dicomkit.geometry import Vector
from dicomkit.image_references import ImageReference
from dicomkit.region_shapes import Point
from dicomkit.sr.codes import Code


def container(name: Code, children: Items[Dataset], *, template: str = "") -> Dataset:
    """Return a heading with what stands under it."""
    item = _item("CONTAINER", name, "CONTAINS", children)
    item.ContinuityOfContent = "SEPARATE"
    if template:
        applied = Dataset()
        applied.MappingResource, applied.TemplateIdentifier = "DCMR", template
        item.ContentTemplateSequence = Sequence([applied])
    return item


def code(name: Code, value: Code, relationship: str) -> Dataset:
    """Return a coded answer."""
    item = _item("CODE", name, relationship)
    item.ConceptCodeSequence = Sequence([value.item()])
    return item


def text(name: Code, words: str, relationship: str) -> Dataset:
    """Return words."""
    item = _item("TEXT", name, relationship)
    item.TextValue = words
    return item


def person(name: Code, person_name: str, relationship: str) -> Dataset:
    """Return the name of a person."""
    item = _item("PNAME", name, relationship)
    item.PersonName = person_name
    return item


def uid(name: Code, value: str, relationship: str) -> Dataset:
    """Return a unique identifier."""
    item = _item("UIDREF", name, relationship)
    item.UID = value
    return item


def number(name: Code, value: float, unit: Code, children: Items[Dataset] = ()) -> Dataset:
    """Return a measured number."""
    item = _item("NUM", name, "CONTAINS", children)
    measured = Dataset()
    measured.NumericValue = DSfloat(value, auto_format=True)
    measured.FloatingPointValue = value
    measured.MeasurementUnitsCodeSequence = Sequence([unit.item()])
    item.MeasuredValueSequence = Sequence([measured])
    return item


def image(sop_class_uid: str, reference: ImageReference, relationship: str) -> Dataset:
    """Return a reference to an image, or to some of its frames."""
    item = _item("IMAGE", None, relationship)
    named = Dataset()
    named.ReferencedSOPClassUID = sop_class_uid
    named.ReferencedSOPInstanceUID = reference.sop_instance_uid
    if reference.frame_numbers:
        named.ReferencedFrameNumber = list(reference.frame_numbers)
    item.ReferencedSOPSequence = Sequence([named])
    return item


def coordinates(
    name: Code | None, graphic_type: str, points: Items[Point], source: Dataset, relationship: str
) -> Dataset:
    """Return a place on an image, which is ``source`` selected from."""
    item = _item("SCOORD", name, relationship, [source])
    item.GraphicType = graphic_type
    item.GraphicData = [float(one) for point in points for one in point]
    return item


def coordinates_3d(
    name: Code | None,
    graphic_type: str,
    points: Items[Vector],
    frame_of_reference_uid: str,
    relationship: str,
) -> Dataset:
    """Return a place in the patient, in mm of a frame of reference; it is selected from no image.

    References
    ----------
    PS3.3 C.18.9.
    """
    item = _item("SCOORD3D", name, relationship)
    item.ReferencedFrameOfReferenceUID = frame_of_reference_uid
    item.GraphicType = graphic_type
    item.GraphicData = [float(one) for point in points for one in point]
    return item


def _item(value_type: str, name: Code | None, relationship: str, children: Items[Dataset] = ()) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = relationship, value_type
    if name is not None:
        item.ConceptNameCodeSequence = Sequence([name.item()])
    if children:
        item.ContentSequence = Sequence(children)
    return item
