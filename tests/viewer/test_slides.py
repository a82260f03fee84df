"""Whole slides in the viewer: one image with a pyramid, and its label beside it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from dicomkit.pixels.scale import halve, resize_area
from dicomkit.synth.slide import SlideOptions, slide_dataset
from tests.dicom_samples import about
from tests.factories import store
from tests.viewer.plane_samples import packed_values, shown_plane
from viewer.services.slides import render_slide_ahead
from viewer.slides import render as rendering
from viewer.slides.request import SlideRequest
from viewer.stack import representative, stack_of_series
from viewer.tiles.cache import tile_cache
from viewer.tiles.request import TileRequest

pytestmark = pytest.mark.django_db

ROWS, COLUMNS = 1800, 2600


@pytest.fixture(autouse=True)
def _no_open_levels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has opened nothing, and closes what it opens."""
    opened = rendering.OpenLevels(8)
    monkeypatch.setattr(rendering, "_levels", opened)
    yield
    for level in opened._levels.values():
        level.source.close()


@pytest.fixture(scope="module")
def whole() -> NDArray[np.uint8]:
    return np.random.default_rng(2).integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def made(whole: NDArray[np.uint8]) -> list[Dataset]:
    """Full resolution, a quarter of it, a thumbnail, an overview and a label; stored in no order."""
    quarter = halve(halve(whole))
    thumbnail = resize_area(quarter, rows=180, columns=260)
    parts = [
        ("VOLUME", quarter),
        ("LABEL", np.full((90, 80, 3), 40, np.uint8)),
        ("VOLUME", whole),
        ("THUMBNAIL", thumbnail),
        ("OVERVIEW", np.full((70, 200, 3), 90, np.uint8)),
    ]
    study = about(1)
    return [
        slide_dataset(
            study, [part], SlideOptions(flavour=flavour, instance_number=number, pixel_spacing_mm=0.0005)
        )
        for number, (flavour, part) in enumerate(parts, start=1)
    ]


@pytest.fixture
def stored(made: list[Dataset], north: Facility) -> list[Dataset]:
    store(*made, facility=north)
    return made


def manifest(client: Client, dataset: Dataset) -> list[dict[str, Any]]:
    body = client.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()
    series: list[dict[str, Any]] = body["series"]
    return series


def test_a_slide_is_one_image_with_its_label_and_overview_beside_it(
    stored: list[Dataset], reader: Client
) -> None:
    series = manifest(reader, stored[0])

    described = [(one["series_description"], len(one["images"])) for one in series]
    assert described == [
        ("Whole slide", 1),
        ("Thumbnail of the slide", 1),
        ("Overview of the slide", 1),
        ("Label of the slide", 1),
    ]
    assert len({one["series_instance_uid"] for one in series}) == 4
    image = series[0]["images"][0]
    assert (image["rows"], image["columns"], image["levels"]) == (ROWS, COLUMNS, 4)
    assert image["pixel_spacing_mm"] == [0.0005, 0.0005]
    assert (
        image["tile_url"] == f"/viewer/slides/{stored[2].SOPInstanceUID}/1/{{level}}/{{column}}/{{row}}.png"
    )
    assert "slide" not in image


@pytest.mark.parametrize(("level", "column", "row"), [(0, 1, 1), (0, 5, 3), (1, 2, 1), (2, 1, 0), (3, 0, 0)])
def test_a_tile_has_the_pixels_of_the_whole(
    stored: list[Dataset], whole: NDArray[np.uint8], reader: Client, level: int, column: int, row: int
) -> None:
    expected: NDArray[Any] = whole
    for _ in range(level):
        expected = halve(expected)

    found = shown_plane(reader, f"/viewer/slides/{stored[2].SOPInstanceUID}/1/{level}/{column}/{row}.png")

    top, left = row * 512, column * 512
    assert np.array_equal(found, expected[top : top + 512, left : left + 512])


def test_a_tile_that_the_slide_has_not_is_not_found(stored: list[Dataset], reader: Client) -> None:
    uid = stored[2].SOPInstanceUID

    answers = [
        reader.get(f"/viewer/slides/{uid}/{rest}.png").status_code
        for rest in ("1/0/6/0", "1/0/0/4", "1/4/0/0", "2/0/0/0")
    ]

    assert answers == [404, 404, 404, 404]


def test_a_stored_level_has_no_address_of_its_own(stored: list[Dataset], reader: Client) -> None:
    assert reader.get(f"/viewer/slides/{stored[0].SOPInstanceUID}/1/0/0/0.png").status_code == 404


def test_an_outsider_sees_no_slide(
    stored: list[Dataset], outsider: User, log_in: Callable[[User], Client]
) -> None:
    address = f"/viewer/slides/{stored[2].SOPInstanceUID}/1/0/0/0.png"

    assert log_in(outsider).get(address).status_code == 404


def test_the_thumbnail_of_the_series_is_the_thumbnail_and_never_the_label(stored: list[Dataset]) -> None:
    image = representative(stored[0].SeriesInstanceUID)

    assert image is not None
    assert image.sop_instance_uid == stored[3].SOPInstanceUID


def test_only_the_levels_that_fit_a_screen_are_rendered_ahead(stored: list[Dataset]) -> None:
    image = stack_of_series(stored[0].SeriesInstanceUID)[0]
    assert image.slide is not None

    render_slide_ahead(image.slide)

    keys = {
        SlideRequest(TileRequest(image.sha256, 1, level, 0, 0), image.slide.levels).cache_key(): level
        for level in range(4)
    }
    assert {keys[key] for key in tile_cache().missing(list(keys))} == {0}


def test_a_grey_slide_sends_values_and_one_window_for_all_tiles(north: Facility, reader: Client) -> None:
    values = np.add.outer(np.arange(700), np.arange(900)).astype(np.uint16) * 20
    dataset = slide_dataset(about(2), [values])
    store(dataset, facility=north)
    uid = dataset.SOPInstanceUID

    found = shown_plane(reader, f"/viewer/slides/{uid}/1/0/1/1.png?depth=16")

    assert np.array_equal(packed_values(found), values[512:, 512:])
    shown_plane(reader, f"/viewer/slides/{uid}/1/0/0/0.png?depth=16")
    first, second = (
        reader.get(f"/viewer/slides/{uid}/1/0/{place}.png?depth=16")["X-Default-Window"]
        for place in ("0/0", "1/1")
    )
    assert first == second


def test_focal_planes_are_a_stack_of_images_that_say_which_they_are(north: Facility, reader: Client) -> None:
    planes = [np.full((600, 600, 3), 30 * number, np.uint8) for number in range(3)]
    dataset = slide_dataset(about(3), planes, SlideOptions(focal_planes=3))
    store(dataset, facility=north)

    (series,) = manifest(reader, dataset)

    assert [image["title"] for image in series["images"]] == [
        "Focal plane 1 of 3",
        "Focal plane 2 of 3",
        "Focal plane 3 of 3",
    ]
    found = shown_plane(reader, f"/viewer/slides/{dataset.SOPInstanceUID}/3/0/0/0.png")
    assert (found == 60).all()
