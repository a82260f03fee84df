"""A report of a CT as a structured report and as an encapsulated PDF.

References
----------
PS3.3 A.35.2 (Enhanced SR), A.45.1 (Encapsulated PDF), C.17.2 (SR Document General); PS3.16 TID 2000 (Basic
Diagnostic Imaging Report); ISO 32000-1 (PDF).
"""

from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Items

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EncapsulatedPDFStorage, EnhancedSRStorage

from dicomkit.image_references import ImageReference
from dicomkit.sr import content
from dicomkit.sr.codes import ENGLISH, LANGUAGE, OBSERVER_TYPE, PERSON, PERSON_NAME, UNITS, Code
from dicomkit.synth.chest_phantom import Nodule
from dicomkit.synth.modules import StudyAttributes, new_object

_REPORT = Code("18748-4", "LN", "Diagnostic imaging report")
_FINDINGS = Code("121070", "DCM", "Findings")
_FINDING = Code("121071", "DCM", "Finding")
_IMPRESSIONS = Code("121072", "DCM", "Impressions")
_IMPRESSION = Code("121073", "DCM", "Impression")
_HISTORY = Code("121060", "DCM", "History")
_DIAMETER = Code("81827009", "SCT", "Diameter")
_FONT, _LINE_POINTS = "Helvetica", 15
_A4_POINTS = (595, 842)


def nodule_reports(study: StudyAttributes, slices: Items[Dataset], nodule: Nodule) -> Iterator[Dataset]:
    """Yield the report of a nodule twice: as a structured report and as a PDF.

    Parameters
    ----------
    slices
        Of `ct_chest_series`, all or those near the nodule.
    """
    near = sorted(slices, key=lambda one: abs(one.ImagePositionPatient[2] - nodule.centre[2]))[:2]
    diameter_mm = 2 * nodule.radius_mm
    yield report_dataset(study, near, diameter_mm=diameter_mm, series_number=301)
    pages = [
        [
            "Diagnostic imaging report",
            "",
            f"{study.study_description}, {study.study_date}",
            "",
            "Findings",
            "Solid nodule in the right upper lobe, round and smooth.",
            f"Diameter {diameter_mm:.1f} mm. It has grown since the study of June 2025.",
            "No other nodule. No enlarged lymph nodes, no pleural effusion.",
            "",
            "Impression",
            "Growing nodule of the right upper lobe.",
        ],
        ["Technique", "", "Spiral CT of the chest without contrast medium.", "Synthetic images of a phantom; nobody is meant."],
    ]  # fmt: skip
    yield pdf_dataset(study, pages, series_number=302)


def report_dataset(
    study: StudyAttributes, images: Items[Dataset], *, diameter_mm: float, series_number: int
) -> Dataset:
    """Return a verified report of a nodule that speaks of some images."""
    dataset = new_object(
        study,
        sop_class_uid=EnhancedSRStorage,
        modality="SR",
        series_number=series_number,
        series_description="Report",
        instance_number=1,
    )
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE", "VERIFIED"
    dataset.VerifyingObserverSequence = Sequence([_observer(study)])
    dataset.CurrentRequestedProcedureEvidenceSequence = Sequence([_evidence(study, images)])
    dataset.PerformedProcedureCodeSequence = Sequence([])
    root = content.container(_REPORT, _items(images, diameter_mm), template="2000")
    del root.RelationshipType
    dataset.update(root)
    return dataset


def pdf_dataset(study: StudyAttributes, pages: Items[Items[str]], *, series_number: int) -> Dataset:
    """Return an encapsulated PDF with some lines of text on each page."""
    dataset = new_object(
        study,
        sop_class_uid=EncapsulatedPDFStorage,
        modality="DOC",
        series_number=series_number,
        series_description="Report (PDF)",
        instance_number=1,
    )
    dataset.BurnedInAnnotation, dataset.ConversionType = "YES", "WSD"
    dataset.DocumentTitle = "Report"
    dataset.ConceptNameCodeSequence = Sequence([_REPORT.item()])
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    data = pdf_of(pages)
    dataset.EncapsulatedDocumentLength = len(data)
    dataset.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    return dataset


def pdf_of(pages: Items[Items[str]]) -> bytes:
    """Return a PDF of A4 pages with lines of text, the first of each page large. Text of Latin-1 only."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    width, height = _A4_POINTS
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 {width} {height}] >>",
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{_FONT} /Encoding /WinAnsiEncoding >>",
    ]
    for index, lines in enumerate(pages):
        drawn = _page(lines)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * index} 0 R >>",
            f"<< /Length {len(drawn.encode('latin-1'))} >>\nstream\n{drawn}\nendstream",
        ]
    return _file_of(objects)


def _page(lines: Items[str]) -> str:
    escaped = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines]
    first, *rest = escaped or [""]
    words = " ".join(f"T* ({line}) Tj" for line in rest)
    return f"BT /F1 18 Tf 60 770 Td ({first}) Tj /F1 11 Tf {_LINE_POINTS} TL T* {words} ET"


def _file_of(objects: Iterable[str]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(offsets) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + end.encode("latin-1")


def _items(images: Items[Dataset], diameter_mm: float) -> list[Dataset]:
    size = content.number(_DIAMETER, round(diameter_mm, 1), UNITS["mm"])
    finding = content.text(
        _FINDING,
        "Solid nodule in the right upper lobe, round and smooth. It has grown since the study of June 2025. "
        "No other nodule. No enlarged lymph nodes, no pleural effusion.",
        "CONTAINS",
    )
    finding.ContentSequence = Sequence([_reference(image, "INFERRED FROM") for image in images])
    impression = "Growing nodule of the right upper lobe. Synthetic images of a phantom; nobody is meant."
    return [
        content.code(LANGUAGE, ENGLISH, "HAS CONCEPT MOD"),
        content.code(OBSERVER_TYPE, PERSON, "HAS OBS CONTEXT"),
        content.person(PERSON_NAME, "Demo^Radiologist", "HAS OBS CONTEXT"),
        _section(_HISTORY, [content.text(_HISTORY, "Nodule found by chance, follow-up.", "CONTAINS")]),
        _section(_FINDINGS, [finding, size]),
        _section(_IMPRESSIONS, [content.text(_IMPRESSION, impression, "CONTAINS")]),
    ]


def _section(name: Code, children: Items[Dataset]) -> Dataset:
    item = content.container(name, children)
    item.RelationshipType = "CONTAINS"
    return item


def _reference(image: Dataset, relationship: str) -> Dataset:
    return content.image(image.SOPClassUID, ImageReference(image.SOPInstanceUID), relationship)


def _observer(study: StudyAttributes) -> Dataset:
    observer = Dataset()
    observer.VerifyingObserverName, observer.VerifyingOrganization = (
        "Demo^Radiologist",
        study.institution_name,
    )
    observer.VerificationDateTime = study.study_date + study.study_time
    observer.VerifyingObserverIdentificationCodeSequence = Sequence([])
    return observer


def _evidence(study: StudyAttributes, images: Items[Dataset]) -> Dataset:
    evidence, series = Dataset(), Dataset()
    evidence.StudyInstanceUID = study.study_instance_uid
    series.SeriesInstanceUID = images[0].SeriesInstanceUID
    series.ReferencedSOPSequence = Sequence([_reference(one, "").ReferencedSOPSequence[0] for one in images])
    evidence.ReferencedSeriesSequence = Sequence([series])
    return evidence
