"""Which series become volumes, what is said of irregular ones, and what is kept of their values."""

import copy
from collections.abc import Callable

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pydicom.dataset import Dataset
from pytest_django import Settings

from accounts.models import Facility
from dicomkit.synth import multiframe_dataset, rgb_dataset
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.plane_samples import (
    COLUMNS,
    ROWS,
    SLICES,
    packed_values,
    plane_address,
    series_of,
    shown_plane,
    stored_series,
    values_of,
    volume_json,
    waiting_tasks,
)
from tests.viewer.test_pet import pet

pytestmark = pytest.mark.django_db

MINIMUM = 32768


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: series_of(values_of(2)), "at least 3 parallel slices"),
        (lambda: series_of(values_of(), ImagePositionPatient=None), "do not say where they lie"),
        (lambda: [rgb_dataset(study=about(1))], "grey images"),
        (lambda: series_of(values_of(), PixelSpacing=None), "do not say where they lie"),
    ],
    ids=["two slices", "no positions", "colour", "no spacing"],
)
def test_a_series_that_is_no_volume_says_why(
    made: Callable[[], list], reason: str, reader: Client, north: Facility
) -> None:
    datasets = made()
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    body = volume_json(reader, uid)
    answer = reader.get(plane_address(uid, "coronal", 0))

    assert list(body) == ["problem"]
    assert reason in body["problem"]
    assert (answer.status_code, answer.json()["detail"]) == (422, body["problem"])
    assert waiting_tasks() == []


def test_a_volume_larger_than_the_budget_says_so(reader: Client, north: Facility, settings: Settings) -> None:
    series_uid = stored_series(north)
    settings.PACS_VOLUME_CACHE_BYTES = 1000

    assert "more than the" in volume_json(reader, series_uid)["problem"]


def test_what_is_irregular_is_named_and_a_gap_is_black(reader: Client, north: Facility) -> None:
    values = values_of(SLICES + 2)
    heights = [2.0 * k for k in (*range(5), *range(8, 13))]
    scout = image(
        number=99,
        rows=ROWS,
        columns=COLUMNS,
        ImagePositionPatient=[0, 0, 0],
        ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
        PixelSpacing=[1, 1],
        FrameOfReferenceUID="1.2.3.4",
    )
    datasets = series_of(values[:SLICES], heights=heights)
    store(*datasets, scout, facility=north)
    uid = datasets[0].SeriesInstanceUID

    findings = volume_json(reader, uid)["volume"]["findings"]
    shown = packed_values(shown_plane(reader, plane_address(uid, "sagittal", 2, query="?depth=16")))[::-1]

    assert [finding["kind"] for finding in findings] == ["other_orientation", "gap"]
    assert findings[1]["size_mm"] == pytest.approx(8.0)
    heights_mm = np.arange(shown.shape[0]) * 0.8
    is_gap = (heights_mm > 9.01) & (heights_mm < 14.99)
    assert (shown[is_gap] == -1).all()
    assert (shown[heights_mm < 8] != -1).all()


def test_slopes_of_single_slices_are_put_on_one_scale(reader: Client, north: Facility) -> None:
    values = values_of()
    datasets = series_of(values)
    for index, dataset in enumerate(datasets):
        dataset.RescaleSlope, dataset.RescaleIntercept = str(0.5 + index), "0"
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    packing = volume_json(reader, uid)["volume"]["packing"]
    for index in (0, 5, 9):
        shown = packed_values(shown_plane(reader, plane_address(uid, "axial", index, query="?depth=16")))
        expected = values[9 - index] * (0.5 + 9 - index)
        assert (
            np.abs(shown * packing["scale"] + packing["offset"] - expected).max()
            <= packing["scale"] / 2 + 1e-9
        )
    assert packing["scale"] == pytest.approx(9.5, rel=1e-3)


def test_queries_do_not_grow_with_the_series(reader: Client, north: Facility) -> None:
    def queries(slices: int, series: int) -> int:
        datasets = series_of(values_of(slices), series=series)
        store(*datasets, facility=north)
        address = plane_address(datasets[0].SeriesInstanceUID, "axial", 0)
        shown_plane(reader, address)
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(address).status_code == 200
        return len(captured)

    few, many = queries(4, 1), queries(40, 2)

    assert (few, many) == (few, few)
    assert few <= 8


def test_a_tilted_series_is_shown_upright(reader: Client, north: Facility) -> None:
    datasets = series_of(values_of(), ImageOrientationPatient=[1, 0, 0, 0, 0.96, 0.28])
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    body = volume_json(reader, uid)
    shown = packed_values(shown_plane(reader, plane_address(uid, "sagittal", 4, query="?depth=16")))

    assert [finding["kind"] for finding in body["volume"]["findings"]] == ["gantry_tilt"]
    assert body["volume"]["gantry_tilt_degrees"] == pytest.approx(16.26, abs=0.01)
    assert body["planes"]["sagittal"]["patient_orientation"] == ["P", "F"]
    assert 0.05 < (shown == -1).mean() < 0.5


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def test_the_frames_of_one_object_are_a_volume_too(reader: Client, north: Facility) -> None:
    dataset = multiframe_dataset(frames=6, rows=8, columns=8, study=about(1))
    dataset.FrameOfReferenceUID = "1.2.3.4"
    dataset.SharedFunctionalGroupsSequence = [
        _item(
            PixelMeasuresSequence=[_item(PixelSpacing=[1, 1])],
            PlaneOrientationSequence=[_item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        )
    ]
    heights = [0, 10, 4, 6, 2, 8]
    dataset.PerFrameFunctionalGroupsSequence = [
        _item(PlanePositionSequence=[_item(ImagePositionPatient=[0, 0, height])]) for height in heights
    ]
    store(dataset, facility=north)
    uid = dataset.SeriesInstanceUID

    assert volume_json(reader, uid)["volume"]["slice_spacing_mm"] == 2.0
    from_the_head = [
        set(
            np.unique(
                packed_values(shown_plane(reader, plane_address(uid, "axial", index, query="?depth=16")))
            )
        )
        for index in range(6)
    ]
    sagittal = packed_values(shown_plane(reader, plane_address(uid, "sagittal", 3, query="?depth=16")))

    assert from_the_head == [{2}, {6}, {4}, {3}, {5}, {1}]
    assert sagittal[::2, 0].tolist() == [2, 6, 4, 3, 5, 1]


@pytest.mark.parametrize(
    ("weights", "factor", "problem"),
    [(["70"] * SLICES, 0.00035, ""), (["70"] * 9 + ["90"], 1.0, ""), (["70"] * 9 + ["0"], None, "weight")],
    ids=["one factor", "two factors", "one unknown"],
)
def test_a_pet_keeps_its_suv(
    weights: list[str], factor: float | None, problem: str, reader: Client, north: Facility
) -> None:
    datasets = series_of(values_of(), WindowCenter=None, WindowWidth=None, WindowCenterWidthExplanation=None)
    pattern = pet()
    for dataset, weight in zip(datasets, weights, strict=True):
        for element in pattern:
            if element.keyword not in dataset or element.keyword == "Modality":
                dataset[element.tag] = copy.deepcopy(element)
        dataset.SeriesDate, dataset.SeriesTime = pattern.SeriesDate, pattern.SeriesTime
        dataset.AcquisitionDate, dataset.AcquisitionTime = pattern.AcquisitionDate, pattern.AcquisitionTime
        dataset.PatientWeight = weight
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    plane = volume_json(reader, uid)["planes"]["coronal"]
    shown_plane(reader, plane_address(uid, "coronal", 0))

    assert plane["suv_factor"] == (pytest.approx(factor) if factor else None)
    assert problem in plane["suv_problem"]
    center = float(reader.get(plane_address(uid, "coronal", 0))["X-Default-Window"].split()[0])
    assert (center == pytest.approx(5 / (factor or 0.00035))) == (factor is not None)
