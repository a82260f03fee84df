"""The frames of a video are tiles as those of any other image in colour."""

import pytest
from django.test import Client

from accounts.models import Facility
from dicomkit.synth.video import video_dataset
from tests.dicom_samples import about
from tests.factories import store
from tests.viewer.conftest import address, fetched

pytestmark = pytest.mark.django_db


def test_a_video_is_a_stack_whose_frames_are_told_apart(north: Facility, reader: Client) -> None:
    dataset = video_dataset(frames=12, study=about(1))
    store(dataset, facility=north)

    body = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()
    tiles = [fetched(reader, address(dataset.SOPInstanceUID, frame=frame)) for frame in (1, 12, 6)]

    (series,) = body["series"]
    assert (len(series["images"]), series["frame_time_ms"], series["images"][0]["kind"]) == (
        12,
        40.0,
        "colour",
    )
    assert [tile.shape for tile in tiles] == [(96, 128, 3)] * 3
    first, last, middle = (tile[:, 8:48].mean() for tile in tiles)
    assert first + 15 < middle < last - 15
