"""Volumes and planes over HTTP: who gets them, how they are answered, and the very values."""

from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client

from accounts.models import Facility, User
from audit.models import AuditEvent
from common.redis_client import redis_client
from tests.dicom_samples import about
from tests.factories import store
from tests.viewer.conftest import pixels
from tests.viewer.plane_samples import (
    COLUMNS,
    ROWS,
    SLICES,
    packed_values,
    plane_address,
    run_tasks,
    series_of,
    shown_plane,
    stored_series,
    values_of,
    volume_json,
    waiting_tasks,
)

pytestmark = pytest.mark.django_db

MINIMUM = 32768


@pytest.fixture
def series_uid(north: Facility) -> str:
    """A stored axial series of noise."""
    return stored_series(north)


def test_the_volume_is_described_before_a_pixel_is_read(reader: Client, series_uid: str) -> None:
    body = volume_json(reader, series_uid)

    volume, axial, coronal = body["volume"], body["planes"]["axial"], body["planes"]["coronal"]
    assert (volume["slices"], volume["rows"], volume["columns"]) == (SLICES, ROWS, COLUMNS)
    assert volume["packing"] == {"scale": 1.0, "offset": -24.0 - MINIMUM}
    assert volume["voi"] == [
        {"label": "SOFT", "window_center": 40.0, "window_width": 400.0, "function": "LINEAR"}
    ]
    assert volume["findings"] == []
    assert (axial["count"], axial["rows"], axial["columns"], axial["is_acquired"]) == (
        SLICES,
        ROWS,
        COLUMNS,
        True,
    )
    assert axial["image_position_patient"] == pytest.approx([-8.0, 4.0, 18.0])
    assert axial["step_patient"] == pytest.approx([0, 0, -2.0])
    assert (coronal["count"], coronal["columns"]) == (ROWS, COLUMNS)
    assert coronal["rows"] == int(18 / 0.8) + 1
    assert coronal["patient_orientation"] == ["L", "F"]
    assert (
        coronal["tile_url"].partition("?of=")[0]
        == f"/viewer/planes/{series_uid}/coronal/{{index}}/{{level}}/{{column}}/{{row}}.png"
    )
    assert (
        body["oblique"]["tile_url"].partition("?of=")[0]
        == f"/viewer/planes/{series_uid}/oblique/{{level}}/{{column}}/{{row}}.png"
    )
    assert waiting_tasks() == []


def test_an_axial_plane_has_the_stored_values_and_needs_no_other_slice(
    reader: Client, series_uid: str
) -> None:
    address = plane_address(series_uid, "axial", 3, query="?depth=16")
    first = reader.get(address)
    assert (first.status_code, first["Retry-After"]) == (202, "1")

    done = run_tasks()

    assert done == ["viewer.render_plane"]
    shown = packed_values(pixels(reader.get(address)))
    assert np.array_equal(shown - MINIMUM, values_of()[SLICES - 1 - 3])


@pytest.mark.parametrize("name", ["coronal", "sagittal"])
def test_coronal_and_sagittal_planes_are_cut_through_all_slices(
    name: str, reader: Client, series_uid: str
) -> None:
    shown = (
        packed_values(shown_plane(reader, plane_address(series_uid, name, 5, query="?depth=16"))) - MINIMUM
    )

    values = values_of()[::-1].astype(float)
    cut = values[:, 5, :] if name == "coronal" else values[:, :, 5]
    places = np.arange(shown.shape[0]) * 0.8 / 2.0
    expected = np.array([np.interp(places, np.arange(SLICES), line) for line in cut.T]).T
    assert np.abs(shown - expected).max() <= 0.51
    assert np.array_equal(shown[::5], cut[::2])


@pytest.mark.parametrize("projection", ["max", "min", "mean"])
def test_a_slab_projects_its_slices(projection: str, reader: Client, series_uid: str) -> None:
    query = f"?depth=16&slab=4&projection={projection}"
    shown_plane(reader, plane_address(series_uid, "axial", 4, query="?depth=16"))

    shown = packed_values(shown_plane(reader, plane_address(series_uid, "axial", 4, query=query))) - MINIMUM

    block = values_of()[4:7].astype(float)
    expected = {"max": block.max(0), "min": block.min(0), "mean": np.floor(block.mean(0) + 0.5)}[projection]
    assert np.array_equal(shown, expected)


def test_an_oblique_plane_along_the_axes_is_the_same_as_the_stack(reader: Client, series_uid: str) -> None:
    query = "?depth=16&position=-8,4,10&orientation=1,0,0,0,1,0&spacing=0.8&rows=18&columns=22"

    shown = packed_values(shown_plane(reader, plane_address(series_uid, "oblique", 0, query=query)))

    assert np.array_equal(shown[:ROWS, :COLUMNS] - MINIMUM, values_of()[5])
    assert (shown[ROWS:] == -1).all()
    assert (shown[:, COLUMNS:] == -1).all()


def test_a_turned_plane_meets_the_voxels_that_it_passes_through(reader: Client, series_uid: str) -> None:
    query = "?depth=16&position=-8,4,0&orientation=0,0.6,0.8,1,0,0&spacing=0.8&rows=20&columns=13"

    shown = packed_values(shown_plane(reader, plane_address(series_uid, "oblique", 0, query=query)))

    # Ten pixels on, 6.4 mm up and 4.8 mm back, is no voxel, but 25 / 8 slices up and 6 rows back on average is.
    values = values_of().astype(float)
    expected = values[3, 6] + 0.2 * (values[4, 6] - values[3, 6])
    assert np.abs(shown[:, 10] - MINIMUM - expected).max() <= 1


def test_a_windowed_tile_has_the_greys_of_its_window(reader: Client, series_uid: str) -> None:
    address = plane_address(series_uid, "axial", 0)

    default = shown_plane(reader, address)
    window = shown_plane(reader, address + "?wc=100&ww=1000&invert=1")

    values = values_of()[SLICES - 1].astype(float) - 24
    assert np.array_equal(default, np.clip(np.floor(((values - 39.5) / 399 + 0.5) * 255 + 0.5), 0, 255))
    assert np.array_equal(window, 255 - np.clip(np.floor(((values - 99.5) / 999 + 0.5) * 255 + 0.5), 0, 255))
    assert reader.get(address)["X-Default-Window"] == "40.0 400.0 LINEAR"
    assert np.array_equal(shown_plane(reader, address + "?voi=0"), default)


def test_without_a_window_all_planes_have_the_one_of_the_middle_slice(
    reader: Client, north: Facility
) -> None:
    datasets = series_of(values_of(), WindowCenter=None, WindowWidth=None, WindowCenterWidthExplanation=None)
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    windows = set()
    for name, index in (("axial", 0), ("axial", 9), ("sagittal", 3)):
        shown_plane(reader, plane_address(uid, name, index))
        windows.add(reader.get(plane_address(uid, name, index))["X-Default-Window"])

    assert len(windows) == 1


def test_tiles_and_levels_of_a_plane_are_those_of_an_image(reader: Client, north: Facility) -> None:
    values = values_of(3, rows=16, columns=600)
    datasets = series_of(values)
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    left = shown_plane(reader, plane_address(uid, "axial", 0, query="?depth=16"))
    right = shown_plane(reader, plane_address(uid, "axial", 0, tile="0/1/0", query="?depth=16"))
    half = packed_values(shown_plane(reader, plane_address(uid, "axial", 0, tile="1/0/0", query="?depth=16")))

    assert np.array_equal(packed_values(np.hstack((left, right))) - MINIMUM, values[2])
    mean = values[2].reshape(8, 2, 300, 2).mean(axis=(1, 3))
    assert np.abs(half - MINIMUM - mean).max() <= 0.5
    for missing in ("0/2/0", "0/0/1", "2/0/0", "1/1/0"):
        assert reader.get(plane_address(uid, "axial", 0, tile=missing)).status_code == 404


@pytest.mark.parametrize(
    ("name", "index"), [("axial", SLICES), ("coronal", ROWS), ("sagittal", COLUMNS), ("upward", 0)]
)
def test_a_plane_that_is_not_there_is_not_found(
    name: str, index: int, reader: Client, series_uid: str
) -> None:
    assert reader.get(plane_address(series_uid, name, index)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?depth=9",
        "?slab=-1",
        "?slab=201",
        "?slab=nan",
        "?slab=x",
        "?projection=sum",
        "?depth=16&wc=1&ww=2",
        "?wc=1",
    ],
)
def test_an_address_that_makes_no_sense_is_a_clear_error(query: str, reader: Client, series_uid: str) -> None:
    answer = reader.get(plane_address(series_uid, "axial", 0, query=query))

    assert (answer.status_code, bool(answer.json()["detail"])) == (400, True)
    assert waiting_tasks() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"position": "1,2"},
        {"position": "1,2,inf"},
        {"position": "1,2,1e9"},
        {"orientation": "1,0,0,1,0,0"},
        {"orientation": "2,0,0,0,1,0"},
        {"orientation": "nan,0,0,0,1,0"},
        {"spacing": "0"},
        {"spacing": ""},
        {"rows": "0"},
        {"rows": "1025"},
        {"columns": "1e300"},
    ],
)
def test_an_oblique_plane_is_finite_and_bounded(
    changed: dict[str, str], reader: Client, series_uid: str
) -> None:
    given = {
        "position": "0,0,0",
        "orientation": "1,0,0,0,1,0",
        "spacing": "1",
        "rows": "9",
        "columns": "9",
        **changed,
    }
    query = "?" + "&".join(f"{name}={value}" for name, value in given.items())

    answer = reader.get(plane_address(series_uid, "oblique", 0, query=query))

    assert (answer.status_code, waiting_tasks()) == (400, [])


def test_a_slab_that_costs_too_much_is_refused_before_a_worker_sees_it(
    reader: Client, series_uid: str
) -> None:
    query = "?slab=200&position=0,0,0&orientation=1,0,0,0,1,0&spacing=1&rows=1024&columns=1024"

    answer = reader.get(plane_address(series_uid, "oblique", 0, query=query))

    assert (answer.status_code, waiting_tasks()) == (400, [])
    assert "thinner" in answer.json()["detail"]


def test_a_maximum_through_the_whole_volume_is_that_of_each_line_of_voxels(
    reader: Client, series_uid: str
) -> None:
    # From the front: two voxels of 0.8 mm make a pixel of 1.6 mm; slices are 2 mm apart.
    query = "?depth=16&slab=300&position=-7.6,10.4,18&orientation=1,0,0,0,0,-1&spacing=1.6&rows=10&columns=10"

    shown = packed_values(shown_plane(reader, plane_address(series_uid, "oblique", 0, query=query)))

    lines = values_of().max(axis=1)
    blocks = lines.reshape(SLICES, COLUMNS // 2, 2).max(axis=2)
    slices = ((18 - 1.6 * np.arange(10)) / 2 + 0.5).astype(int)
    assert np.array_equal(shown - MINIMUM, blocks[slices])


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        ("oblique", "&projection=min"),
        ("oblique", "&projection=mean"),
        ("oblique", "&slab=4001"),
        ("axial", ""),
    ],
)
def test_only_a_maximum_in_any_direction_goes_through_the_whole_volume(
    place: str, changed: str, reader: Client, series_uid: str
) -> None:
    slab = "" if "slab" in changed else "&slab=300"
    query = f"?position=0,0,0&orientation=1,0,0,0,1,0&spacing=2&rows=8&columns=8{slab}{changed}"

    answer = reader.get(plane_address(series_uid, place, 0, query=query))

    assert (answer.status_code, waiting_tasks()) == (400, [])
    assert "mm thick" in answer.json()["detail"]


def test_a_projection_that_costs_too_much_is_refused_before_a_worker_sees_it(
    reader: Client, series_uid: str
) -> None:
    query = "?slab=400&position=0,0,0&orientation=1,0,0,0,1,0&spacing=0.5&rows=600&columns=600"

    answer = reader.get(plane_address(series_uid, "oblique", 0, query=query))

    assert (answer.status_code, waiting_tasks()) == (400, [])
    assert "pixels larger" in answer.json()["detail"]


def test_who_may_not_see_the_study_knows_of_no_volume(
    outsider: User, log_in: Callable[[User], Client], reader: Client, series_uid: str
) -> None:
    address = plane_address(series_uid, "axial", 0)
    shown_plane(reader, address)
    etag = reader.get(address)["ETag"]
    stranger = log_in(outsider)
    oblique = plane_address(series_uid, "oblique", 0, query="?position=1")

    for place in (f"/viewer/series/{series_uid}/volume.json", address, oblique):
        assert stranger.get(place).status_code == 404
        assert stranger.get(place, headers={"If-None-Match": etag}).status_code == 404
        assert Client().get(place).status_code == 302


def test_looking_at_planes_is_recorded_once(reader: Client, series_uid: str) -> None:
    volume_json(reader, series_uid)
    for index in range(3):
        shown_plane(reader, plane_address(series_uid, "axial", index))

    assert AuditEvent.objects.filter(event_type="study_opened").count() == 1


def test_a_held_plane_is_not_sent_again_and_another_series_has_another_tag(
    reader: Client, series_uid: str, north: Facility
) -> None:
    address = plane_address(series_uid, "axial", 0)
    shown_plane(reader, address)
    etag = reader.get(address)["ETag"]

    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 304

    extra = series_of(values_of(SLICES + 1))[-1]
    extra.InstanceNumber = 0
    extra.SOPInstanceUID = extra.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4.5"
    store(extra, facility=north)
    assert reader.get(address, headers={"If-None-Match": etag}).status_code == 202
    assert volume_json(reader, series_uid)["planes"]["axial"]["count"] == SLICES + 1


def test_one_tile_is_rendered_once_and_the_workers_are_called_to_help_once(
    reader: Client, series_uid: str
) -> None:
    address = plane_address(series_uid, "coronal", 2)
    for _ in range(3):
        assert reader.get(address).status_code == 202

    assert waiting_tasks() == ["viewer.render_plane"]


def test_the_planes_around_one_are_rendered_ahead(reader: Client, series_uid: str) -> None:
    shown_plane(reader, plane_address(series_uid, "coronal", 4, query="?depth=16"))

    run_tasks(queues=("render", "warm"))

    for index in range(ROWS):
        answer = reader.get(plane_address(series_uid, "coronal", index, query="?depth=16"))
        assert answer.status_code == 200


def test_no_plane_is_rendered_ahead_of_its_slices(reader: Client, series_uid: str) -> None:
    shown_plane(reader, plane_address(series_uid, "axial", 3))

    assert "viewer.warm_planes" in run_tasks(queues=("render", "warm"))

    assert reader.get(plane_address(series_uid, "axial", 4)).status_code == 202


def test_tasks_and_keys_hold_no_patient_data(reader: Client, north: Facility) -> None:
    secret = about(1, patient_id="SECRET-ID", patient_name="Secret^Name")
    datasets = series_of(values_of(), study=secret)
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID
    reader.get(plane_address(uid, "sagittal", 1))
    client = redis_client()
    sent = client.lrange("render", 0, -1)
    run_tasks()

    assert b"secret" not in b" ".join([*sent, *client.keys()]).lower()
