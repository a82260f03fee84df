"""What the reports of others say of places in the patient is shown on planes and images of that frame of reference."""

import math

import pytest
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility
from archive.models import Instance
from dicomkit.sr import codes, content
from dicomkit.sr.codes import Code
from dicomkit.sr.reading import read_measurements
from tests.factories import store
from tests.viewer.annotation_samples import listed
from tests.viewer.plane_ramp import CORONAL, ELLIPSE, OBLIQUE, kept, stored_ramp
from tests.viewer.test_foreign_reports import of_another_system, report_with
from tests.viewer.test_plane_evidence import DRAWN, report_of

pytestmark = pytest.mark.django_db

FRAME = "1.2.3.4"


def place(graphic_type: str, *points: tuple[float, float, float], frame: str = FRAME) -> Dataset:
    return content.coordinates_3d(None, graphic_type, points, frame, "INFERRED FROM")


def reported(
    north: Facility, reader: Client, *places: Dataset, name: Code = codes.LENGTH
) -> list[dict[str, object]]:
    """Store a report of another system with a number at these places; return what a reader finds."""
    series_uid = stored_ramp(north)
    kept(reader, series_uid, kind="length", points=DRAWN["length"], plane=CORONAL)
    report = of_another_system(report_of(reader))
    (group,) = report.ContentSequence[-1].ContentSequence
    number = content.number(name, 5.0, codes.UNITS["mm"], places)
    group.ContentSequence = [*group.ContentSequence[:2], number]
    store(report, facility=north)
    found: list[dict[str, object]] = listed(reader)["read_only"]
    return found


def test_what_was_drawn_on_planes_comes_back_where_it_was(north: Facility, reader: Client) -> None:
    series_uid = stored_ramp(north)
    kept(reader, series_uid, "2.25.1", kind="rectangle", points=DRAWN["rectangle"], plane=CORONAL)
    kept(reader, series_uid, "2.25.2", kind="ellipse", points=ELLIPSE, plane=OBLIQUE)
    store(of_another_system(report_of(reader)), facility=north)

    coronal, oblique = [one for one in listed(reader)["read_only"] if one["plane"]]

    assert coronal["series_instance_uid"] == series_uid
    assert coronal["plane"]["orientation"] == CORONAL["orientation"]
    assert coronal["plane"]["position"] == pytest.approx(CORONAL["position"], abs=1e-3)
    assert coronal["points"] == [pytest.approx(point, abs=1e-3) for point in DRAWN["rectangle"]]
    assert "Area: 63 mm2" in coronal["text"].replace("²", "2")
    row, column = oblique["plane"]["orientation"][:3], oblique["plane"]["orientation"][3:]
    assert row == pytest.approx([1, 0, 0], abs=1e-4)
    assert column == pytest.approx([0, math.sqrt(0.5), -math.sqrt(0.5)], abs=1e-4)


def test_a_drawing_within_one_image_is_drawn_there(north: Facility, reader: Client) -> None:
    found = reported(north, reader, place("POLYLINE", (2.0, 14.0, 20.2), (5.0, 18.0, 20.2)))

    on_image, on_plane = found
    instance = Instance.objects.get(sop_instance_uid=on_image["sop_instance_uid"])
    assert instance.instance_number == 48 - 20
    assert (on_image["kind"], on_image["plane"]) == ("length", None)
    assert on_image["points"] == [pytest.approx([10.5, 10.5]), pytest.approx([13.5, 14.5])]
    assert on_plane["plane"]["orientation"] == [1, 0, 0, 0, 1, 0]  # type: ignore[index]
    assert on_plane["plane"]["position"][2] == pytest.approx(20.2)  # type: ignore[index]


def test_of_a_drawing_across_images_the_nearest_to_its_middle_shows_a_point(
    north: Facility, reader: Client
) -> None:
    found = reported(north, reader, place("POLYLINE", (2.0, 14.0, 10.0), (2.0, 14.0, 30.0)))

    on_image, on_plane = found
    instance = Instance.objects.get(sop_instance_uid=on_image["sop_instance_uid"])
    assert (on_image["kind"], instance.instance_number) == ("probe", 48 - 20)
    assert on_image["points"] == [pytest.approx([10.5, 10.5])]
    assert on_plane["kind"] == "length"
    assert on_image["text"] == on_plane["text"] == "Length 1 · Length: 5 mm"


def test_places_in_another_frame_of_reference_are_not_shown(north: Facility, reader: Client) -> None:
    assert reported(north, reader, place("POINT", (2.0, 14.0, 20.0), frame="9.9")) == []


def test_what_lies_outside_of_the_images_is_on_none(north: Facility, reader: Client) -> None:
    found = reported(north, reader, place("POINT", (2.0, 14.0, 200.0)), name=codes.ATTENUATION)

    assert [one["kind"] for one in found if one["plane"] is None] == []


def test_our_own_report_does_not_come_twice(north: Facility, reader: Client) -> None:
    kept(reader, stored_ramp(north), kind="ellipse", points=ELLIPSE, plane=OBLIQUE)
    report_of(reader)

    assert listed(reader)["read_only"] == []


@pytest.mark.parametrize(
    ("one", "kinds"),
    [
        (place("POINT", (1, 2, 3)), ["probe"]),
        (place("ELLIPSE", (0, 0, 0), (4, 0, 0), (2, -1, 0), (2, 1, 0)), ["ellipse"]),
        (place("POLYGON", (0, 0, 0), (4, 0, 0), (4, 4, 0), (0, 0, 0)), ["polygon"]),
        (place("POLYLINE", (0, 0, 0), (4, 0, 0), (4, 4, 1)), ["angle"]),
        (place("MULTIPOINT", (0, 0, 0), (4, 0, 0)), []),
        (place("ELLIPSOID", *[(0, 0, 0)] * 6), []),
        (place("POINT", (float("nan"), 0, 0)), []),
    ],
    ids=["point", "ellipse", "polygon", "angle", "points", "ellipsoid", "no number"],
)
def test_a_place_in_the_patient_becomes_a_drawing_or_is_counted(one: Dataset, kinds: list[str]) -> None:
    found = read_measurements(report_with(content.number(codes.AREA, 12.0, codes.UNITS["mm2"], [one])))

    assert [marking.kind for marking in found.spatial] == kinds
    assert (found.markings, found.omitted) == ((), 0 if kinds else 1)
