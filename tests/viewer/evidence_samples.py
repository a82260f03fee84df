"""Studies on which readers have drawn, and what was stored of it as DICOM."""

from typing import Any

import pytest
from django.test import Client
from pydicom.dataset import Dataset

from archive.models import Instance
from archive.selectors import open_blob
from dicomkit.marking import REGION_KINDS, MarkingKind
from dicomkit.part10 import read_header
from tests.viewer.annotation_samples import STUDY, put
from viewer.models import Annotation
from viewer.services import measure_requested_region
from viewer.statistics.request import StatisticsRequest

CT = {
    "modality": "CT",
    "RescaleSlope": "1",
    "RescaleIntercept": "-1024",
    "RescaleType": "HU",
    "PixelSpacing": [0.5, 0.5],
    "PatientName": "Müller^Jürgen",
    "SpecificCharacterSet": "ISO_IR 100",
}
DRAWN: dict[str, list[list[float]]] = {
    "length": [[1, 2], [4, 6]],
    "bidirectional": [[1, 1], [1, 3], [2, 2], [10, 2]],
    "angle": [[5, 0], [0, 0], [0, 7]],
    "cobb": [[0, 0], [4, 0], [9, 9], [6, 6]],
    "ellipse": [[2, 8], [14, 8], [8, 4], [8, 12]],
    "rectangle": [[2, 3], [9, 3], [9, 12], [2, 12]],
    "circle": [[8, 8], [8, 12]],
    "polygon": [[3, 3], [12, 4], [10, 11], [5, 6], [4, 10]],
    "freehand": [[3, 3], [12, 4], [10, 11]],
    "probe": [[4.5, 5.5]],
}


def draw(reader: Client, *kinds: str) -> None:
    """Draw one of each kind."""
    for number, kind in enumerate(kinds or DRAWN):
        assert put(reader, f"2.25.{number + 1}", kind=kind, points=DRAWN[kind]).status_code == 201


def work() -> None:
    """Compute what workers would compute."""
    for one in Annotation.objects.select_related("instance__blob"):
        if one.kind in REGION_KINDS:
            measure_requested_region(
                StatisticsRequest(
                    one.instance.blob.sha256,
                    one.instance.sop_instance_uid,
                    one.frame_number,
                    MarkingKind(one.kind),
                    tuple((float(x), float(y)) for x, y in one.points),
                )
            )


def saved(reader: Client) -> list[dict[str, Any]]:
    """Have everything stored, and return what was."""
    work()
    answer = reader.post(f"{STUDY}evidence")
    assert answer.status_code == 200, answer.content
    created: list[dict[str, Any]] = answer.json()["created"]
    return created


def stored_file(sop_instance_uid: str) -> Dataset:
    """Return a stored instance."""
    with open_blob(Instance.objects.get(sop_instance_uid=sop_instance_uid).blob.sha256) as file:
        return read_header(file).dataset


def report_of(reader: Client) -> Dataset:
    """Have everything stored, and return the measurement report."""
    (uid,) = [one["sop_instance_uid"] for one in saved(reader) if one["modality"] == "SR"]
    return stored_file(uid)


def numbers(report: Dataset) -> list[tuple[str, str, float, str]]:
    """Return (tracking identifier, concept with derivation, value, unit) of each number of a report."""
    groups = report.ContentSequence[-1].ContentSequence
    found = []
    for group in groups:
        label = group.ContentSequence[0].TextValue
        for item in group.ContentSequence:
            if item.ValueType != "NUM":
                continue
            concept = item.ConceptNameCodeSequence[0].CodeMeaning
            for child in item.get("ContentSequence", []):
                if child.ValueType == "CODE":
                    concept += f" {child.ConceptCodeSequence[0].CodeMeaning}"
            measured = item.MeasuredValueSequence[0]
            unit = measured.MeasurementUnitsCodeSequence[0].CodeValue
            assert float(measured.NumericValue) == pytest.approx(measured.FloatingPointValue, rel=1e-9)
            found.append((label, concept, measured.FloatingPointValue, unit))
    return found
