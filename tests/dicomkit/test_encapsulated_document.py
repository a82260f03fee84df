"""Encapsulated documents: the very bytes, and nothing that only claims to be a PDF."""

import pytest
from pydicom.dataset import Dataset

from dicomkit.encapsulated_document import document_bytes, pdf_bytes
from dicomkit.errors import InvalidDocumentError
from dicomkit.synth.documents import pdf_dataset, pdf_of
from tests.dicom_samples import about

PAGES = [["Title", "A line (with brackets) \\"], ["Second page"]]


def test_a_pdf_comes_out_as_it_went_in_without_padding() -> None:
    dataset = pdf_dataset(about(), PAGES, series_number=9)

    assert pdf_bytes(dataset) == pdf_of(PAGES)


def test_a_wrong_length_cuts_nothing() -> None:
    dataset = pdf_dataset(about(), PAGES, series_number=9)
    dataset.EncapsulatedDocumentLength = 10

    assert document_bytes(dataset).startswith(pdf_of(PAGES))


@pytest.mark.parametrize("data", [b"", b"<html><script>alert(1)</script>", b" " * 2000 + b"%PDF-1.4"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    dataset = Dataset()
    dataset.EncapsulatedDocument = data

    with pytest.raises(InvalidDocumentError):
        pdf_bytes(dataset)
