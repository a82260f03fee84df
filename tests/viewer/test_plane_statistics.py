"""Regions on planes are measured by the server as the tiles of those planes show them, which is known for a ramp."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from accounts.models import Facility, User
from accounts.roles import Role
from archive.services.corrections.rejecting import plan_rejection
from dicomkit.marking import MarkingKind
from dicomkit.region_shapes import region_pixels
from tests.archive.correcting import correct
from tests.conftest import member
from tests.factories import store
from tests.viewer.annotation_samples import STUDY
from tests.viewer.plane_ramp import (
    AT_FIRST,
    CORONAL,
    ELLIPSE,
    FIRST,
    GRADIENT,
    HALF,
    OBLIQUE,
    SIZE,
    UID,
    kept,
    stored_ramp,
)
from tests.viewer.plane_samples import packed_values, plane_address, run_tasks, series_of, shown_plane
from viewer.models import Annotation

pytestmark = pytest.mark.django_db


@pytest.fixture
def ramp(north: Facility) -> str:
    """A CT whose values are a ramp, with voxels of 1 mm."""
    return stored_ramp(north)


def asked(reader: Client, *, revision: int = 1) -> HttpResponse:
    """Return the answer to the question for its statistics, with workers at work."""
    address = f"{STUDY}annotations/{UID}/statistics.json?revision={revision}"
    answer = reader.get(address)
    if answer.status_code == 202:
        run_tasks()
        answer = reader.get(address)
    return answer


def measured(reader: Client, *, revision: int = 1) -> dict[str, Any]:
    answer = asked(reader, revision=revision)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def ramp_at(column: float, row: float) -> float:
    """Return the ramp at a point of the oblique plane, in pixels from its corner."""
    place = np.array(OBLIQUE["position"])
    place = (
        place + (column - 0.5) * 0.5 * np.array([1, 0, 0]) + (row - 0.5) * 0.5 * np.array([0, HALF, -HALF])
    )
    return float(AT_FIRST + (place - FIRST) @ GRADIENT)


def test_an_ellipse_on_an_oblique_plane_through_a_ramp_has_the_mean_of_its_centre(
    ramp: str, reader: Client
) -> None:
    kept(reader, ramp)

    found = measured(reader)

    # Along an axis of half length a the ramp varies by a² / 4 times its slope squared.
    slope_across, slope_down = GRADIENT[0], (GRADIENT[1] - GRADIENT[2]) * HALF
    deviation = math.hypot(8 * slope_across, 5 * slope_down) / 2
    assert found["mean"] == pytest.approx(ramp_at(36, 40), abs=0.1)
    assert found["standard_deviation"] == pytest.approx(deviation, rel=0.01)
    assert found["maximum"] - found["minimum"] == pytest.approx(4 * deviation, rel=0.05)
    assert found["area_mm2"] == pytest.approx(math.pi * 8 * 5)
    assert found["count"] == pytest.approx(math.pi * 8 * 5 * 4, rel=0.01)
    assert found["unit"] == "HU"


def inside(values: NDArray[Any], points: list[list[float]] = ELLIPSE) -> NDArray[np.float64]:
    rows, columns = values.shape
    mask = region_pixels(MarkingKind.ELLIPSE, [(x, y) for x, y in points], rows=rows, columns=columns)
    return np.asarray(mask.of(values), np.float64)


def test_the_values_are_those_of_the_tiles_to_the_last_digit(north: Facility, reader: Client) -> None:
    noise = np.random.default_rng(3).integers(-900, 1500, (SIZE, SIZE, SIZE), dtype=np.int16)
    datasets = series_of(noise, heights=range(SIZE), PixelSpacing=[1, 1], modality="CT", RescaleType="HU")
    store(*datasets, facility=north)
    series_uid = str(datasets[0].SeriesInstanceUID)
    kept(reader, series_uid)
    position, orientation = (",".join(map(str, OBLIQUE[name])) for name in ("position", "orientation"))
    query = f"?position={position}&orientation={orientation}&spacing=0.5&rows=80&columns=70&depth=16"

    found = measured(reader)
    shown = packed_values(shown_plane(reader, plane_address(series_uid, "oblique", 0, query=query)))
    body = reader.get(f"/viewer/series/{series_uid}/volume.json").json()["planes"]["axial"]["packing"]
    there = inside(shown * body["scale"] + body["offset"])

    assert found["count"] == there.size
    assert found["mean"] == pytest.approx(there.mean(), rel=1e-12)
    assert found["standard_deviation"] == pytest.approx(there.std(), rel=1e-12)
    assert (found["minimum"], found["maximum"]) == (there.min(), there.max())
    # And they are interpolated linearly, as another program does.
    places = np.array([[[36, 40], [20, 33], [50, 44]]]).reshape(-1, 2) + 0.5
    patient = np.array(OBLIQUE["position"]) + (places - 0.5) * 0.5 @ np.array([[1, 0, 0], [0, HALF, -HALF]])
    expected = map_coordinates(noise - 24.0, (patient - FIRST)[:, ::-1].T, order=1)
    seen = shown[places[:, 1].astype(int), places[:, 0].astype(int)] * body["scale"] + body["offset"]
    assert seen == pytest.approx(expected, abs=0.6)


def test_a_coronal_plane_has_the_stored_values(ramp: str, reader: Client) -> None:
    kept(reader, ramp, kind="rectangle", points=[[2, 3], [9, 3], [9, 12], [2, 12]], plane=CORONAL)

    found = measured(reader)

    column, row = np.meshgrid(np.arange(2, 9), np.arange(3, 12))
    stored = AT_FIRST + column * GRADIENT[0] + 10 * GRADIENT[1] + (47 - row) * GRADIENT[2]
    assert (found["mean"], found["count"]) == (pytest.approx(stored.mean()), 63)
    assert (found["minimum"], found["maximum"]) == (stored.min(), stored.max())


@pytest.mark.parametrize(("projection", "difference"), [("mean", 0), ("max", 1), ("min", -1)])
def test_of_a_slab_they_are_of_the_projection_that_was_shown(
    projection: str, difference: int, ramp: str, reader: Client
) -> None:
    kept(reader, ramp, plane=OBLIQUE | {"thickness_mm": 8.0, "projection": projection})

    found = measured(reader)

    # Four millimetres along the normal, which is that of the row crossed with the column.
    slope = abs(GRADIENT @ np.array([0, HALF, HALF]))
    assert found["mean"] == pytest.approx(ramp_at(36, 40) + difference * 4 * slope, abs=0.6)


def test_of_a_slab_whose_projection_nobody_noted_nothing_is_said(ramp: str, reader: Client) -> None:
    plane = {name: value for name, value in OBLIQUE.items() if name not in ("projection", "group")}
    kept(reader, ramp, plane=plane | {"thickness_mm": 8.0})

    refused = asked(reader)

    assert refused.status_code == 422
    assert "Change the mark" in refused.json()["detail"]


def test_of_a_thin_plane_from_before_the_values_are_known(ramp: str, reader: Client) -> None:
    kept(reader, ramp, plane={name: OBLIQUE[name] for name in OBLIQUE if name not in ("projection", "group")})

    assert measured(reader)["mean"] == pytest.approx(ramp_at(36, 40), abs=0.1)


def test_they_are_of_the_revision_that_was_asked_for(ramp: str, reader: Client) -> None:
    kept(reader, ramp)
    moved = [[x + 10, y] for x, y in ELLIPSE]
    kept(reader, ramp, points=moved, revision=1)

    assert asked(reader, revision=1).status_code == 409
    assert measured(reader, revision=2)["mean"] == pytest.approx(ramp_at(46, 40), abs=0.1)


def test_who_may_not_see_the_study_is_told_nothing(
    ramp: str, reader: Client, south: Facility, log_in: Callable[[User], Client]
) -> None:
    kept(reader, ramp)
    stranger = log_in(member(Role.RADIOLOGIST, south))

    assert asked(stranger).status_code == 404


def test_after_a_rejection_the_mark_stays_and_is_measured_without_the_image(
    ramp: str, reader: Client, technologist: User
) -> None:
    # Its last row is the lowest slice.
    at_the_feet = [[2, 40], [9, 40], [9, 48], [2, 48]]
    kept(reader, ramp, kind="rectangle", points=at_the_feet, plane=CORONAL)
    before = measured(reader)
    named = Annotation.objects.get().instance
    lowest = named.series.instances.get(instance_number=SIZE)
    rejected = {named.sop_instance_uid, lowest.sop_instance_uid}
    plan = plan_rejection(study=named.series.study, sop_instance_uids=rejected, reason_code="111209")

    correct(plan, technologist, reason_code="111209")
    after = measured(reader)

    listed = reader.get(f"{STUDY}annotations.json").json()["annotations"]
    assert [found["annotation_uid"] for found in listed] == [UID]
    assert (before["count"], after["count"]) == (7 * 8, 7 * 7)
    assert before["maximum"] - after["maximum"] == pytest.approx(10)
