"""Fixtures of the viewer's tests."""

import io
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pytest_django import Settings

from accounts.models import Facility, User
from archive.models import Instance
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.evidence_samples import CT
from viewer import services
from viewer.statistics import gathering
from viewer.tiles import service
from viewer.tiles.request import TileRequest
from viewer.volumes import series
from viewer.volumes import services as volume_services

Fetch = Callable[[str], HttpResponse]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs, so nobody waits long for one."""
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.02)
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 0.02)


@pytest.fixture(autouse=True)
def volume_folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of volumes, of the test's own, and processes that know of none."""
    settings.PACS_VOLUME_DIR, settings.PACS_WORKERS = tmp_path / "volumes", 2
    monkeypatch.setattr(volume_services, "_open", OrderedDict())
    monkeypatch.setattr(series, "_known", OrderedDict())
    return settings.PACS_VOLUME_DIR


@pytest.fixture
def reader(radiologist: User, log_in: Callable[[User], Client]) -> Client:
    """The browser of a radiologist of the north."""
    return log_in(radiologist)


@pytest.fixture
def ct(north: Facility) -> Dataset:
    """A stored CT image whose patient's name is beyond ASCII, the first of two."""
    dataset = image(**CT)
    store(dataset, image(number=2, **CT), facility=north)
    return dataset


def address(
    instance_uid: str, *, frame: int = 1, level: int = 0, column: int = 0, row: int = 0, query: str = ""
) -> str:
    """Return the address of a tile."""
    return f"/viewer/tiles/{instance_uid}/{frame}/{level}/{column}/{row}.png{query}"


def render(tile_address: str) -> None:
    """Do what a worker does for the address of a tile."""
    parts = urlsplit(tile_address)
    uid, frame, level, column, row = parts.path.removeprefix("/viewer/tiles/").removesuffix(".png").split("/")
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    services.render_requested_tile(
        TileRequest(
            Instance.objects.get(sop_instance_uid=uid).blob.sha256,
            int(frame),
            int(level),
            int(column),
            int(row),
            depth=int(asked.get("depth", 8)),
            window=(float(asked["wc"]), float(asked["ww"]), asked.get("fn", "LINEAR"))
            if "wc" in asked
            else None,
            voi_index=int(asked["voi"]) if "voi" in asked else None,
            is_inverted=asked.get("invert") == "1",
            palette=asked.get("colours", ""),
        )
    )


def pixels(answer: HttpResponse) -> NDArray[np.uint8]:
    """Return the pixels of an answer, which must be a picture."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png"), answer.content
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def fetched(client: Client, tile_address: str) -> NDArray[np.uint8]:
    """Return the pixels of a tile, rendered and then fetched through its address."""
    render(tile_address)
    return pixels(client.get(tile_address))
