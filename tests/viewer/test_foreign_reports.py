"""Measurements in the reports of others are read: what they say, where they lie, and nothing that makes them fail."""

from typing import Any

import pytest
from django.test import Client
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from accounts.models import Facility
from dicomkit.image_references import ImageReference
from dicomkit.marking import MarkingKind
from dicomkit.sr import codes, content
from dicomkit.sr.codes import Code
from dicomkit.sr.reading import read_measurements
from dicomkit.uid import new_uid
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.annotation_samples import listed
from tests.viewer.test_evidence import CT, draw, report_of

pytestmark = pytest.mark.django_db


def of_another_system(report: Dataset) -> Dataset:
    """Return a report as if another system had written it."""
    report.SOPInstanceUID, report.SeriesInstanceUID = new_uid(), new_uid()
    report.Manufacturer = "Elsewhere"
    report.file_meta = FileMetaDataset()
    report.file_meta.MediaStorageSOPClassUID = report.SOPClassUID
    report.file_meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID
    report.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return report


def place(graphic_type: str, points: list[tuple[float, float]]) -> Dataset:
    source = content.image("1.2.840.10008.5.1.4.1.1.2", ImageReference("1.2.3", (4,)), "SELECTED FROM")
    return content.coordinates(None, graphic_type, points, source, "INFERRED FROM")


def report_with(*children: Dataset) -> Dataset:
    """Return a report of one heading."""
    return content.container(codes.REPORT, [content.container(codes.MEASUREMENT_GROUP, children)])


def test_what_another_system_measured_is_shown_and_not_changed(north: Facility, reader: Client) -> None:
    store(image(**CT), facility=north)
    draw(reader)
    own = listed(reader)
    store(of_another_system(report_of(reader)), facility=north)

    found = listed(reader)["read_only"]

    assert own["read_only"] == []
    assert [one["kind"] for one in found] == [
        *("length", "bidirectional", "angle", "cobb", "ellipse", "rectangle", "circle", "polygon", "polygon"),
        "probe",
    ]
    assert {one["may_edit"] for one in found} == {False}
    first = found[0]
    assert (first["points"], first["text"], first["frame_number"]) == (
        [[1, 2], [4, 6]],
        "Length 1 · Length: 2.5 mm",
        1,
    )
    assert first["sop_instance_uid"] == image().SOPInstanceUID
    assert first["series_instance_uid"] == image().SeriesInstanceUID
    assert first["source"]["label"] == "Imaging Measurement Report · radiologist.north"
    assert found[2]["text"] == "Angle 1 · Angle: 90°"
    assert "Attenuation Coefficient Mean: " in found[5]["text"]


def test_our_own_reports_do_not_come_twice(north: Facility, reader: Client) -> None:
    store(image(**CT), facility=north)
    draw(reader, "length")
    report_of(reader)

    assert listed(reader)["read_only"] == []


def test_of_a_report_and_its_successor_the_successor_counts(north: Facility, reader: Client) -> None:
    store(image(**CT), facility=north)
    draw(reader, "length")
    first = of_another_system(report_of(reader))
    second = Dataset(first)
    store(first, facility=north)
    former, series, study = Dataset(), Dataset(), Dataset()
    former.ReferencedSOPClassUID, former.ReferencedSOPInstanceUID = first.SOPClassUID, first.SOPInstanceUID
    series.SeriesInstanceUID, series.ReferencedSOPSequence = first.SeriesInstanceUID, Sequence([former])
    study.StudyInstanceUID, study.ReferencedSeriesSequence = first.StudyInstanceUID, Sequence([series])
    second.PredecessorDocumentsSequence = Sequence([study])
    store(of_another_system(second), facility=north)

    found = listed(reader)["read_only"]

    assert {one["source"]["sop_instance_uid"] for one in found} == {second.SOPInstanceUID}


def test_images_of_other_studies_are_not_marked(north: Facility, reader: Client) -> None:
    store(image(**CT), image(about(2), **CT), facility=north)
    draw(reader, "length")
    report = of_another_system(report_of(reader))
    group = report.ContentSequence[-1].ContentSequence[0]
    selected = group.ContentSequence[-1].ContentSequence[0].ContentSequence[0]
    selected.ReferencedSOPSequence[0].ReferencedSOPInstanceUID = image(about(2)).SOPInstanceUID
    store(report, facility=north)

    assert listed(reader)["read_only"] == []


@pytest.mark.parametrize(
    ("name", "places", "wanted"),
    [
        (codes.LENGTH, [place("POLYLINE", [(1, 2), (3, 4)])], (MarkingKind.LENGTH, 2)),
        (codes.ANGLE, [place("POLYLINE", [(1, 2), (3, 4), (5, 9)])], (MarkingKind.ANGLE, 3)),
        (
            codes.COBB_ANGLE,
            [place("POLYLINE", [(1, 2), (3, 4), (5, 9), (7, 7)])],
            (MarkingKind.COBB, 4),
        ),
        (
            codes.AREA,
            [place("POLYLINE", [(1, 2), (3, 4), (5, 9), (1, 2)])],
            (MarkingKind.POLYGON, 3),
        ),
        (Code("1", "99X", "Volume"), [place("CIRCLE", [(1, 2), (3, 4)])], (MarkingKind.CIRCLE, 2)),
        (Code("1", "99X", "Curve"), [place("POLYLINE", [(1, 2), (3, 4), (5, 9), (7, 7)])], None),
        (Code("1", "99X", "Points"), [place("MULTIPOINT", [(1, 2), (3, 4)])], None),
        (Code("1", "99X", "Nothing"), [place("POLYLINE", [])], None),
    ],
    ids=["length", "angle", "cobb in one line", "outline", "circle", "open curve", "points", "no points"],
)
def test_a_place_becomes_a_drawing_or_is_counted(
    name: Code, places: list[Dataset], wanted: tuple[MarkingKind, int] | None
) -> None:
    found = read_measurements(report_with(content.number(name, 12.0, codes.UNITS["mm"], places)))

    drawn = [(one.kind, len(one.points)) for one in found.markings]
    assert (drawn, found.omitted) == (([wanted], 0) if wanted else ([], 1))
    if wanted:
        assert (found.markings[0].sop_instance_uid, found.markings[0].frame_number) == ("1.2.3", 4)


def test_a_place_named_by_reference_is_found() -> None:
    by_reference = Dataset()
    by_reference.RelationshipType, by_reference.ReferencedContentItemIdentifier = "INFERRED FROM", [1, 1, 1]
    number = content.number(codes.LENGTH, 3.0, codes.UNITS["mm"], [by_reference])

    found = read_measurements(report_with(place("POLYLINE", [(1, 2), (3, 4)]), number))

    assert [one.text for one in found.markings] == ["", "Length: 3 mm"]


@pytest.mark.parametrize("damage", ["ring", "depth", "numbers"])
def test_a_hostile_report_costs_little(damage: str) -> None:
    item: Any = place("POLYLINE", [(1, 2), (3, 4)])
    if damage == "ring":
        item = Dataset()
        item.ReferencedContentItemIdentifier = [1] * 30
    elif damage == "numbers":
        item.GraphicData = [float("nan")] * 4
    else:
        for _ in range(200):
            item = content.container(codes.MEASUREMENT_GROUP, [item])

    found = read_measurements(report_with(item, content.number(codes.LENGTH, 1.0, codes.UNITS["mm"], [item])))

    assert found.markings == ()
