"""A series leaves as a film: what it shows is what the tiles show, and it leaves by the rules of every export."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from numpy.typing import NDArray
from PIL import Image, ImageSequence
from pydicom.dataset import Dataset
from pytest_django.fixtures import Settings

from accounts.models import Facility, User
from accounts.roles import Role
from audit.models import AuditEvent, Outcome
from audit.vocabulary import EventType
from common.redis_client import redis_client
from dicomkit.synth import multiframe_dataset
from tests.dicom_samples import about
from tests.factories import store
from tests.people import person
from tests.viewer.conftest import address, fetched
from tests.viewer.plane_samples import run_tasks
from viewer.cine import jobs

pytestmark = pytest.mark.django_db

FRAMES = 6


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where films are made."""
    settings.PACS_EXPORT_DIR = tmp_path / "exports"
    return Path(settings.PACS_EXPORT_DIR)


@pytest.fixture
def angiogram(north: Facility) -> Dataset:
    """A stored stack of frames with smooth contents, each brighter than the one before."""
    dataset = multiframe_dataset(study=about(1), frames=FRAMES)
    rows, columns = 96, 128
    down, across = np.mgrid[:rows, :columns]
    frames = [(across + down // 2 + 8 * number).astype(np.uint16) for number in range(FRAMES)]
    dataset.Rows, dataset.Columns = rows, columns
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = np.stack(frames).tobytes()
    dataset["PixelData"].VR = "OW"
    store(dataset, facility=north)
    # What else the arrival set going is not part of any film.
    redis_client().delete("warm", "housekeeping")
    return dataset


def wanted(dataset: Dataset, **changes: Any) -> dict[str, Any]:
    """Return the body that asks for a film of the whole stack."""
    return {
        "series_instance_uid": str(dataset.SeriesInstanceUID),
        "format": "mp4",
        "first": 1,
        "last": FRAMES,
        "frames_per_second": 10,
        "window": [110, 220, "LINEAR"],
        "voi_index": None,
        "is_inverted": False,
        "palette": "",
        "orientation": [1, 0, 0, 1],
        "has_overlays": True,
        "has_identity": False,
        **changes,
    }


def ask(client: Client, dataset: Dataset, **changes: Any) -> HttpResponse:
    """Ask for a film."""
    url = f"/viewer/studies/{dataset.StudyInstanceUID}/films"
    return client.post(url, json.dumps(wanted(dataset, **changes)), content_type="application/json")


def made(client: Client, dataset: Dataset, **changes: Any) -> bytes:
    """Have a film made by the workers and fetch it."""
    asked = ask(client, dataset, **changes)
    assert asked.status_code == 202, asked.content
    run_tasks(queues=("render", "warm", "housekeeping"))
    state = client.get(asked.json()["progress_url"]).json()
    assert (state["problem"], state["is_ready"], state["done"]) == ("", True, state["total"])
    answer = client.get(state["film_url"])
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file


def played(film: bytes, tmp_path: Path) -> list[NDArray[np.uint8]]:
    """Return the frames of an MP4 as another decoder shows them: uint8, (rows, columns, 3), RGB."""
    path = tmp_path / "film.mp4"
    path.write_bytes(film)
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(10)
    frames: list[NDArray[np.uint8]] = []
    while True:
        is_there, frame = video.read()
        if not is_there:
            return frames
        frames.append(np.asarray(frame[..., ::-1], np.uint8))


def tile(client: Client, dataset: Dataset, frame: int) -> NDArray[np.uint8]:
    """Return the greys of a frame as the reading page gets them."""
    return fetched(
        client, address(str(dataset.SOPInstanceUID), frame=frame, query="?wc=110&ww=220&fn=LINEAR")
    )


def test_an_mp4_plays_the_frames_of_the_tiles_in_their_order(
    reader: Client, angiogram: Dataset, tmp_path: Path
) -> None:
    frames = played(made(reader, angiogram), tmp_path)

    assert len(frames) == FRAMES
    for number, frame in enumerate(frames, start=1):
        difference = np.abs(frame[..., 0].astype(int) - tile(reader, angiogram, number))
        assert difference.mean() < 1.5
        assert difference.max() <= 8


def test_a_gif_of_greys_loses_nothing(reader: Client, angiogram: Dataset) -> None:
    film = Image.open(io.BytesIO(made(reader, angiogram, format="gif", first=2, last=5)))

    frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(film)]
    assert len(frames) == 4
    assert film.info["duration"] == 100
    for number, frame in enumerate(frames, start=2):
        np.testing.assert_array_equal(frame, tile(reader, angiogram, number))


def test_a_film_is_turned_mirrored_and_inverted_as_the_reader_has_it(
    reader: Client, angiogram: Dataset
) -> None:
    film = made(reader, angiogram, format="gif", last=1, is_inverted=True, orientation=[0, -1, 1, 0])

    shown = np.asarray(Image.open(io.BytesIO(film)).convert("L"))
    # x' = -y and y' = x is a quarter turn clockwise.
    expected = np.rot90(255 - tile(reader, angiogram, 1).astype(int), k=-1)
    assert np.abs(shown.astype(int) - expected).max() <= 1


def test_words_are_in_the_picture_only_where_identity_is_asked_for(
    reader: Client, angiogram: Dataset
) -> None:
    plain, named = (
        np.asarray(
            Image.open(io.BytesIO(made(reader, angiogram, format="gif", last=1, has_identity=asked))).convert(
                "L"
            )
        )
        for asked in (False, True)
    )

    np.testing.assert_array_equal(plain, tile(reader, angiogram, 1))
    changed = np.argwhere(plain != named)
    assert len(changed) > 100
    assert named[tuple(changed.T)].max() == 255


def test_a_film_is_on_record_before_it_is_made_and_its_pictures_are_gone_afterwards(
    reader: Client, angiogram: Dataset, folder: Path
) -> None:
    ask(reader, angiogram, has_identity=True)
    (record,) = AuditEvent.objects.filter(event_type=EventType.STUDY_EXPORTED)
    assert record.outcome == Outcome.SUCCESS
    assert record.patient_id == angiogram.PatientID
    told = {name: record.details[name] for name in ("exported_as", "format", "frames", "has_identity")}
    assert told == {"exported_as": "film", "format": "mp4", "frames": FRAMES, "has_identity": True}

    run_tasks(queues=("render", "warm", "housekeeping"))

    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["film"]


def test_another_film_takes_the_place_of_the_users_last_one(
    reader: Client, angiogram: Dataset, folder: Path
) -> None:
    former = ask(reader, angiogram).json()
    made(reader, angiogram, format="gif")

    assert reader.get(former["progress_url"]).status_code == 404
    assert len(list(folder.iterdir())) == 1


def test_a_film_that_nobody_fetched_is_gone_after_an_hour(
    reader: Client, angiogram: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(reader, angiogram)
    monkeypatch.setattr(
        "viewer.cine.jobs.time.time", lambda: max(p.stat().st_mtime for p in folder.iterdir()) + 3601
    )

    jobs.clean_up()

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "avi"},
        {"first": 0},
        {"first": 3, "last": 2},
        {"last": FRAMES + 1},
        {"last": 601},
        {"frames_per_second": 0},
        {"window": [1, 0, "LINEAR"]},
        {"window": ["a", 2, "LINEAR"]},
        {"palette": "nothing"},
        {"orientation": [1, 1, 0, 1]},
        {"has_identity": 1},
        {"series_instance_uid": "1.2.3"},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_film_is_refused_and_the_refusal_recorded(
    reader: Client, angiogram: Dataset, changes: dict[str, Any]
) -> None:
    assert ask(reader, angiogram, **changes).status_code == 422
    assert [one.outcome for one in AuditEvent.objects.filter(event_type=EventType.STUDY_EXPORTED)] == [
        Outcome.MINOR_FAILURE
    ]


def test_an_image_that_cannot_be_shown_so_ends_the_film_with_the_reason(
    reader: Client, angiogram: Dataset
) -> None:
    asked = ask(reader, angiogram, window=None, voi_index=200).json()
    run_tasks(queues=("render", "warm", "housekeeping"))

    state = reader.get(asked["progress_url"]).json()
    assert state["problem"] == "Image 1: The file has no such window."
    assert reader.get(state["film_url"]).status_code == 404


def test_a_film_is_for_the_one_who_asked_and_only_where_downloading_is_allowed(
    reader: Client, angiogram: Dataset, log_in: Callable[[User], Client]
) -> None:
    asked = ask(reader, angiogram).json()
    run_tasks(queues=("render", "warm", "housekeeping"))

    colleague = log_in(person("colleague", Role.RADIOLOGIST))
    assert colleague.get(asked["film_url"]).status_code == 404
    assert colleague.get(asked["progress_url"]).status_code == 404
    assert ask(log_in(person("technologist", Role.TECHNOLOGIST)), angiogram).status_code == 403
    assert ask(log_in(person("stranger", Role.RADIOLOGIST, at="SOUTH")), angiogram).status_code == 404
    assert ask(Client(), angiogram).status_code in {302, 401, 403}


def png_of(greys: NDArray[np.uint8]) -> bytes:
    """Return a PNG in colours, as a browser makes it of a canvas."""
    made = io.BytesIO()
    Image.fromarray(greys).convert("RGB").save(made, format="PNG")
    return made.getvalue()


def announce(client: Client, dataset: Dataset, **changes: Any) -> HttpResponse:
    """Announce a film that the browser records."""
    body = {
        "series_instance_uid": str(dataset.SeriesInstanceUID),
        "shows": "planes",
        "format": "gif",
        "frames": 3,
        "frames_per_second": 10,
        "columns": 64,
        "rows": 48,
        "has_identity": True,
        **changes,
    }
    url = f"/viewer/studies/{dataset.StudyInstanceUID}/recordings"
    return client.post(url, json.dumps(body), content_type="application/json")


def send(client: Client, announced: dict[str, Any], index: int, picture: bytes) -> HttpResponse:
    """Send a picture of an announced film."""
    return client.put(f"{announced['pictures_url']}{index}", picture, content_type="image/png")


def test_a_recorded_film_shows_the_pictures_of_the_browser_and_is_on_record(
    reader: Client, angiogram: Dataset, folder: Path
) -> None:
    pictures = [np.full((48, 64), 40 * number, np.uint8) for number in range(3)]
    announced = announce(reader, angiogram).json()
    for index, picture in enumerate(pictures):
        assert send(reader, announced, index, png_of(picture)).status_code == 204
    run_tasks(queues=("render", "warm", "housekeeping"))

    film = b"".join(reader.get(announced["film_url"]).streaming_content)
    frames = [
        np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(Image.open(io.BytesIO(film)))
    ]
    np.testing.assert_array_equal(frames, pictures)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["film"]
    (record,) = AuditEvent.objects.filter(event_type=EventType.STUDY_EXPORTED)
    assert record.details | {"exported_as": "film", "shows": "planes", "is_recorded": True} == record.details
    assert (record.details["frames"], record.details["has_identity"]) == (3, True)


def test_of_a_recorded_film_only_png_pictures_of_the_announced_size_reach_the_encoder(
    reader: Client, angiogram: Dataset, log_in: Callable[[User], Client]
) -> None:
    announced = announce(reader, angiogram, frames=1).json()
    right, larger = (png_of(np.zeros(size, np.uint8)) for size in ((48, 64), (48, 66)))

    assert send(reader, announced, 0, b"RIFF").status_code == 422
    assert send(reader, announced, 1, right).status_code == 422
    colleague = log_in(person("colleague", Role.RADIOLOGIST))
    assert send(colleague, announced, 0, right).status_code == 404
    assert send(reader, announced, 0, larger).status_code == 204
    run_tasks(queues=("render", "warm", "housekeeping"))
    assert reader.get(announced["progress_url"]).json()["problem"] == (
        "Picture 1 has another size than was announced."
    )
    assert announce(log_in(person("technologist", Role.TECHNOLOGIST)), angiogram).status_code == 403
    assert announce(reader, angiogram, frames=151).status_code == 422
    assert announce(reader, angiogram, columns=63).status_code == 422
