"""Structured reports as documents: every value type in words, and trees that are made to do harm."""

from collections.abc import Sequence as Items
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.image_references import ImageReference
from dicomkit.part10 import read_header
from dicomkit.sr import content
from dicomkit.sr.codes import UNITS, Code
from dicomkit.sr.document import MOST_DEPTH, MOST_ITEMS, ContentItem, ItemKind, StructuredReport, read_report
from dicomkit.synth.documents import report_dataset
from tests.dicom_samples import about, image

NAME = Code("1", "99X", "Thing")


def report_of(items: Items[Dataset], **attributes: object) -> StructuredReport:
    """Return a report of some content items as it is read."""
    root = content.container(NAME, items)
    root.update(attributes)
    return read_report(root)


def only(*items: Dataset) -> ContentItem:
    """Return the one content item of a report."""
    (found,) = report_of(items).items
    return found


def real(name: str) -> StructuredReport:
    """Return a report of pydicom's test files."""
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    with Path(path).open("rb") as file:
        return read_report(read_header(file).dataset)


def test_a_report_has_its_title_flags_observers_and_language() -> None:
    ct = image(about(), Modality="CT")
    report = read_report(report_dataset(about(), [ct], diameter_mm=9.04, series_number=9))

    assert report.title == "Diagnostic imaging report"
    assert (report.completion, report.verification) == ("COMPLETE", "VERIFIED")
    assert [one.observer for one in report.verified_by] == ["Demo, Radiologist"]
    assert (report.language, report.created) == ("English (United States)", "2024-01-31 10:30")
    context = [(item.name, item.value) for item in report.items if item.is_context]
    assert context == [("Observer Type", "Person"), ("Person Observer Name", "Demo, Radiologist")]
    headings = [item for item in report.items if item.kind is ItemKind.HEADING]
    assert [item.name for item in headings] == ["History", "Findings", "Impressions"]
    finding, size = headings[1].children
    assert finding.children[0].references == (ImageReference(ct.SOPInstanceUID),)
    assert (size.name, size.value) == ("Diameter", "9.0 mm")


def test_a_real_report_is_read_with_its_two_verifying_observers() -> None:
    report = real("test-SR.dcm")

    assert (report.title, report.completion, report.verification) == ("Diagnosis", "COMPLETE", "VERIFIED")
    assert report.verified_by[0].observer == "Riesmeier, Jörg"
    assert report.verified_by[0].moment == "2001-02-13 18:47"
    assert len(report.verified_by) == 2
    assert report.omitted == 0


def test_values_of_every_type_are_said_in_words() -> None:
    moment, day, clock, place = Dataset(), Dataset(), Dataset(), Dataset()
    moment.ValueType, moment.DateTime = "DATETIME", "20261118101500"
    day.ValueType, day.Date = "DATE", "20261118"
    clock.ValueType, clock.Time = "TIME", "101500"
    place.ValueType, place.GraphicType, place.GraphicData = (
        "SCOORD",
        "POLYLINE",
        [1.0, 2.0, 3.0, 4.0, 1.0, 2.0],
    )

    found = report_of(
        [
            content.text(NAME, "two\r\nlines\x07", "CONTAINS"),
            content.number(NAME, 12.5, UNITS["mm2"]),
            content.number(NAME, 30, UNITS["deg"]),
            content.number(NAME, 81.7128249198708, UNITS["mm2"]),
            content.code(NAME, Code("2", "99X", "Answer"), "CONTAINS"),
            content.person(NAME, "Roe^Jane", "CONTAINS"),
            content.uid(NAME, "1.2.3", "CONTAINS"),
            moment,
            day,
            clock,
            place,
        ]
    )

    assert [item.value for item in found.items] == [
        "two\nlines",
        "12.5 mm²",
        "30.0°",
        "81.7128 mm²",
        "Answer",
        "Roe, Jane",
        "1.2.3",
        "2026-11-18 10:15",
        "2026-11-18",
        "10:15:00",
        "Polyline of 3 points",
    ]


def test_a_place_on_an_image_says_which_image_is_meant() -> None:
    source = content.image("1.2.840.10008.5.1.4.1.1.2", ImageReference("1.2.3", (4,)), "SELECTED FROM")

    found = only(content.coordinates(NAME, "POLYLINE", [(1.0, 2.0), (3.0, 4.0)], source, "CONTAINS"))

    assert (found.value, found.references, found.children) == (
        "Polyline of 2 points",
        (ImageReference("1.2.3", (4,)),),
        [],
    )


def test_a_number_without_a_value_says_why() -> None:
    number = content.number(NAME, 1, UNITS["mm"])
    number.MeasuredValueSequence = Sequence([])
    number.NumericValueQualifierCodeSequence = Sequence([Code("114006", "DCM", "Measurement failure").item()])

    assert only(number).value == "Measurement failure"


def test_concept_modifiers_stand_beside_what_they_modify() -> None:
    derived = content.code(NAME, Code("373098007", "SCT", "Mean"), "HAS CONCEPT MOD")

    found = only(content.number(NAME, 41, UNITS["HU"], [derived]))

    assert (found.value, found.qualifiers, found.children) == ("41.0 HU", ("Mean",), [])


def test_an_item_by_reference_names_what_it_refers_to_and_is_not_followed() -> None:
    by_reference = Dataset()
    by_reference.RelationshipType, by_reference.ReferencedContentItemIdentifier = "INFERRED FROM", [1, 1]
    first = content.text(NAME, "first", "CONTAINS")
    # It refers to its own parent: following would never end.
    first.ContentSequence = Sequence([by_reference])

    found = only(first)

    assert [child.value for child in found.children] == ["See Thing: first"]
    assert found.children[0].children == []


def test_a_reference_to_nowhere_says_only_that_there_is_one() -> None:
    by_reference = Dataset()
    by_reference.RelationshipType, by_reference.ReferencedContentItemIdentifier = "CONTAINS", [1, 9, 9]

    assert only(by_reference).value == "See above"


def test_a_tree_deeper_than_anybody_reads_is_cut_and_says_so() -> None:
    item = content.text(NAME, "deepest", "CONTAINS")
    for _ in range(MOST_DEPTH + 5):
        item = content.container(NAME, [item])
    found = report_of([item])

    depth, items = 0, list(found.items)
    while items:
        depth, items = depth + 1, items[0].children
    assert (depth, found.omitted) == (MOST_DEPTH, 1)


def test_a_tree_larger_than_anybody_reads_is_cut_and_says_how_much() -> None:
    found = report_of([content.text(NAME, "words", "CONTAINS")] * (MOST_ITEMS + 3))

    assert (len(found.items), found.omitted) == (MOST_ITEMS, 3)


def test_an_endless_text_is_cut() -> None:
    assert len(only(content.text(NAME, "x" * 10**6, "CONTAINS")).value) == 32_768


@pytest.mark.parametrize("name", ["reportsi_with_empty_number_tags.dcm", "reportsi.dcm", "CT_small.dcm"])
def test_reports_with_empty_or_no_content_are_read(name: str) -> None:
    assert real(name).title
