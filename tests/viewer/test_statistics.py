"""The statistics of a region come from the stored pixels, by a worker, to those who may see the study."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Instance
from dicomkit.marking import MarkingKind
from tests.conftest import member
from tests.dicom_samples import about, image
from tests.factories import store
from viewer.services import measure_requested_region
from viewer.statistics.request import StatisticsRequest, points_of

pytestmark = pytest.mark.django_db

RECTANGLE = "2,3;9,3;9,12;2,12"


def address(uid: str, *, kind: str = "rectangle", points: str = RECTANGLE, frame: int = 1) -> str:
    return f"/viewer/statistics/{uid}/{frame}.json?kind={kind}&points={points}"


def measured(reader: Client, uid: str, *, kind: str = "rectangle", points: str = RECTANGLE) -> dict[str, Any]:
    """Return the statistics of a region, computed as a worker does and then fetched."""
    sha256 = Instance.objects.get(sop_instance_uid=uid).blob.sha256
    measure_requested_region(StatisticsRequest(sha256, uid, 1, MarkingKind(kind), points_of(points)))
    answer = reader.get(address(uid, kind=kind, points=points))
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_hounsfield_units_are_those_of_the_stored_values(north: Facility, reader: Client) -> None:
    dataset = image(
        modality="CT",
        RescaleSlope="2",
        RescaleIntercept="-1024",
        RescaleType="HU",
        PixelSpacing=[0.5, 0.25],
    )
    store(dataset, facility=north)

    found = measured(reader, dataset.SOPInstanceUID)

    inside = dataset.pixel_array[3:12, 2:9].astype(float) * 2 - 1024
    assert found == {
        "area_mm2": 63 * 0.125,
        "area_px": 63,
        "count": 63,
        "mean": pytest.approx(inside.mean(), rel=1e-12),
        "standard_deviation": pytest.approx(inside.std(), rel=1e-12),
        "minimum": inside.min(),
        "maximum": inside.max(),
        "unit": "HU",
    }


def test_padding_does_not_count(north: Facility, reader: Client) -> None:
    dataset = image(PixelPaddingValue=int(image().pixel_array[5, 5]))
    store(dataset, facility=north)

    found = measured(reader, dataset.SOPInstanceUID)

    inside = dataset.pixel_array[3:12, 2:9]
    kept = inside[inside != dataset.PixelPaddingValue]
    assert (found["count"], found["mean"]) == (kept.size, pytest.approx(float(kept.mean()), rel=1e-12))
    assert kept.size < inside.size


def test_without_a_spacing_the_area_is_in_pixels(north: Facility, reader: Client) -> None:
    dataset = image(PixelSpacing=None) if "PixelSpacing" in image() else image()
    store(dataset, facility=north)

    found = measured(reader, dataset.SOPInstanceUID)

    assert (found["area_mm2"], found["area_px"], found["unit"]) == (None, 63, "")


def ultrasound_region(*, delta_x_cm: float, delta_y_cm: float) -> Dataset:
    """Return a region of centimetres in the upper left of an image."""
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 9, 12
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX, region.PhysicalDeltaY = delta_x_cm, delta_y_cm
    return region


def test_each_ultrasound_image_of_a_series_measures_in_its_own_region(
    north: Facility, reader: Client
) -> None:
    images = [
        image(
            number=number,
            SequenceOfUltrasoundRegions=Sequence([ultrasound_region(delta_x_cm=delta, delta_y_cm=delta)]),
        )
        for number, delta in ((1, 0.1), (2, 0.05))
    ]
    store(*images, facility=north)

    areas = [measured(reader, one.SOPInstanceUID)["area_mm2"] for one in images]

    assert areas == [pytest.approx(63.0), pytest.approx(63 * 0.25)]


def test_an_ultrasound_region_lends_its_spacing_to_what_lies_inside(north: Facility, reader: Client) -> None:
    region = ultrasound_region(delta_x_cm=0.1, delta_y_cm=0.2)
    dataset = image(SequenceOfUltrasoundRegions=Sequence([region]))
    store(dataset, facility=north)

    inside = measured(reader, dataset.SOPInstanceUID)
    across = measured(reader, dataset.SOPInstanceUID, points="2,3;15,3;15,12;2,12")

    assert (inside["area_mm2"], across["area_mm2"]) == (pytest.approx(63 * 2.0), None)


def test_nobody_waits_for_a_worker_that_does_not_come(north: Facility, reader: Client) -> None:
    store(image(), facility=north)

    answer = reader.get(address(image().SOPInstanceUID))

    assert (answer.status_code, answer["Retry-After"]) == (202, "1")


def test_an_answer_is_known_again(north: Facility, reader: Client) -> None:
    store(image(), facility=north)
    measured(reader, image().SOPInstanceUID)
    first = reader.get(address(image().SOPInstanceUID))

    again = reader.get(address(image().SOPInstanceUID), headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("length", "1,1;2,2"),
        ("", RECTANGLE),
        ("rectangle", "1,1;2,2"),
        ("probe", "1"),
        ("probe", "1,2,3"),
        ("probe", "nan,1"),
        ("probe", "1e7,1"),
        ("probe", ""),
    ],
)
def test_what_is_no_region_is_refused(kind: str, points: str, north: Facility, reader: Client) -> None:
    store(image(), facility=north)

    answer = reader.get(address(image().SOPInstanceUID, kind=kind, points=points))

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_file_that_cannot_be_decoded_says_why(north: Facility, reader: Client) -> None:
    dataset = image()
    store(dataset, facility=north)
    instance = Instance.objects.get()
    from_blob = instance.blob.sha256
    measure_requested_region(
        StatisticsRequest("0" * 64, dataset.SOPInstanceUID, 1, MarkingKind.PROBE, ((1.0, 1.0),))
    )
    instance.blob.sha256 = "0" * 64
    instance.blob.save()

    answer = reader.get(address(dataset.SOPInstanceUID, kind="probe", points="1,1"))

    assert from_blob != "0" * 64
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_outsiders_learn_nothing(
    north: Facility, south: Facility, log_in: Callable[[User], Client], reader: Client
) -> None:
    store(image(), facility=north)
    measured(reader, image().SOPInstanceUID)
    outsider = log_in(member(Role.RADIOLOGIST, south))

    assert outsider.get(address(image().SOPInstanceUID)).status_code == 404
    assert reader.get(address(image().SOPInstanceUID, frame=2)).status_code == 404
    assert reader.get(address(image(about(9)).SOPInstanceUID)).status_code == 404


def test_colour_has_an_area_only(north: Facility, reader: Client) -> None:
    pixels = np.zeros((16, 16, 3), np.uint8)
    dataset = image(
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        PlanarConfiguration=0,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelData=pixels.tobytes(),
    )
    store(dataset, facility=north)

    found = measured(reader, dataset.SOPInstanceUID)

    assert (found["count"], found["area_px"], found["mean"]) == (63, 63, None)
