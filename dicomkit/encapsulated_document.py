"""Documents that travel inside DICOM: PDF, CDA, models for printing.

References
----------
PS3.3 A.45 (the objects), C.24.2 (Encapsulated Document module).
"""

from pydicom.dataset import Dataset

from dicomkit.errors import InvalidDocumentError
from dicomkit.identity import clean_text, whole_number

_PDF_MARK = b"%PDF-"
# Readers of PDF look for the mark this far, because mail and printers put lines before it.
_PDF_MARK_WITHIN_BYTES = 1024


def document_bytes(dataset: Dataset) -> bytes:
    """Return the document, without the byte that makes its length even.

    Raises
    ------
    InvalidDocumentError
        There is none, or one that is larger than is read at once.
    """
    data = dataset.get("EncapsulatedDocument")
    if not isinstance(data, bytes) or not data:
        raise InvalidDocumentError(
            "The object holds no document, or one that is larger than can be read at once."
        )
    length = whole_number(dataset, "EncapsulatedDocumentLength")
    # A wrong length must not cut a document: only the padding byte goes.
    return data[:length] if length is not None and length == len(data) - 1 else data


def pdf_bytes(dataset: Dataset) -> bytes:
    """Return an encapsulated PDF.

    Raises
    ------
    InvalidDocumentError
        There is none, or it is something else, whatever its media type says.
    """
    data = document_bytes(dataset)
    if _PDF_MARK not in data[:_PDF_MARK_WITHIN_BYTES]:
        raise InvalidDocumentError("The document is not a PDF, although the object says so.")
    return data


def media_type(dataset: Dataset) -> str:
    """Return the media type that the object names; empty where it names none."""
    return clean_text(dataset, "MIMETypeOfEncapsulatedDocument", 64).lower()
