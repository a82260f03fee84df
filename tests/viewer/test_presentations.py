"""Presentation states and key object selections reach the reader who may see the study, and tell what they cannot do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from accounts.models import Facility, User
from archive.models import Instance
from dicomkit.pixels.marks import GRAPHICS, SHUTTER
from dicomkit.synth.overlays import add_overlay
from dicomkit.synth.references import (
    drawn,
    graphic,
    graphic_layer,
    key_object_selection,
    presentation_state,
    text_at,
)
from tests.dicom_samples import about, image
from tests.dicomkit.test_presentation import table, window
from tests.factories import store
from tests.viewer.conftest import pixels
from viewer.services import render_frame_marks

pytestmark = pytest.mark.django_db

CT = {"RescaleSlope": "1", "RescaleIntercept": "-1024"}
ADDRESS = f"/viewer/studies/{about(1).study_instance_uid}/presentations.json"


def the_state(reader: Client) -> dict[str, Any]:
    """Return the only presentation state of the study."""
    (found,) = reader.get(ADDRESS).json()["presentation_states"]
    state: dict[str, Any] = found
    return state


def stored_state(facility: Facility, *images: Dataset, **attributes: Any) -> Dataset:
    """Store images, and a presentation state of them."""
    state = presentation_state(about(1), images, **attributes)
    store(*images, state, facility=facility)
    return state


def test_a_state_that_is_a_window_comes_as_one(north: Facility, reader: Client) -> None:
    slices = [image(number=number, **CT) for number in (1, 2)]
    stored_state(north, *slices, label="BONE", ImageRotation=90, **CT, **window(400, 1800))

    state = the_state(reader)
    (look,) = state["looks"]

    assert (state["label"], state["problem"], state["is_ours"]) == ("BONE", "", False)
    assert look["voi"] == {"label": "", "window_center": 400, "window_width": 1800, "function": "LINEAR"}
    assert (look["rotation_degrees"], look["is_mirrored"], look["is_inverse"]) == (90, False, False)
    assert [one["sop_instance_uid"] for one in look["images"]] == [one.SOPInstanceUID for one in slices]


def test_what_is_drawn_comes_layer_by_layer(north: Facility, reader: Client) -> None:
    dataset = image()
    drawing = drawn(
        [dataset], graphics=[graphic("POLYLINE", [1, 2, 3, 4])], texts=[text_at("Nodule", (5, 6))]
    )
    stored_state(
        north,
        dataset,
        GraphicLayerSequence=Sequence([graphic_layer()]),
        GraphicAnnotationSequence=Sequence([drawing]),
    )

    (shown,) = the_state(reader)["looks"][0]["drawings"]

    assert shown["graphics"] == [{"kind": "POLYLINE", "points": [[1, 2], [3, 4]], "is_filled": False}]
    assert [(text["text"], text["anchor"]) for text in shown["texts"]] == [("Nodule", [5, 6])]


@pytest.mark.parametrize(
    "attributes",
    [
        window(1064, 400),
        {
            **CT,
            **window(40, 400),
            "PresentationLUTShape": None,
            "PresentationLUTSequence": Sequence([table(np.arange(256), bits=8)]),
        },
    ],
    ids=["of stored values", "presentation table"],
)
def test_any_other_grey_comes_as_a_table(attributes: dict[str, Any], north: Facility, reader: Client) -> None:
    dataset = image(**CT)
    stored_state(north, dataset, **attributes)
    (look,) = the_state(reader)["looks"]

    answer = reader.get(look["images"][0]["table_url"], {"frame": "1"})

    greys = np.frombuffer(answer.content, np.uint8)
    assert look["voi"] is None
    # Both cut off below 864 and above 1264 stored, as the window 40 / 400 HU does; unsigned values are packed as they are.
    assert (len(greys), greys[864], greys[1264]) == (65536, 0, 255)
    assert 120 <= greys[1064] <= 135


def test_the_shutter_of_a_state_takes_the_place_of_the_images_own(north: Facility, reader: Client) -> None:
    own = {"ShutterShape": "RECTANGULAR", "ShutterLeftVerticalEdge": 9, "ShutterRightVerticalEdge": 16}
    rows = {"ShutterUpperHorizontalEdge": 1, "ShutterLowerHorizontalEdge": 16}
    dataset = image(**own, **rows)
    add_overlay(dataset, np.ones((1, 16), bool), label="Not activated")
    state = stored_state(
        north,
        dataset,
        **{**own, **rows, "ShutterLeftVerticalEdge": 1, "ShutterRightVerticalEdge": 4},
        ShutterPresentationValue=0xFFFF,
    )
    (look,) = the_state(reader)["looks"]
    address = look["images"][0]["marks_url"]
    blobs = dict(Instance.objects.values_list("sop_instance_uid", "blob__sha256"))

    waiting = reader.get(address)
    render_frame_marks(blobs[dataset.SOPInstanceUID], 1, blobs[state.SOPInstanceUID])
    marks = pixels(reader.get(address))

    assert (waiting.status_code, look["shutter_grey"]) == (202, 255)
    assert (marks[:, :4] == 0).all() and (marks[:, 4:] == SHUTTER).all()


def test_an_overlay_of_the_image_is_shown_where_the_state_activates_it(
    north: Facility, reader: Client
) -> None:
    dataset = image()
    add_overlay(dataset, np.ones((1, 16), bool))
    state = presentation_state(about(1), [dataset])
    state.add_new((0x6000, 0x1001), "CS", "NOTES")
    store(dataset, state, facility=north)
    (look,) = the_state(reader)["looks"]
    blobs = dict(Instance.objects.values_list("sop_instance_uid", "blob__sha256"))

    render_frame_marks(blobs[dataset.SOPInstanceUID], 1, blobs[state.SOPInstanceUID])
    marks = pixels(reader.get(look["images"][0]["marks_url"]))

    assert (marks[0] == GRAPHICS).all() and (marks[1:] == 0).all()


def test_key_images_come_with_their_title(north: Facility, reader: Client) -> None:
    dataset = image()
    store(dataset, key_object_selection(about(1), [dataset], description="Look here"), facility=north)

    (found,) = reader.get(ADDRESS).json()["key_objects"]

    assert (found["title"], found["description"]) == ("Of Interest", "Look here")
    assert found["images"] == [{"sop_instance_uid": dataset.SOPInstanceUID, "frame_numbers": []}]


def test_a_state_that_cannot_be_used_says_why(north: Facility, reader: Client) -> None:
    stored_state(north, image(), SoftcopyVOILUTSequence=Sequence([Dataset()]))

    state = the_state(reader)

    assert state["looks"] == []
    assert "cannot be used" in state["problem"]


def test_images_that_are_not_here_are_left_out(north: Facility, reader: Client) -> None:
    here, missing = image(), image(number=2)
    store(here, presentation_state(about(1), [here, missing]), facility=north)

    (look,) = the_state(reader)["looks"]

    assert [one["sop_instance_uid"] for one in look["images"]] == [here.SOPInstanceUID]


def test_an_outsider_learns_nothing(
    north: Facility, outsider: User, log_in: Callable[[User], Client]
) -> None:
    dataset = image()
    state = stored_state(north, dataset)
    client = log_in(outsider)

    addresses = [ADDRESS, f"/viewer/presentations/{state.SOPInstanceUID}/{dataset.SOPInstanceUID}.bin"]

    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_a_state_of_another_study_is_not_applied(north: Facility, reader: Client) -> None:
    dataset, other = image(), image(about(2))
    store(dataset, facility=north)
    state = presentation_state(about(2), [other])
    store(other, state, facility=north)

    answer = reader.get(f"/viewer/presentations/{state.SOPInstanceUID}/{dataset.SOPInstanceUID}.bin")

    assert answer.status_code == 404


@pytest.mark.parametrize("frame", ["0", "2", "x", "-1", "9" * 40])
def test_a_frame_that_does_not_exist_is_refused(frame: str, north: Facility, reader: Client) -> None:
    dataset = image()
    state = stored_state(north, dataset)

    answer = reader.get(
        f"/viewer/presentations/{state.SOPInstanceUID}/{dataset.SOPInstanceUID}.bin", {"frame": frame}
    )

    assert answer.status_code == 404


def test_an_object_without_pixels_has_no_table(north: Facility, reader: Client) -> None:
    state = stored_state(north, image())

    answer = reader.get(f"/viewer/presentations/{state.SOPInstanceUID}/{state.SOPInstanceUID}.bin")

    assert answer.status_code == 404
