"""Write a Key Object Selection: the images that readers marked as those that matter, or that were rejected.

References
----------
PS3.3 A.35.4 (the object), C.17.6 (Key Object modules); PS3.16 TID 2010, CID 7010.
"""

from collections.abc import Sequence as Items

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.evidence import EvidenceImage, EvidenceSeries, evidence_sequence, new_evidence
from dicomkit.key_object import KEY_OBJECT_SELECTION_DOCUMENT
from dicomkit.sr import content
from dicomkit.sr.codes import Code

OF_INTEREST = Code("113000", "DCM", "Of Interest")
_MODIFIER = Code("113011", "DCM", "Document Title Modifier")
_DESCRIPTION = Code("113012", "DCM", "Key Object Description")


def key_object_selection(
    header: Dataset,
    images: Items[EvidenceImage],
    series: EvidenceSeries,
    *,
    description: str = "",
    title: Code = OF_INTEREST,
    modifier: Code | None = None,
) -> Dataset:
    """Return a selection of images of one study.

    Parameters
    ----------
    header
        Of one of the images, for patient and study.
    images
        At least one, in the order in which they are to be looked at.
    title, modifier
        Why they were selected, and more closely, CID 7010 and 7011: a rejection is a selection, too.
    """
    dataset = new_evidence(header, series, sop_class_uid=KEY_OBJECT_SELECTION_DOCUMENT, modality="KO")
    dataset.ReferencedPerformedProcedureStepSequence = Sequence()
    dataset.CurrentRequestedProcedureEvidenceSequence = evidence_sequence(dataset.StudyInstanceUID, images)
    words = [content.code(_MODIFIER, modifier, "HAS CONCEPT MOD")] if modifier else []
    words += [content.text(_DESCRIPTION, description, "CONTAINS")] if description else []
    root = content.container(
        title,
        [*words, *(content.image(one.sop_class_uid, one.reference(), "CONTAINS") for one in images)],
        template="2010",
    )
    del root.RelationshipType
    dataset.update(root)
    return dataset
