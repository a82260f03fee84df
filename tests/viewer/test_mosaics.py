"""An MR mosaic in the viewer is a stack of slices, and a volume."""

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray

from accounts.models import Facility
from archive.models import Instance
from dicomkit.synth.mosaic import MosaicOptions, mosaic_dataset
from tests.dicom_samples import about
from tests.factories import store
from tests.viewer.conftest import address, fetched
from tests.viewer.plane_samples import packed_values

pytestmark = pytest.mark.django_db

SLICES = 11


@pytest.fixture
def slices() -> NDArray[np.uint16]:
    return np.random.default_rng(4).integers(0, 4096, (SLICES, 20, 24), dtype=np.uint16)


def test_a_mosaic_opens_as_its_slices_in_their_order(
    slices: NDArray[np.uint16], north: Facility, reader: Client
) -> None:
    dataset = mosaic_dataset(about(1), slices)
    store(dataset, facility=north)

    (series,) = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()["series"]

    assert [image["frame_number"] for image in series["images"]] == list(range(1, SLICES + 1))
    assert {(image["rows"], image["columns"]) for image in series["images"]} == {(20, 24)}
    assert Instance.objects.get().number_of_frames == SLICES
    shown = fetched(reader, address(dataset.SOPInstanceUID, frame=5, query="?depth=16"))
    assert np.array_equal(packed_values(shown), slices[4])


def test_a_frame_beyond_the_last_slice_is_not_found(
    slices: NDArray[np.uint16], north: Facility, reader: Client
) -> None:
    dataset = mosaic_dataset(about(1), slices)
    store(dataset, facility=north)

    assert reader.get(address(dataset.SOPInstanceUID, frame=SLICES + 1)).status_code == 404


def test_a_mosaic_is_a_volume_that_can_be_cut(
    slices: NDArray[np.uint16], north: Facility, reader: Client
) -> None:
    dataset = mosaic_dataset(about(1), slices)
    store(dataset, facility=north)

    volume = reader.get(f"/viewer/series/{dataset.SeriesInstanceUID}/volume.json").json()["volume"]

    assert (volume["slices"], volume["rows"], volume["columns"]) == (SLICES, 20, 24)
    assert volume["slice_spacing_mm"] == pytest.approx(3.6)


def test_a_mosaic_that_cannot_be_split_says_so(
    slices: NDArray[np.uint16], north: Facility, reader: Client
) -> None:
    dataset = mosaic_dataset(about(1), slices, MosaicOptions(csa_version=None))
    store(dataset, facility=north)

    (series,) = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()["series"]

    (image,) = series["images"]
    assert image["title"].startswith("Mosaic shown whole")
