"""An image that breaks or stalls its decoder costs one process at a time, and is set aside after the third."""

import os
import signal
import time
from collections.abc import Callable

import numpy as np
import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Facility
from archive.models import Blob
from common.redis_client import redis_client
from dicomkit.errors import FrameDecodeError
from dicomkit.pixels.frames import FrameSource
from tests.dicom_samples import image, part10
from tests.factories import ingest
from tests.viewer.conftest import address, render
from viewer.tiles import render as rendering
from viewer.tiles.attempts import Permission, decoding_attempts
from viewer.tiles.limits import bound_render_process

pytestmark = pytest.mark.django_db

MEMORY_BYTES = 2**30


@pytest.fixture
def tile(north: Facility, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the tile of a stored image, none of whose frames has been decoded."""
    settings.PACS_RENDER_SECONDS = 0.2
    monkeypatch.setattr(rendering, "_memory", rendering.FrameMemory(2**20))
    return address(ingest(part10(image()), facility=north).sop_instance_uid)


def in_a_render_process(tile: str) -> int:
    """Render in a process of its own, bounded as those of the workers, and return how it ended."""
    pid = os.fork()
    if pid == 0:
        bound_render_process(memory_bytes=MEMORY_BYTES)
        render(tile)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _stalls(source: FrameSource, frame_index: int) -> None:
    time.sleep(60)


def _breaks(source: FrameSource, frame_index: int) -> None:
    signal.signal(signal.SIGABRT, signal.SIG_DFL)
    os.abort()


def _floods(source: FrameSource, frame_index: int) -> None:
    np.ones(2 * MEMORY_BYTES, np.uint8)


def _refuses(source: FrameSource, frame_index: int) -> None:
    raise FrameDecodeError("The frame is damaged.")


@pytest.mark.parametrize(
    ("decoder", "ending"), [(_stalls, -signal.SIGALRM), (_breaks, -signal.SIGABRT)], ids=["stalls", "breaks"]
)
def test_a_file_that_ends_its_process_three_times_is_set_aside(
    decoder: Callable[..., None], ending: int, tile: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "display_frame", decoder)

    endings = [in_a_render_process(tile) for _ in range(4)]
    answer = reader.get(tile)

    assert endings == [ending] * 3 + [0]
    assert answer.status_code == 422
    assert "an administrator should look at it" in answer.json()["detail"]


def test_a_file_that_wants_too_much_memory_is_told_so(
    tile: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "display_frame", _floods)

    assert in_a_render_process(tile) == 0

    answer = reader.get(tile)
    assert (answer.status_code, "more memory" in answer.json()["detail"]) == (422, True)


def test_a_damaged_file_ends_no_process_and_is_not_set_aside(
    tile: str, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "display_frame", _refuses)

    assert [in_a_render_process(tile) for _ in range(4)] == [0] * 4

    assert reader.get(tile).json()["detail"] == "The frame is damaged."


def test_a_file_not_yet_proven_is_tried_by_one_process_at_a_time(tile: str, reader: Client) -> None:
    attempts, sha256 = decoding_attempts(), Blob.objects.get().sha256
    _, attempt = attempts.begin(sha256)

    render(tile)

    assert redis_client().llen("render") == 1
    assert reader.get(tile).status_code == 202
    attempts.end(sha256, attempt)
    render(tile)
    assert reader.get(tile).status_code == 200


def test_a_proven_file_is_decoded_by_several_processes_at_once(tile: str) -> None:
    attempts, sha256 = decoding_attempts(), Blob.objects.get().sha256
    attempts.end(sha256, attempts.begin(sha256)[1])

    assert [attempts.begin(sha256)[0] for _ in range(4)] == [Permission.GRANTED] * 4


def test_an_attempt_on_another_machine_counts_once_it_is_overdue(tile: str) -> None:
    attempts, sha256 = decoding_attempts(), Blob.objects.get().sha256
    now = time.time()
    begun = {"elsewhere:1:0": now - 60, "elsewhere:2:0": now - 60, "elsewhere:3:0": now - 1}
    redis_client().hset(f"decoding:{sha256}", mapping={name: str(at) for name, at in begun.items()})

    while_it_may_run = attempts.begin(sha256)[0]
    redis_client().hset(f"decoding:{sha256}", "elsewhere:3:0", str(now - 60))

    assert (while_it_may_run, attempts.begin(sha256)[0]) == (Permission.BUSY, Permission.QUARANTINED)
