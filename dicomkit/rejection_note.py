"""Rejection notes: key objects that say which instances their sender rejects, and why.

References
----------
IHE RAD TF-3 4.66 (Rejection Note Stored); PS3.3 C.17.6 (Key Object Selection); PS3.16 TID 2010, CID 7010, CID 7011.
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.functional_groups import first_item
from dicomkit.identity import clean_text
from dicomkit.image_references import ImageReference, items_of, read_image_references
from dicomkit.key_object import KEY_OBJECT_SELECTION_DOCUMENT, read_key_object_selection
from dicomkit.malformed import refuse_malformed_values
from dicomkit.rejection import QUALITY_REASONS, TITLES

_MODIFIER = "113011"


@dataclass(frozen=True, slots=True)
class RejectionNote:
    """What a note says.

    Attributes
    ----------
    reason_code
        DCM code: of what was wrong with the quality where it is told, else of the title.
    description
        In the sender's words; empty where it says none.
    sop_instance_uids
        Whole instances; what is said of single frames is left out.
    """

    sop_instance_uid: str
    reason_code: str
    description: str
    sop_instance_uids: tuple[str, ...]


def read_rejection_note(dataset: Dataset) -> RejectionNote | None:
    """Read what a data set rejects; None where it is no rejection note.

    Raises
    ------
    MalformedAttributeError
        A value does not follow its value representation.
    """
    if clean_text(dataset, "SOPClassUID", 64) != KEY_OBJECT_SELECTION_DOCUMENT:
        return None
    selection = read_key_object_selection(dataset)
    if selection.title_code not in TITLES:
        return None
    with refuse_malformed_values():
        contents = items_of(dataset, "ContentSequence")
        named = [one for item in contents for one in read_image_references(item, "ReferencedSOPSequence")]
        uids = dict.fromkeys(
            one.sop_instance_uid for one in named or _evidence(dataset) if not one.frame_numbers
        )
        reason = next(filter(None, map(_quality_reason, contents)), selection.title_code)
        own = clean_text(dataset, "SOPInstanceUID", 64)
        return RejectionNote(own, reason, selection.description, tuple(uid for uid in uids if uid != own))


def _quality_reason(item: Dataset) -> str:
    name = first_item(item, "ConceptNameCodeSequence")
    if name is None or clean_text(name, "CodeValue", 16) != _MODIFIER:
        return ""
    code = clean_text(first_item(item, "ConceptCodeSequence") or Dataset(), "CodeValue", 16)
    return code if code in QUALITY_REASONS else ""


def _evidence(dataset: Dataset) -> list[ImageReference]:
    """Return what the evidence names, for notes whose content names nothing."""
    return [
        reference
        for study in items_of(dataset, "CurrentRequestedProcedureEvidenceSequence")
        for series in items_of(study, "ReferencedSeriesSequence")
        for reference in read_image_references(series, "ReferencedSOPSequence")
    ]
