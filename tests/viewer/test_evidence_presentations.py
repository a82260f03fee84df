"""Everything that readers drew on grey images leaves as presentation states, which the viewer itself can show."""

from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility
from archive.models import Instance
from dicomkit.presentation import GRAYSCALE_SOFTCOPY_PRESENTATION_STATE
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.annotation_samples import STUDY, put
from tests.viewer.conftest import address, render
from tests.viewer.evidence_samples import CT, DRAWN, draw, saved, stored_file
from viewer.models import Evidence

pytestmark = pytest.mark.django_db

WINDOWED = CT | {"WindowCenter": "40", "WindowWidth": "400"}


def states(reader: Client) -> list[dict[str, Any]]:
    """Return the presentation states as the viewer's menu gets them, the newest first."""
    found: list[dict[str, Any]] = reader.get(f"{STUDY}presentations.json").json()["presentation_states"]
    return found


def drawings(state: dict[str, Any], look: int = 0) -> tuple[list[Any], list[str]]:
    """Return the graphics (kind, points) and the words of a state."""
    found = state["looks"][look]["drawings"]
    graphics = [(one["kind"], one["points"]) for drawing in found for one in drawing["graphics"]]
    return graphics, [one["text"] for drawing in found for one in drawing["texts"]]


def test_the_viewer_draws_a_stored_state_where_it_was_drawn(north: Facility, reader: Client) -> None:
    store(image(**WINDOWED), facility=north)
    draw(reader, "length", "angle", "ellipse", "circle", "polygon", "probe")
    put(reader, "2.25.20", kind="arrow", points=[[4, 4], [12, 4]], text="look here")
    put(reader, "2.25.21", kind="text", points=[[3, 3]], text="Befund: Müller")
    put(reader, "2.25.22", kind="spine_label", points=[[8.5, 9]], text="L3")
    saved(reader)

    (state,) = states(reader)
    graphics, texts = drawings(state)

    assert (state["label"], state["description"], state["problem"]) == (
        "ANNOTATIONS",
        "Annotations of series 1",
        "",
    )
    assert graphics[:6] == [
        ("POLYLINE", DRAWN["length"]),
        ("POLYLINE", DRAWN["angle"]),
        ("ELLIPSE", DRAWN["ellipse"]),
        ("CIRCLE", DRAWN["circle"]),
        ("POLYLINE", [*DRAWN["polygon"], DRAWN["polygon"][0]]),
        ("POINT", DRAWN["probe"]),
    ]
    assert graphics[6] == ("POLYLINE", [[12, 4], [4, 4]])
    assert graphics[8:] == [("POINT", [[8.5, 9]])]
    assert texts[:2] == ["2.5 mm", "90.0°"]
    assert texts[2].splitlines()[0] == "Area 18.8 mm²"
    assert texts[-3:] == ["look here", "Befund: Müller", "L3"]


def test_the_words_are_the_numbers_of_the_stored_pixels(north: Facility, reader: Client) -> None:
    dataset = image(**WINDOWED)
    store(dataset, facility=north)
    put(reader, "2.25.1", kind="rectangle", points=DRAWN["rectangle"], text="Lesion")
    put(reader, "2.25.2", kind="probe", points=DRAWN["probe"])
    saved(reader)

    _, texts = drawings(states(reader)[0])

    inside = dataset.pixel_array[3:12, 2:9].astype(float) - 1024
    assert texts[0].splitlines() == [
        "Lesion",
        "Area 15.8 mm²",
        f"Mean {inside.mean():.1f}  SD {inside.std():.1f} HU",
        f"Min {inside.min():.1f}  Max {inside.max():.1f} HU",
    ]
    assert texts[1:] == [
        f"{float(dataset.pixel_array[5, 4]) - 1024:.1f} HU",
    ]


def test_a_state_shows_the_image_as_it_was_shown(north: Facility, reader: Client) -> None:
    store(image(**WINDOWED, PhotometricInterpretation="MONOCHROME1"), facility=north)
    draw(reader, "length")
    saved(reader)

    (look,) = states(reader)[0]["looks"]
    assert states(reader)[0]["is_ours"] is True

    assert look["voi"] == {"label": "", "window_center": 40, "window_width": 400, "function": "LINEAR"}
    assert (look["is_inverse"], look["rotation_degrees"], look["is_mirrored"]) == (True, 0, False)
    assert look["displayed_area"] == {
        "left": 0,
        "top": 0,
        "right": 16,
        "bottom": 16,
        "mode": "SCALE TO FIT",
        "magnification": None,
    }


def test_without_a_window_of_its_own_an_image_keeps_the_automatic_one(ct: Dataset, reader: Client) -> None:
    render(address(ct.SOPInstanceUID))
    shown = reader.get(address(ct.SOPInstanceUID))["X-Default-Window"].split()
    draw(reader, "length")
    saved(reader)

    (look,) = states(reader)[0]["looks"]

    assert look["voi"]["window_center"] == pytest.approx(float(shown[0]))
    assert look["voi"]["window_width"] == pytest.approx(float(shown[1]))


def test_images_that_share_their_greys_are_in_one_state_and_others_are_not(
    north: Facility, reader: Client
) -> None:
    other = {**WINDOWED, "RescaleIntercept": "-1000"}
    images = [
        image(number=1, **WINDOWED),
        image(number=2, **WINDOWED),
        image(number=3, **other),
        image(series=2, **WINDOWED),
    ]
    store(*images, facility=north)
    for number, dataset in enumerate(images):
        put(
            reader,
            f"2.25.{number + 1}",
            sop_instance_uid=dataset.SOPInstanceUID,
            points=[[1, 1], [2, number + 2]],
        )

    created = [one for one in saved(reader) if one["modality"] == "PR"]
    files = [stored_file(one["sop_instance_uid"]) for one in created]

    meant = [
        [one.ReferencedSOPInstanceUID for one in file.ReferencedSeriesSequence[0].ReferencedImageSequence]
        for file in files
    ]
    uids = [dataset.SOPInstanceUID for dataset in images]
    assert meant == [uids[:2], uids[2:3], uids[3:]]
    assert [float(file.RescaleIntercept) for file in files] == [-1024, -1000, -1024]
    assert len({file.SeriesInstanceUID for file in files}) == 1
    assert [file.InstanceNumber for file in files] == [1, 2, 3]


def test_only_the_state_whose_images_changed_is_stored_again(north: Facility, reader: Client) -> None:
    first, second = image(**WINDOWED), image(series=2, **WINDOWED)
    store(first, second, facility=north)
    put(reader, "2.25.1", sop_instance_uid=first.SOPInstanceUID)
    put(reader, "2.25.2", sop_instance_uid=second.SOPInstanceUID)
    before = saved(reader)
    put(reader, "2.25.2", sop_instance_uid=second.SOPInstanceUID, points=[[1, 1], [9, 9]], revision=1)

    after = [one for one in saved(reader) if one["modality"] == "PR"]
    again = reader.post(f"{STUDY}evidence").json()

    assert [one["modality"] for one in before] == ["SR", "PR", "PR"]
    assert len(after) == 1
    assert drawings(states(reader)[0])[0] == [("POLYLINE", [[1, 1], [9, 9]])]
    assert again["created"] == []


def test_a_state_that_a_later_one_of_ours_replaces_leaves_the_menu(north: Facility, reader: Client) -> None:
    store(image(**WINDOWED), facility=north)
    draw(reader, "length")
    saved(reader)
    put(reader, "2.25.1", points=[[1, 1], [9, 9]], revision=1)
    saved(reader)

    (state,) = states(reader)

    assert drawings(state)[0] == [("POLYLINE", [[1, 1], [9, 9]])]
    assert Instance.objects.filter(sop_class_uid=GRAYSCALE_SOFTCOPY_PRESENTATION_STATE).count() == 2


def test_a_study_with_words_only_has_a_state_and_no_report(ct: Dataset, reader: Client) -> None:
    put(reader, "2.25.9", kind="arrow", points=[[1, 1], [2, 2]], text="look")

    created = saved(reader)

    assert [(one["modality"], one["description"]) for one in created] == [("PR", "Presentation state")]


def test_what_is_drawn_on_colour_is_counted_as_left_out(north: Facility, reader: Client) -> None:
    colours = np.zeros((16, 16, 3), np.uint8)
    store(
        image(
            SamplesPerPixel=3,
            PlanarConfiguration=0,
            PhotometricInterpretation="RGB",
            BitsAllocated=8,
            BitsStored=8,
            HighBit=7,
            PixelData=colours.tobytes(),
        ),
        facility=north,
    )
    draw(reader, "length", "angle")

    answer = reader.post(f"{STUDY}evidence").json()

    assert [one["modality"] for one in answer["created"]] == ["SR"]
    assert answer["omitted"] == 2
    assert "2 annotations are in no presentation state" in answer["detail"]
    assert not Evidence.objects.filter(kind="PR").exists()
