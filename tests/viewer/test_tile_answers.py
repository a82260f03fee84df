"""How tiles, thumbnails and lookup tables are answered: who gets them, when, and what is said where there is none."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from audit.models import AuditEvent
from common.redis_client import redis_client
from common.tasks import Queue
from dicomkit.synth import rgb_dataset
from tests.dicom_samples import about, image, part10
from tests.factories import ingest, store
from tests.viewer.conftest import address, pixels, render
from viewer import services

pytestmark = pytest.mark.django_db

LogIn = Callable[[User], Client]


@pytest.fixture
def stored(north: Facility) -> Dataset:
    """A stored image with a window."""
    dataset = image(WindowCenter="2000", WindowWidth="4000")
    store(dataset, facility=north)
    return dataset


@pytest.fixture
def tile(stored: Dataset) -> str:
    """The address of its only tile, which is rendered."""
    place = address(stored.SOPInstanceUID)
    render(place)
    return place


def waiting(queue: Queue) -> list[tuple[str, dict[str, Any]]]:
    """Return name and arguments of the tasks that wait in a queue."""
    messages = [json.loads(message) for message in redis_client().lrange(str(queue), 0, -1)]  # type: ignore[union-attr]
    return [(one["headers"]["task"], json.loads(base64.b64decode(one["body"]))[1]) for one in messages]


def openings() -> list[tuple[str, str, str, str]]:
    """Return who opened which study of which patient, and what was looked at."""
    records = AuditEvent.objects.filter(event_type="study_opened").order_by("seq")
    return [
        (one.actor_identifier, one.study_instance_uid, one.patient_id, one.details.get("looked_at", ""))
        for one in records
    ]


def test_a_tile_that_nobody_has_rendered_is_asked_for_once_and_answered_202(
    reader: Client, stored: Dataset
) -> None:
    answers = [reader.get(address(stored.SOPInstanceUID)) for _ in range(3)]

    for answer in answers:
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (202, "1", "no-store")
        assert "ETag" not in answer
    assert sorted(name for name, _ in waiting(Queue.RENDER)) == ["viewer.render_tile", "viewer.warm_stack"]


def test_tasks_and_cache_keys_hold_no_patient_data(reader: Client, north: Facility) -> None:
    dataset = image(
        about(1, patient_id="SECRET-ID", patient_name="Secret^Name", accession_number="SECRET-ACC")
    )
    store(dataset, facility=north)
    reader.get(address(dataset.SOPInstanceUID, query="?wc=1&ww=2"))
    render(address(dataset.SOPInstanceUID, query="?wc=3&ww=4"))
    services.render_series_thumbnail(dataset.SeriesInstanceUID)
    reader.get(address(dataset.SOPInstanceUID, query="?wc=3&ww=4"))

    client = redis_client()
    everything = [*client.keys(), *client.lrange("render", 0, -1)]  # type: ignore[misc]
    assert len(everything) > 6
    assert b"secret" not in b" ".join(everything).lower()


def test_what_a_worker_puts_into_the_cache_is_answered(reader: Client, tile: str) -> None:
    answer = reader.get(tile)

    assert pixels(answer).shape == (16, 16)
    assert answer["ETag"].startswith('"')
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert answer["X-Default-Window"] == "2000.0 4000.0 LINEAR"


def test_the_task_renders_the_address_that_the_reader_asked_for(reader: Client, stored: Dataset) -> None:
    from viewer.tasks import render_tile

    place = address(stored.SOPInstanceUID, query="?wc=10&ww=20.5&fn=SIGMOID&invert=1")
    reader.get(place)
    (arguments,) = [kwargs for name, kwargs in waiting(Queue.RENDER) if name == "viewer.render_tile"]

    render_tile(**arguments)

    assert reader.get(place).status_code == 200


@pytest.mark.parametrize(
    ("held", "status"),
    [("{etag}", 304), ('"other", {etag}', 304), ('"other"', 200), ("W/{etag}", 200), ("", 200)],
    ids=["held", "one of two", "another", "weak", "none"],
)
def test_a_held_tile_is_not_sent_again(held: str, status: int, reader: Client, tile: str) -> None:
    etag = reader.get(tile)["ETag"]

    answer = reader.get(tile, headers={"If-None-Match": held.format(etag=etag)})

    assert answer.status_code == status
    assert answer["ETag"] == etag
    assert "private" in answer["Cache-Control"]
    assert bool(answer.content) is (status == 200)


def test_every_way_to_show_a_tile_has_its_own_tag(reader: Client, tile: str) -> None:
    queries = [
        "",
        "?wc=1&ww=2",
        "?wc=1&ww=2&invert=1",
        "?wc=1&ww=2&fn=SIGMOID",
        "?wc=2&ww=2",
        "?voi=0",
        "?depth=16",
    ]
    for query in queries:
        render(tile + query)

    tags = {reader.get(tile + query)["ETag"] for query in queries}

    assert len(tags) == len(queries)


@pytest.mark.parametrize("who", ["outsider", "referrer", "auditor"])
def test_who_may_not_see_the_study_gets_nothing_not_even_what_is_cached_or_held(
    who: str, request: pytest.FixtureRequest, reader: Client, stored: Dataset, tile: str, log_in: LogIn
) -> None:
    etag = reader.get(tile)["ETag"]
    client = log_in(request.getfixturevalue(who))
    study, series = stored.StudyInstanceUID, stored.SeriesInstanceUID

    for place in (tile, f"/viewer/studies/{study}/", f"/viewer/studies/{study}/manifest.json",
                  f"/viewer/series/{series}/thumbnail.png", f"/viewer/lookups/{stored.SOPInstanceUID}/1/0.bin"):  # fmt: skip
        for headers in ({}, {"If-None-Match": etag}):
            answer = client.get(place, headers=headers)
            assert answer.status_code == 404, place
            assert "ETag" not in answer
    shown = AuditEvent.objects.filter(event_type="study_opened", outcome=0)
    assert {one.actor_identifier for one in shown} == {"radiologist.north"}


def test_the_same_is_answered_for_what_does_not_exist(reader: Client, south: Facility) -> None:
    hidden = image(about(2))
    store(hidden, facility=south)

    unknown, foreign = (reader.get(address(uid)) for uid in ("9.9.9", hidden.SOPInstanceUID))

    def said(content: bytes) -> bytes:
        return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)

    assert unknown.status_code == foreign.status_code == 404
    assert said(unknown.content) == said(foreign.content)


def test_nobody_sees_a_tile_without_logging_in(tile: str) -> None:
    assert Client(headers={"Accept": "image/png"}).get(tile).status_code == 401


@pytest.mark.parametrize(
    "query",
    ["wc=1", "ww=1", "wc=a&ww=2", "wc=1&ww=0", "wc=1&ww=0.5", "wc=nan&ww=1", "wc=1&ww=inf", "wc=1&ww=-5", "wc=1e13&ww=5",
     "wc=1&ww=2&fn=LOG", "wc=1&ww=0&fn=SIGMOID", "depth=9", "depth=x", "depth=16&wc=1&ww=2", "depth=16&voi=0",
     "depth=16&invert=1", "voi=-1", "voi=x", "voi=256", "voi=99999999999999999999"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_400_with_a_sentence_and_wakes_nobody(
    query: str, reader: Client, tile: str
) -> None:
    answer = reader.get(f"{tile}?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].endswith(".")
    assert waiting(Queue.RENDER) == []


@pytest.mark.parametrize(
    "place",
    ["2/0/0/0", "0/0/0/0", "1/1/0/0", "1/0/1/0", "1/0/0/1", "1/99/0/0", "1/0/99999999999/0", "99999999999999999999/0/0/0"],
)  # fmt: skip
def test_a_tile_that_the_image_has_not_is_404_and_wakes_nobody(
    place: str, reader: Client, stored: Dataset
) -> None:
    assert reader.get(f"/viewer/tiles/{stored.SOPInstanceUID}/{place}.png").status_code == 404
    assert waiting(Queue.RENDER) == []


@pytest.mark.parametrize(
    "place", ["x", "1/0/0", "-1/0/0/0", "1/0/0/0.jpg", "1/0/0/0.png/", "9" * 5000 + "/0/0/0"]
)
def test_what_is_no_address_of_a_tile_is_404(place: str, reader: Client, stored: Dataset) -> None:
    assert reader.get(f"/viewer/tiles/{stored.SOPInstanceUID}/{place}").status_code == 404


def test_a_tile_is_only_fetched(reader: Client, tile: str) -> None:
    assert reader.post(tile).status_code == 405


def _damaged_codestream() -> Dataset:
    from pydicom.encaps import encapsulate

    dataset = image()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.90"
    dataset.PixelData = encapsulate([b"\xff\x4f\xff\x51" + b"damaged " * 20])
    dataset["PixelData"].is_undefined_length = True
    return dataset


def _damaged_video() -> Dataset:
    dataset = image()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.102"
    dataset.PixelData = b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def _pixels_elsewhere() -> Dataset:
    dataset = _damaged_video()
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.94"
    return dataset


def _impossible_layout() -> Dataset:
    return image(BitsAllocated=12, BitsStored=12)


def _without_pixels() -> Dataset:
    return image(PixelData=None)


BAD_IMAGES = {
    "damaged codestream": _damaged_codestream,
    "video": _damaged_video,
    "pixels elsewhere": _pixels_elsewhere,
    "impossible layout": _impossible_layout,
    "no pixels": _without_pixels,
}


@pytest.mark.parametrize("make", BAD_IMAGES.values(), ids=BAD_IMAGES)
@pytest.mark.parametrize("query", ["", "?depth=16", "?wc=1&ww=2"])
def test_an_image_that_cannot_be_decoded_is_422_with_a_sentence(
    make: Callable[[], Dataset], query: str, reader: Client, north: Facility
) -> None:
    dataset = make()
    store(dataset, facility=north)
    place = address(dataset.SOPInstanceUID, query=query)
    render(place)

    answer = reader.get(place)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert len(answer.json()["detail"].split()) > 3
    assert "Traceback" not in answer.json()["detail"]


def test_colour_has_no_16_bit_tile(reader: Client, north: Facility) -> None:
    dataset = rgb_dataset(study=about(1))
    store(dataset, facility=north)
    place = address(dataset.SOPInstanceUID, query="?depth=16")
    render(place)

    assert reader.get(place).status_code == 422


def test_a_window_that_the_file_has_not_is_422(reader: Client, stored: Dataset) -> None:
    place = address(stored.SOPInstanceUID, query="?voi=1")
    render(place)

    assert reader.get(place).status_code == 422
    assert reader.get(f"/viewer/lookups/{stored.SOPInstanceUID}/1/1.bin").status_code == 422


def test_bytes_that_the_store_has_lost_are_said_to_be_missing(
    reader: Client, stored: Dataset, blob_folder: Any
) -> None:
    for path in blob_folder.glob("??/??/*"):
        path.unlink()
    place = address(stored.SOPInstanceUID, query="?wc=5&ww=6")
    render(place)

    answer = reader.get(place)

    assert answer.status_code == 422
    assert "missing from the store" in answer.json()["detail"]
    assert reader.get(f"/viewer/lookups/{stored.SOPInstanceUID}/1/0.bin").status_code == 410


@pytest.mark.usefixtures("no_broker")
def test_without_cache_and_queue_the_answer_is_503_and_says_when_to_try_again(
    reader: Client, stored: Dataset
) -> None:
    for place in (address(stored.SOPInstanceUID), f"/viewer/series/{stored.SeriesInstanceUID}/thumbnail.png"):
        answer = reader.get(place)
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert len(openings()) == 2


def test_a_study_is_opened_once_per_session_whatever_is_fetched_first(
    reader: Client, radiologist: User, stored: Dataset, tile: str, log_in: LogIn
) -> None:
    study = str(stored.StudyInstanceUID)
    opened = ("radiologist.north", study, "P1", "images")

    for _ in range(3):
        reader.get(tile)
        reader.get(f"/viewer/studies/{study}/")
        reader.get(f"/viewer/studies/{study}/manifest.json")
        reader.get(f"/viewer/lookups/{stored.SOPInstanceUID}/1/0.bin")
    assert openings() == [opened]

    log_in(radiologist).get(f"/viewer/studies/{study}/manifest.json")
    assert openings() == [opened, opened]


def test_a_thumbnail_is_recorded_as_no_more_than_that(reader: Client, stored: Dataset, tile: str) -> None:
    reader.get(f"/viewer/series/{stored.SeriesInstanceUID}/thumbnail.png")
    reader.get(f"/viewer/series/{stored.SeriesInstanceUID}/thumbnail.png")
    reader.get(tile)

    assert [looked_at for *_, looked_at in openings()] == ["thumbnails", "images"]


def test_an_opening_is_recorded_even_where_only_304_is_answered(
    reader: Client, tile: str, log_in: LogIn, radiologist: User
) -> None:
    etag = reader.get(tile)["ETag"]

    assert log_in(radiologist).get(tile, headers={"If-None-Match": etag}).status_code == 304

    assert len(openings()) == 2


def test_where_the_opening_cannot_be_recorded_no_pixel_is_shown(
    reader: Client, stored: Dataset, tile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the audit log cannot be written")

    monkeypatch.setattr(AuditEvent, "save", fail)
    reader.raise_request_exception = False

    for place in (tile, f"/viewer/studies/{stored.StudyInstanceUID}/manifest.json",
                  f"/viewer/series/{stored.SeriesInstanceUID}/thumbnail.png"):  # fmt: skip
        answer = reader.get(place)
        assert answer.status_code == 500
        assert b"PNG" not in answer.content


def test_a_refused_opening_is_recorded(log_in: LogIn, outsider: User, stored: Dataset) -> None:
    log_in(outsider).get(f"/viewer/studies/{stored.StudyInstanceUID}/")

    record = AuditEvent.objects.get(event_type="study_opened")
    assert (record.outcome, record.actor_identifier, record.study_instance_uid) == (
        4,
        "outsider",
        stored.StudyInstanceUID,
    )


def test_a_thumbnail_is_small_keeps_its_shape_and_answers_like_a_tile(
    reader: Client, north: Facility
) -> None:
    dataset = image(rows=600, columns=300)
    store(dataset, facility=north)
    place = f"/viewer/series/{dataset.SeriesInstanceUID}/thumbnail.png"
    assert reader.get(place).status_code == 202

    services.render_series_thumbnail(dataset.SeriesInstanceUID)

    answer = reader.get(place)
    assert pixels(answer).shape == (256, 128)
    assert reader.get(place, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize(("vertical", "horizontal"), [("2", "1"), ("1", "2")])
def test_pixels_that_are_not_square_make_a_thumbnail_with_square_ones(
    vertical: str, horizontal: str, reader: Client, north: Facility
) -> None:
    dataset = image(rows=100, columns=100, PixelAspectRatio=[vertical, horizontal])
    store(dataset, facility=north)
    services.render_series_thumbnail(dataset.SeriesInstanceUID)

    shown = pixels(reader.get(f"/viewer/series/{dataset.SeriesInstanceUID}/thumbnail.png"))

    assert shown.shape[0] / shown.shape[1] == pytest.approx(int(vertical) / int(horizontal), rel=0.02)


def test_a_series_without_images_has_no_thumbnail(reader: Client, north: Facility) -> None:
    dataset = image(Modality="SR")
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated"):
        delattr(dataset, keyword)
    store(dataset, facility=north)
    services.warm_series(dataset.SeriesInstanceUID)

    assert reader.get(f"/viewer/series/{dataset.SeriesInstanceUID}/thumbnail.png").status_code == 404


def test_a_failure_is_forgotten_after_a_while(reader: Client, north: Facility) -> None:
    dataset = _damaged_codestream()
    store(dataset, facility=north)
    place = address(dataset.SOPInstanceUID)
    render(place)
    assert reader.get(place).status_code == 422
    (key,) = redis_client().keys("tile:*")  # type: ignore[misc]
    assert 0 < redis_client().ttl(key) <= 300  # type: ignore[operator]

    redis_client().expire(key, 0)

    assert reader.get(place).status_code == 202


def test_a_tile_of_a_file_that_is_cut_off_says_so(north: Facility, reader: Client) -> None:
    whole, cut = image(number=1), image(number=2)
    for content in (part10(whole), part10(cut)[:-100]):
        assert ingest(content, facility=north).outcome == "stored"
    places = [address(dataset.SOPInstanceUID) for dataset in (whole, cut)]
    for place in places:
        render(place)

    answers = [reader.get(place) for place in places]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.get("X-Incomplete") for answer in answers] == [None, "1"]
