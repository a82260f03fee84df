"""A disk without room: nothing is taken in, what is there can be read, and the administrator is told in one line."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicomkit.synth import ramp_dataset
from tests.flows.steps import READER, add_first_entries, send, serve_in_vain
from tests.running_system import HTTPSession, running_system

pytestmark = pytest.mark.system

# Out of Resources (PS3.4 B.2.3).
_REFUSED = 0xA700
_MORE_THAN_ANY_DISK = str(2**62)


def test_a_system_on_a_full_disk_says_so_reads_on_and_stores_nothing(tmp_path):
    with running_system(
        tmp_path, awaited="waiting for room:", PACS_DEMO="0", PACS_MIN_FREE_BYTES=_MORE_THAN_ANY_DISK
    ) as system:
        add_first_entries(system)

        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{system.url}/readyz", timeout=5)
        with caught.value as answer:
            assert answer.code == 503
            assert json.load(answer) == {"database": True, "storage": False, "broker": True, "audit": True}
        assert send(system, ramp_dataset()) == _REFUSED
        with HTTPSession(system, READER) as session:
            status, page = session.get("/worklist/")
        assert (status, b"data-study-instance-uid" in page) == (200, False)
        assert not list((tmp_path / "blobs" / "staging").glob("*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one mebibyte, which only root can make."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)]
    if os.getuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root can make a small disk, and here it may not")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_start_without_any_room_gives_one_clear_line_and_leaves_nothing_half_written(small_disk):
    filling = small_disk / "filling"
    filling.write_bytes(bytes(os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize))

    full = serve_in_vain(small_disk / "data")
    filling.unlink()
    small = serve_in_vain(small_disk / "data")

    assert full.stderr.splitlines() == [
        f"error: cannot write {small_disk}/data/secret_key (No space left on device)."
    ]
    assert small.stderr.splitlines() == [
        f"CommandError: the disk of {small_disk}/data is full; free space or set PACS_DATA_DIR to another disk."
    ]
    assert full.returncode != 0
    assert small.returncode != 0
