"""Of several images at each position the reader chooses which become the planes."""

import numpy as np
import pytest
from django.test import Client

from accounts.models import Facility
from tests.factories import store
from tests.viewer.plane_samples import packed_values, plane_address, series_of, shown_plane, values_of

pytestmark = pytest.mark.django_db

MINIMUM = 32768


@pytest.fixture
def series_uid(north: Facility) -> str:
    """Two echoes of ten slices, each with noise of its own."""
    early = series_of(values_of(), EchoTime="10")
    late = series_of(values_of()[::-1] // 2, EchoTime="80")
    for number, dataset in enumerate(late):
        dataset.InstanceNumber = 100 + number
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.4.{number}"
    store(*early, *late, facility=north)
    return str(early[0].SeriesInstanceUID)


def test_each_group_has_its_own_planes(series_uid: str, reader: Client) -> None:
    body = reader.get(f"/viewer/series/{series_uid}/volume.json").json()
    assert body["groups"] == [
        {"number": 0, "label": "Echo time 10 ms"},
        {"number": 1, "label": "Echo time 80 ms"},
    ]

    early = packed_values(shown_plane(reader, plane_address(series_uid, "axial", 0, query="?depth=16")))
    late = packed_values(
        shown_plane(reader, plane_address(series_uid, "axial", 0, query="?depth=16&group=1"))
    )

    # Axial planes run from the head down, the samples from the feet up.
    assert np.array_equal(early, values_of()[-1].astype(int) + MINIMUM)
    assert np.array_equal(late, values_of()[0].astype(int) // 2 + MINIMUM)


def test_the_addresses_of_a_group_carry_it(series_uid: str, reader: Client) -> None:
    body = reader.get(f"/viewer/series/{series_uid}/volume.json?group=1").json()

    assert body["group"] == 1
    assert body["planes"]["coronal"]["tile_url"].endswith("&group=1")
    assert "Shown: Echo time 80 ms" in body["volume"]["findings"][0]["text"]


@pytest.mark.parametrize(("group", "status"), [("2", 422), ("x", 400), ("-1", 400)])
def test_a_group_that_is_not_there_is_refused(
    group: str, status: int, series_uid: str, reader: Client
) -> None:
    assert reader.get(plane_address(series_uid, "axial", 0, query=f"?group={group}")).status_code == status


def test_planes_without_a_content_in_their_address_are_asked_for_again(
    series_uid: str, reader: Client
) -> None:
    address = plane_address(series_uid, "axial", 0)
    shown_plane(reader, address)
    template = reader.get(f"/viewer/series/{series_uid}/volume.json").json()["planes"]["axial"]["tile_url"]

    assert reader.get(address)["Cache-Control"] == "private, no-cache"
    named = template.format(index=0, level=0, column=0, row=0)
    assert reader.get(named)["Cache-Control"] == "private, max-age=3600"
    assert reader.get(named.partition("of=")[0] + "of=0123456789abcdef").status_code == 410
