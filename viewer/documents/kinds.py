"""Which documents there are, by SOP class, and what a reader is told of those that are not shown.

References
----------
PS3.4 B.5 (standard SOP classes).
"""

from enum import StrEnum

from pydicom.uid import UID

from dicomkit.key_object import KEY_OBJECT_SELECTION_DOCUMENT


class DocumentKind(StrEnum):
    """How a document is shown."""

    REPORT = "report"
    PDF = "pdf"
    WAVEFORM = "waveform"
    FILE = "file"
    """It can be downloaded, and is told of in a sentence."""
    NONE = ""
    """It is no document."""


_REPORTS_UNDER = "1.2.840.10008.5.1.4.1.1.88."
_WAVEFORMS_UNDER = "1.2.840.10008.5.1.4.1.1.9."
_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
_AUDIO = frozenset({"1.2.840.10008.5.1.4.1.1.9.4.1", "1.2.840.10008.5.1.4.1.1.9.4.2"})
_SOUND = "This is recorded sound, which the viewer does not play."
_MODEL = "This is a model for printing in three dimensions, which the viewer does not draw."
_SUFFIXES = {
    _PDF: ".pdf",
    "1.2.840.10008.5.1.4.1.1.104.2": ".xml",
    "1.2.840.10008.5.1.4.1.1.104.3": ".stl",
    "1.2.840.10008.5.1.4.1.1.104.4": ".obj",
    "1.2.840.10008.5.1.4.1.1.104.5": ".mtl",
}
_SENTENCES = {
    "1.2.840.10008.5.1.4.1.1.104.2": (
        "This is a clinical document in XML (HL7 CDA). It is not shown, because its appearance is not in the file."
    ),
    "1.2.840.10008.5.1.4.1.1.104.3": _MODEL,
    "1.2.840.10008.5.1.4.1.1.104.4": _MODEL,
    "1.2.840.10008.5.1.4.1.1.104.5": _MODEL,
}


def document_kind(sop_class_uid: str) -> DocumentKind:
    """Return how an object of a SOP class is shown where it has no picture."""
    if sop_class_uid == _PDF:
        return DocumentKind.PDF
    if sop_class_uid in _SENTENCES or sop_class_uid in _AUDIO:
        return DocumentKind.FILE
    # The procedure log (88.40) and key objects are structured reports like the others.
    if sop_class_uid.startswith(_REPORTS_UNDER):
        return DocumentKind.REPORT
    if sop_class_uid.startswith(_WAVEFORMS_UNDER):
        return DocumentKind.WAVEFORM
    return DocumentKind.NONE


def document_sentence(sop_class_uid: str) -> str:
    """Return why a document is not shown; empty for one that is."""
    return _SOUND if sop_class_uid in _AUDIO else _SENTENCES.get(sop_class_uid, "")


def file_suffix(sop_class_uid: str) -> str:
    """Return how the name of the file ends that an object carries; empty where it carries none."""
    return _SUFFIXES.get(sop_class_uid, "")


def document_title(sop_class_uid: str) -> str:
    """Return what an object is called that has no name of its own: its SOP class in plain words."""
    if sop_class_uid == KEY_OBJECT_SELECTION_DOCUMENT:
        return "Key images"
    name = UID(sop_class_uid).name
    return "" if name == sop_class_uid else name.removesuffix(" Storage").removesuffix(" Document")
