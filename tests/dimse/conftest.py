"""A real receiver on a free loopback port, an empty archive, and a registered modality."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import Facility
from accounts.services.facilities import create_facility
from archive.storage import blob_store
from audit.actors import Actor
from dimse.models import ApplicationEntity
from dimse.scp import Receiver
from dimse.services.peers import add_peer

TESTER = Actor.system("tests")


@pytest.fixture
def data_dir(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A data folder of the test's own, empty."""
    settings.PACS_DATA_DIR = tmp_path / "data"
    settings.PACS_BLOB_DIR = tmp_path / "data" / "blobs"
    # No broker: what is owed waits in the database.
    settings.PACS_DATA_DIR.mkdir()
    blob_store.cache_clear()
    yield settings.PACS_DATA_DIR
    blob_store.cache_clear()


@pytest.fixture
def north(transactional_db: None) -> Facility:
    """A facility."""
    return create_facility(code="NORTH", name="North Hospital", actor=TESTER)


@pytest.fixture
def modality(north: Facility) -> ApplicationEntity:
    """A registered scanner on this machine that may store and nothing else."""
    return add_peer(
        ae_title="CT1", host="127.0.0.1", port=11113, facility=north, rights=["store"], actor=TESTER
    )


@pytest.fixture
def receiver(data_dir: Path, transactional_db: None) -> Iterator[Receiver]:
    """The receiver, listening; afterwards none of its threads is left."""
    before = set(threading.enumerate())
    receiver = Receiver(host="127.0.0.1", port=0)
    receiver.start()
    yield receiver
    receiver.stop()
    end = time.monotonic() + 10
    while (left := set(threading.enumerate()) - before) and time.monotonic() < end:
        time.sleep(0.02)
    assert not left, f"threads are left: {left}"
