"""A whole volume as one block of numbers, for the page that draws it in three dimensions."""

import gzip
import json
from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray

from accounts.models import Facility, User
from dicomkit.geometry import ImagePlane
from dicomkit.reformat_voxels import PADDING
from dicomkit.volume_block import MOST_SIDE, MOST_VOXELS, block_grid, volume_block
from dicomkit.volume_geometry import VolumeGeometry
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.plane_samples import SLICES, run_tasks, series_of, stored_series, values_of, volume_json

pytestmark = pytest.mark.django_db
AXIAL = ImagePlane((-8.0, 4.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def made_block(client: Client, series_uid: str) -> tuple[dict, NDArray[np.float64]]:
    """Return what a block says of itself and its modality values, asked for, made, and fetched."""
    address = volume_json(client, series_uid)["block_url"]
    assert client.get(address).status_code == 202
    run_tasks(queues=("render", "warm"))
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    assert client.get(address, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    line, _, numbers = gzip.decompress(answer.content).partition(b"\n")
    assert len(line) % 2 == 1
    told = json.loads(line)
    shares = np.frombuffer(numbers, "<f2").reshape(told["slices"], told["rows"], told["columns"])
    return told, told["lowest"] + shares.astype(float) * (told["highest"] - told["lowest"])


def test_the_block_has_the_values_of_the_voxels_at_their_places(north: Facility, reader: Client) -> None:
    told, values = made_block(reader, stored_series(north))

    expected = values_of().astype(float) - 24
    assert told["position_patient"] == pytest.approx([-8.0, 4.0, 0.0])
    assert told["spacing_mm"] == pytest.approx(0.8)
    # Every fifth layer of 0.8 mm is every second slice of 2 mm; a half float has 11 bits of the range of 3000.
    assert np.abs(values[::5] - expected[::2]).max() < 1.5


def test_a_stack_towards_the_feet_and_a_mirrored_one_lie_where_the_patient_is(
    north: Facility, reader: Client
) -> None:
    stored = values_of()
    datasets = series_of(
        stored, ImageOrientationPatient=[-1, 0, 0, 0, 1, 0], heights=[-2.0 * k for k in range(SLICES)]
    )
    store(*datasets, facility=north)

    told, values = made_block(reader, str(datasets[0].SeriesInstanceUID))

    # Columns now run from -8 mm to the right, and the last slice is the lowest.
    assert told["position_patient"] == pytest.approx([-8.0 - 19 * 0.8, 4.0, -18.0])
    expected = stored[::-1, :, ::-1].astype(float) - 24
    assert np.abs(values[::5] - expected[::2]).max() < 1.5


def test_a_large_volume_is_bounded_and_a_cube_is_the_mean_of_its_parts() -> None:
    rows = columns = 400
    geometry = VolumeGeometry(AXIAL, (0.5, 0.5), rows, columns, tuple(2.0 * k for k in range(200)), 2.0)

    grid = block_grid(geometry)

    assert max(grid.shape) <= MOST_SIDE
    assert np.prod(grid.shape) <= MOST_VOXELS
    stripes = np.tile(np.array([100, 300], np.uint16), (200, rows, columns // 2))
    block = volume_block(stripes, geometry=geometry)
    values = block.lowest + block.shares[20].astype(float) * (block.highest - block.lowest)
    assert values.std() < 60
    assert values.mean() == pytest.approx(200, abs=5)


def test_padding_has_the_lowest_value_and_does_not_spoil_its_neighbours() -> None:
    geometry = VolumeGeometry(AXIAL, (1.0, 1.0), 4, 4, (0.0, 1.0), 1.0)
    voxels = np.full((2, 4, 4), 500, np.uint16)
    voxels[0, 0, 0] = 100
    voxels[1, 3, 3] = PADDING

    block = volume_block(voxels, geometry=geometry)

    assert (block.lowest, block.highest) == (100, 500)
    assert block.shares[1, 3, 3] == 0
    assert block.shares[1, 2, 2] == 1


def test_who_may_not_see_the_study_gets_no_block_and_one_image_has_none(
    north: Facility, reader: Client, outsider: User, log_in: Callable[[User], Client]
) -> None:
    series_uid = stored_series(north)
    alone = image(series=7)
    store(alone, facility=north)

    assert log_in(outsider).get(f"/viewer/series/{series_uid}/block.bin").status_code == 404
    assert reader.get(f"/viewer/series/{alone.SeriesInstanceUID}/block.bin").status_code == 422
    assert reader.get(f"/viewer/series/{series_uid}/block.bin?of=of-another-day").status_code == 410
