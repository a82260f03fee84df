"""Overlays and shutters: what lies over an image, apart from its values, and what the server's own pictures hide."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from archive.models import Blob
from dicomkit.pixels.marks import GRAPHICS, SHUTTER
from dicomkit.synth.overlays import add_overlay
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.conftest import address, fetched, pixels
from viewer.services import render_frame_marks, render_series_thumbnail

pytestmark = pytest.mark.django_db

SHUTTERED = {
    "ShutterShape": "RECTANGULAR",
    "ShutterLeftVerticalEdge": 5,
    "ShutterRightVerticalEdge": 12,
    "ShutterUpperHorizontalEdge": 3,
    "ShutterLowerHorizontalEdge": 16,
    "ShutterPresentationValue": 0x8080,
}


def with_overlay(dataset: Dataset) -> Dataset:
    """Draw four pixels of the second row, from the third column on."""
    bits = np.zeros((4, 4), bool)
    bits[0] = True
    add_overlay(dataset, bits, origin=(2, 3), label="Scout")
    return dataset


def manifest_image(reader: Client, dataset: Dataset) -> dict[str, Any]:
    """Return the image as the manifest describes it."""
    body = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()
    found: dict[str, Any] = body["series"][0]["images"][0]
    return found


def test_a_shutter_hides_its_outside_in_windowed_tiles_and_in_no_value(
    north: Facility, reader: Client
) -> None:
    dataset = image(**SHUTTERED)
    store(dataset, facility=north)

    grey = fetched(reader, address(dataset.SOPInstanceUID))
    values = fetched(reader, address(dataset.SOPInstanceUID, query="?depth=16"))

    hidden = np.ones((16, 16), bool)
    hidden[2:16, 4:12] = False
    assert (grey[hidden] == 128).all()
    assert len(np.unique(grey[~hidden])) > 10
    packed = values[..., 0].astype(int) * 256 + values[..., 1]
    assert np.array_equal(packed, np.asarray(dataset.pixel_array))


def test_marks_tell_overlay_and_shutter_apart(north: Facility, reader: Client) -> None:
    dataset = with_overlay(image(**SHUTTERED))
    store(dataset, facility=north)
    described = manifest_image(reader, dataset)

    waiting = reader.get(described["marks_url"])
    render_frame_marks(Blob.objects.get().sha256, 1)
    marks = pixels(reader.get(described["marks_url"]))

    assert waiting.status_code == 202
    assert (described["overlays"], described["shutter_grey"]) == (["Scout"], 128)
    assert (marks & GRAPHICS).sum() == 4 and (marks[1, 2:6] & GRAPHICS).all()
    assert (marks & SHUTTER > 0).sum() == 16 * 16 - 14 * 8


def test_an_image_without_either_has_no_marks(north: Facility, reader: Client) -> None:
    dataset = image()
    store(dataset, facility=north)

    assert manifest_image(reader, dataset)["marks_url"] is None


def test_a_thumbnail_has_the_shutter(north: Facility, reader: Client) -> None:
    dataset = image(**SHUTTERED)
    store(dataset, facility=north)
    render_series_thumbnail(dataset.SeriesInstanceUID)

    thumbnail = pixels(reader.get(f"/viewer/series/{dataset.SeriesInstanceUID}/thumbnail.png"))

    assert (thumbnail[:2] == 128).all()


def test_an_outsider_gets_no_marks(north: Facility, outsider: User, log_in: Callable[[User], Client]) -> None:
    dataset = with_overlay(image())
    store(dataset, facility=north)

    assert log_in(outsider).get(f"/viewer/marks/{dataset.SOPInstanceUID}/1.png").status_code == 404
