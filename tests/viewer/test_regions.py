"""Segmentations and structure sets reach the reader who may see the study, over the images that they are about."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from accounts.models import Facility, User
from archive.models import Instance
from dicomkit.synth.regions import DrawnROI, MarkedPlane, marked, segmentation, structure_set
from tests.dicom_samples import about, image
from tests.dicomkit.test_segmentation import BOX, ct
from tests.dicomkit.test_structure_set import IN_PIXELS, TRIANGLE
from tests.factories import store
from tests.viewer.conftest import pixels
from viewer.regions.request import RegionForm, RegionRequest
from viewer.services import render_requested_region

pytestmark = pytest.mark.django_db

STUDY = f"/viewer/studies/{about(1).study_instance_uid}"


def regions(reader: Client) -> list[dict[str, Any]]:
    """Return what the study holds of regions."""
    found: list[dict[str, Any]] = reader.get(f"{STUDY}/presentations.json").json()["regions"]
    return found


def address(region: Dataset, on: Dataset, *, form: str = "png", query: str = "") -> str:
    """Return the address of a region on an image."""
    return f"/viewer/regions/{region.SOPInstanceUID}/{on.SOPInstanceUID}/1.{form}{query}"


def render(region: Dataset, on: Dataset, *, form: str = "bitmap", hidden: tuple[int, ...] = ()) -> None:
    """Do what a worker does for a region on an image."""
    region_sha, image_sha = (
        Instance.objects.get(sop_instance_uid=one.SOPInstanceUID).blob.sha256 for one in (region, on)
    )
    request = RegionRequest(RegionForm(form), region_sha, image_sha, on.SOPInstanceUID, 1, hidden)
    render_requested_region(RegionRequest.from_task_arguments(request.as_task_arguments()))


def stored_segmentation(facility: Facility, slices: list[Dataset], **options: Any) -> Dataset:
    """Store slices with a segmentation of the first one: all of it, and a box over it."""
    frames = [marked(slices[0], np.ones((16, 16))), marked(slices[0], BOX, segment_number=2)]
    dataset = segmentation(about(), slices[0], frames, labels=("Lung", "Nodule"), **options)
    store(*slices, dataset, facility=facility)
    return dataset


def stored_structure_set(facility: Facility, on: Dataset, **options: Any) -> Dataset:
    """Store an image and a structure set with a triangle and a point on it."""
    rois = [
        DrawnROI(name="Nodule", contours=[("CLOSED_PLANAR", TRIANGLE, on)], interpreted_type="GTV"),
        DrawnROI(name="Centre", contours=[("POINT", (0, 0, 5), on)], interpreted_type="ISOCENTER"),
    ]
    dataset = structure_set(about(), on, rois, **options)
    store(on, dataset, facility=facility)
    return dataset


def test_a_segmentation_is_listed_with_its_segments_and_the_images_where_it_lies(
    north: Facility, reader: Client
) -> None:
    slices = [ct(number) for number in (1, 2, 3)]
    dataset = stored_segmentation(north, slices, ContentDescription="Lung and nodule")

    (found,) = regions(reader)

    assert (found["sop_instance_uid"], found["kind"]) == (dataset.SOPInstanceUID, "SEG")
    assert (found["label"], found["created"], found["problem"]) == ("Lung and nodule", "2024-01-31T10:30", "")
    assert [(part["number"], part["label"], part["note"]) for part in found["parts"]] == [
        (1, "Lung", "manual"),
        (2, "Nodule", "manual"),
    ]
    assert found["parts"][0]["colour"] == "#fa0006"
    assert found["images"] == [slices[0].SOPInstanceUID]
    assert found["is_overlapping"]


def test_a_bitmap_is_rendered_by_a_worker_and_kept(north: Facility, reader: Client) -> None:
    slices = [ct(number) for number in (1, 2)]
    dataset = stored_segmentation(north, slices)

    waiting = reader.get(address(dataset, slices[0]))
    render(dataset, slices[0])
    answer = reader.get(address(dataset, slices[0]))

    assert waiting.status_code == 202
    assert np.array_equal(pixels(answer), 1 + BOX)
    again = reader.get(address(dataset, slices[0]), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_what_lies_below_a_hidden_segment_is_shown(north: Facility, reader: Client) -> None:
    slices = [ct(1)]
    dataset = stored_segmentation(north, slices)

    render(dataset, slices[0], hidden=(1,))

    assert (pixels(reader.get(address(dataset, slices[0], query="?hidden=1"))) == 1).all()


@pytest.mark.parametrize("hidden", ["x", "-1", "255", "1,,2", "9" * 40, ",".join(["1"] * 300), "²"])
def test_segments_that_cannot_exist_are_refused(hidden: str, north: Facility, reader: Client) -> None:
    slices = [ct(1)]
    dataset = stored_segmentation(north, slices)

    assert reader.get(address(dataset, slices[0]), {"hidden": hidden}).status_code == 400


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_a_worker_reads_an_object_once_for_all_images(
    syntax: str, north: Facility, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slices = [ct(number) for number in (1, 2)]
    dataset = segmentation(
        about(), slices[0], [marked(slices[0], BOX), marked(slices[1], BOX.T)], ContentDescription=syntax
    )
    dataset.file_meta.TransferSyntaxUID = syntax
    store(*slices, dataset, facility=north)

    render(dataset, slices[0])
    monkeypatch.setattr("viewer.regions.render.read_segmentation", None)
    render(dataset, slices[1])

    assert np.array_equal(pixels(reader.get(address(dataset, slices[0]))), BOX)
    assert np.array_equal(pixels(reader.get(address(dataset, slices[1]))), BOX.T)


def test_a_structure_set_is_listed_and_its_contours_come_by_image(north: Facility, reader: Client) -> None:
    on = ct(1)
    dataset = stored_structure_set(north, on, StructureSetName="Plan")

    (found,) = regions(reader)
    waiting = reader.get(address(dataset, on, form="json"))
    render(dataset, on, form="contours")
    contours = reader.get(address(dataset, on, form="json")).json()["contours"]

    assert (found["kind"], found["label"], found["images"]) == ("RTSTRUCT", "Plan", [on.SOPInstanceUID])
    assert [(part["label"], part["colour"], part["note"]) for part in found["parts"]] == [
        ("Nodule", "#ff0000", "GTV"),
        ("Centre", "#ff0000", "isocenter"),
    ]
    assert waiting.status_code == 202
    assert contours == [
        {"part": 0, "kind": "POLYLINE", "points": IN_PIXELS},
        {"part": 1, "kind": "POINT", "points": [[5.5, 10.5]]},
    ]


def test_one_form_is_not_taken_for_the_other(north: Facility, reader: Client) -> None:
    on = ct(1)
    plan = stored_structure_set(north, on)
    marks = segmentation(about(), on, [marked(on, BOX)])
    store(marks, facility=north)

    render(marks, on)
    render(marks, on, form="contours")
    render(plan, on)

    assert reader.get(address(marks, on, form="json")).status_code == 422
    answer = reader.get(address(plan, on))
    assert (answer.status_code, "type" in answer.json()["detail"]) == (422, True)


def test_a_segmentation_over_images_is_no_series_of_its_own(north: Facility, reader: Client) -> None:
    slices = [ct(1)]
    dataset = stored_segmentation(north, slices)

    manifest = reader.get(f"{STUDY}/manifest.json").json()

    assert [series["modality"] for series in manifest["series"]] == ["CT"]
    assert [other["sop_instance_uid"] for other in manifest["other"]] == [dataset.SOPInstanceUID]


def test_a_segmentation_alone_can_still_be_opened(north: Facility, reader: Client) -> None:
    on = ct(1)
    store(segmentation(about(), on, [marked(on, BOX)]), image(series=2), facility=north)

    manifest = reader.get(f"{STUDY}/manifest.json").json()

    assert sorted(series["modality"] for series in manifest["series"]) == ["OT", "SEG"]
    assert regions(reader)[0]["images"] == []


def test_a_segmentation_that_names_an_image_without_a_place_is_shown_on_it(
    north: Facility, reader: Client
) -> None:
    plain, other = image(), image(number=2)
    frame = MarkedPlane(pixels=BOX, position=(0, 0, 0), source=plain)
    dataset = segmentation(about(), plain, [frame], ImageOrientationPatient=None)
    store(plain, other, dataset, facility=north)

    render(dataset, plain)

    assert regions(reader)[0]["images"] == [plain.SOPInstanceUID]
    assert np.array_equal(pixels(reader.get(address(dataset, plain))), BOX)


def test_an_object_that_cannot_be_used_says_why_and_stays_a_series(north: Facility, reader: Client) -> None:
    slices = [ct(1)]
    stored_segmentation(north, slices, SegmentationType="SURFACE")

    (found,) = regions(reader)

    assert "type" in found["problem"]
    assert found["images"] == [slices[0].SOPInstanceUID]
    assert len(reader.get(f"{STUDY}/manifest.json").json()["series"]) == 2


def test_an_outsider_learns_nothing(
    north: Facility, outsider: User, log_in: Callable[[User], Client]
) -> None:
    slices = [ct(1)]
    dataset = stored_segmentation(north, slices)
    render(dataset, slices[0])
    client = log_in(outsider)

    addresses = [address(dataset, slices[0], form=form) for form in ("png", "json")]

    assert [client.get(one).status_code for one in addresses] == [404, 404]


def test_a_region_of_another_study_is_not_shown(north: Facility, reader: Client) -> None:
    here, there = ct(1), ct(1, study=about(2))
    dataset = segmentation(about(2), there, [marked(there, BOX)])
    store(here, facility=north)
    store(there, dataset, facility=north)

    assert reader.get(address(dataset, here)).status_code == 404


def test_a_frame_that_does_not_exist_is_refused(north: Facility, reader: Client) -> None:
    slices = [ct(1)]
    dataset = stored_segmentation(north, slices)

    assert reader.get(address(dataset, slices[0]).replace("/1.png", "/2.png")).status_code == 404
