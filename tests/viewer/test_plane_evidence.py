"""Marks on planes leave in a report with places in the patient, which other programs read without complaint."""

import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility
from archive.models import Instance
from archive.selectors import open_blob
from tests.viewer.annotation_samples import STUDY
from tests.viewer.evidence_samples import numbers, stored_file
from tests.viewer.plane_ramp import CORONAL, ELLIPSE, FIRST, OBLIQUE, SIZE, kept, stored_ramp
from tests.viewer.plane_samples import run_tasks

pytestmark = pytest.mark.django_db

COMPREHENSIVE_3D_SR = "1.2.840.10008.5.1.4.1.1.88.34"
# A point of the coronal plane, (column, row), is FIRST + (column - 0.5, 10, 47.5 - row).
DRAWN: dict[str, list[list[float]]] = {
    "length": [[10, 10], [13, 14]],
    "bidirectional": [[10, 20], [20, 20], [15, 18], [15, 21]],
    "angle": [[10, 10], [10, 20], [20, 20]],
    "cobb": [[1, 1], [9, 1], [20, 20], [26, 26]],
    "ellipse": [[10, 20], [26, 20], [18, 15], [18, 25]],
    "rectangle": [[2, 3], [9, 3], [9, 12], [2, 12]],
    "circle": [[20, 20], [20, 26]],
    "polygon": [[3, 3], [12, 4], [10, 11], [5, 6], [4, 10]],
    "freehand": [[3, 3], [12, 4], [10, 11]],
    "probe": [[4.5, 5.5]],
}


def draw_all(reader: Client, series_uid: str) -> None:
    """Draw one of each kind on a coronal plane, and words that measure nothing."""
    for number, (kind, points) in enumerate(DRAWN.items(), start=1):
        kept(reader, series_uid, f"2.25.{number}", kind=kind, points=points, plane=CORONAL)
    kept(reader, series_uid, "2.25.50", kind="text", points=[[3, 3]], text="words", plane=CORONAL)


def stored(reader: Client) -> dict[str, Any]:
    """Have everything stored, with workers at work."""
    answer = reader.post(f"{STUDY}evidence")
    if answer.status_code == 202:
        run_tasks()
        answer = reader.post(f"{STUDY}evidence")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def report_of(reader: Client) -> Dataset:
    (made,) = stored(reader)["created"]
    return stored_file(made["sop_instance_uid"])


def groups(report: Dataset) -> list[Dataset]:
    return list(report.ContentSequence[-1].ContentSequence)


def places(group: Dataset) -> list[Dataset]:
    """Return all places of a group, under its numbers too."""
    children = [one for item in group.ContentSequence for one in (item, *item.get("ContentSequence", []))]
    return [one for one in children if one.ValueType == "SCOORD3D"]


def in_patient(points: list[list[float]]) -> list[float]:
    return [
        value
        for column, row in points
        for value in (FIRST + np.array([column - 0.5, 10, SIZE - 0.5 - row])).tolist()
    ]


def test_every_measurement_is_told_with_its_place_in_the_patient(north: Facility, reader: Client) -> None:
    draw_all(reader, stored_ramp(north))

    body = stored(reader)
    (made,) = body["created"]
    report = stored_file(made["sop_instance_uid"])

    assert report.SOPClassUID == COMPREHENSIVE_3D_SR
    assert body["omitted"] == 1 and "1 mark on a plane is in no object" in body["detail"]
    found = {group.ContentSequence[0].TextValue.rsplit(" ", 1)[0]: group for group in groups(report)}
    assert len(found) == len(DRAWN)
    assert {place.ReferencedFrameOfReferenceUID for group in found.values() for place in places(group)} == {
        "1.2.3.4"
    }
    (line,) = places(found["Length"])
    assert (line.GraphicType, line.GraphicData) == ("POLYLINE", pytest.approx(in_patient(DRAWN["length"])))
    (polygon,) = places(found["Polygon"])
    assert polygon.GraphicType == "POLYGON"
    assert polygon.GraphicData == pytest.approx(in_patient([*DRAWN["polygon"], DRAWN["polygon"][0]]))
    (circle,) = places(found["Circle"])
    expected = in_patient([[14, 20], [26, 20], [20, 14], [20, 26]])
    assert (circle.GraphicType, circle.GraphicData) == ("ELLIPSE", pytest.approx(expected))
    (point,) = places(found["Probe"])
    assert (point.GraphicType, point.GraphicData) == ("POINT", pytest.approx(in_patient(DRAWN["probe"])))
    said = {one[:2]: one[2:] for one in numbers(report)}
    assert said["Length 1", "Length"] == (pytest.approx(5), "mm")
    assert said["Bidirectional 1", "Short axis"] == (pytest.approx(3), "mm")
    assert said["Angle 1", "Angle"] == (pytest.approx(90), "deg")
    assert said["Circle 1", "Area"] == (pytest.approx(math.pi * 36), "mm2")
    mean = said["Rectangle 1", "Attenuation Coefficient Mean"]
    assert mean == (pytest.approx(40 + 5 * 6 + 10 * 3 - (47 - 7) * 10), "[hnsf'U]")


def test_the_images_that_a_mark_goes_through_are_named(north: Facility, reader: Client) -> None:
    kept(reader, stored_ramp(north), kind="length", points=[[10, 10], [13, 14]], plane=CORONAL)

    report = report_of(reader)

    (study,) = report.CurrentRequestedProcedureEvidenceSequence
    (series,) = study.ReferencedSeriesSequence
    named = Instance.objects.filter(
        sop_instance_uid__in=[one.ReferencedSOPInstanceUID for one in series.ReferencedSOPSequence]
    )
    # Rows 10 to 13 from the top are images 11 to 14; what is interpolated may take the next one as well.
    assert sorted(one.instance_number for one in named) == [10, 11, 12, 13, 14, 15]


def test_of_a_slab_the_report_says_what_the_values_are_of(north: Facility, reader: Client) -> None:
    slab = OBLIQUE | {"thickness_mm": 8.0, "projection": "max"}
    series_uid = stored_ramp(north)
    kept(reader, series_uid, "2.25.1", plane=slab, points=ELLIPSE)
    old = {name: value for name, value in slab.items() if name not in ("projection", "group")}
    kept(reader, series_uid, "2.25.2", plane=old, points=ELLIPSE)

    known, unknown = groups(report_of(reader))

    comments = [one.TextValue for one in known.ContentSequence if one.ValueType == "TEXT"]
    assert comments[-1] == "Measured on a slab of 8 mm; values are the maximum through it."
    assert [one.ValueType for one in known.ContentSequence].count("NUM") == 5
    # Its area is known, its values are not.
    assert [one.ValueType for one in unknown.ContentSequence].count("NUM") == 1


def test_what_has_not_changed_is_not_stored_again_and_a_successor_names_the_former(
    north: Facility, reader: Client
) -> None:
    series_uid = stored_ramp(north)
    kept(reader, series_uid)
    first = report_of(reader)

    again = stored(reader)
    kept(reader, series_uid, revision=1, points=[[x + 4, y] for x, y in ELLIPSE])
    second = report_of(reader)

    assert again["created"] == []
    (former,) = second.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence
    assert former.ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert former.ReferencedSOPClassUID == COMPREHENSIVE_3D_SR


@pytest.mark.parametrize("judge", [["dsrdump", "-v"], ["dciodvfy"]], ids=["DCMTK", "dicom3tools"])
def test_other_programs_find_no_error(
    judge: list[str], north: Facility, reader: Client, tmp_path: Path
) -> None:
    if shutil.which(judge[0]) is None:
        pytest.skip(f"{judge[0]} is not installed")
    draw_all(reader, stored_ramp(north))
    path = tmp_path / "report.dcm"
    (made,) = stored(reader)["created"]
    with open_blob(Instance.objects.get(sop_instance_uid=made["sop_instance_uid"]).blob.sha256) as file:
        path.write_bytes(file.read())

    ran = subprocess.run([*judge, str(path)], capture_output=True, text=True, check=False)

    said = (ran.stdout + ran.stderr).splitlines()
    assert [one for one in said if one.startswith(("Error", "E:", "F:"))] == []
