"""Key Object Selections: images that somebody marked, and why.

References
----------
PS3.3 A.35.4 (the object), C.17.6.2 (Key Object Document); PS3.16 TID 2010 and CID 7010 (titles).
"""

from dataclasses import dataclass
from datetime import datetime

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item
from dicomkit.identity import clean_text
from dicomkit.image_references import ImageReference, items_of, read_image_references
from dicomkit.malformed import refuse_malformed_values
from dicomkit.temporal import parse_date, parse_time

KEY_OBJECT_SELECTION_DOCUMENT = "1.2.840.10008.5.1.4.1.1.88.59"
_DESCRIPTION = "113012"


@dataclass(frozen=True, slots=True)
class KeyObjectSelection:
    """A selection; `title` is the meaning of its code, such as "Of Interest" or "Rejected for Quality Reasons"."""

    title: str
    title_code: str
    description: str
    created: datetime | None
    images: tuple[ImageReference, ...]


def read_key_object_selection(dataset: Dataset) -> KeyObjectSelection:
    """Read a key object selection.

    Raises
    ------
    MalformedAttributeError
        A value does not follow its value representation.
    """
    with refuse_malformed_values():
        title = first_item(dataset, "ConceptNameCodeSequence") or Dataset()
        day = parse_date(clean_text(dataset, "ContentDate", 16))
        moment = parse_time(clean_text(dataset, "ContentTime", 16))
        contents = items_of(dataset, "ContentSequence")
        return KeyObjectSelection(
            title=clean_text(title, "CodeMeaning", 64) or "Key images",
            title_code=clean_text(title, "CodeValue", 16),
            description=next(filter(None, map(_description, contents)), ""),
            created=datetime.combine(day, moment or datetime.min.time()) if day else None,
            images=tuple(
                reference
                for item in contents
                if clean_text(item, "ValueType", 16) == "IMAGE"
                for reference in read_image_references(item, "ReferencedSOPSequence")
            ),
        )


def _description(item: Dataset) -> str:
    name = first_item(item, "ConceptNameCodeSequence")
    if name is None or clean_text(name, "CodeValue", 16) != _DESCRIPTION:
        return ""
    return str(item.get("TextValue") or "").strip()
