"""The receiver as a process of its own: how it starts, and that stopping it loses nothing it has acknowledged."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import build_context

from dicomkit.synth.modules import StudyAttributes
from tests.dimse.scu import association, ct_slice

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
ADD_FACILITY = (
    "from accounts.services.facilities import create_facility; from audit.actors import Actor; "
    "create_facility(code='NORTH', name='North', actor=Actor.system('tests'))"
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of an installation of its own, with one registered sender."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pacs_site.settings",
        "PACS_DATA_DIR": str(tmp_path_factory.mktemp("installation") / "a folder"),
        "PACS_DATABASE_URL": "",
        "PACS_DICOM_PORT": str(port),
        "PACS_DICOM_HOST": "127.0.0.1",
    }
    manage(variables, "migrate", "--verbosity", "0")
    manage(variables, "shell", "--verbosity", "0", "--command", ADD_FACILITY)
    manage(variables, "add_peer", "CT1", "127.0.0.1", "104", "--rights", "store", "--facility", "NORTH")
    return variables


def manage(
    environment: dict[str, str], *arguments: str, may_fail: bool = False
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert may_fail or done.returncode == 0, done.stderr
    return done


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The running receiver."""
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "manage.py", "run_scp"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert running.stdout is not None
    assert "receives DICOM" in running.stdout.readline()
    yield running
    running.kill()
    running.wait()
    running.stdout.close()


def rows(environment: dict[str, str], query: str) -> list[tuple[str, ...]]:
    database = sqlite3.connect(Path(environment["PACS_DATA_DIR"]) / "reading_room.sqlite3")
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def test_what_was_acknowledged_before_the_stop_is_there_and_the_exit_is_clean(
    environment: dict[str, str], process: subprocess.Popen[str], tmp_path: Path
) -> None:
    acknowledged: list[str] = []
    study = StudyAttributes()

    def send() -> None:
        contexts = [build_context(CTImageStorage, ExplicitVRLittleEndian)]
        with association(int(environment["PACS_DICOM_PORT"]), contexts=contexts) as opened:
            for number in range(1, 2000):
                dataset = ct_slice(instance_number=number, study=study, side=512)
                if not opened.is_established or not _was_stored(opened.send_c_store(dataset)):
                    return
                acknowledged.append(dataset.SOPInstanceUID)

    sender = threading.Thread(target=send)
    sender.start()
    while len(acknowledged) < 5:
        assert sender.is_alive()
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=15) == 0
    sender.join(30)
    stored = dict(
        rows(
            environment,
            "SELECT i.sop_instance_uid, b.sha256 FROM archive_instance i JOIN archive_blob b ON b.id = i.blob_id",
        )
    )
    # What was in hand was finished and answered, so both sides agree.
    assert set(acknowledged) == set(stored)
    blobs = Path(environment["PACS_DATA_DIR"]) / "blobs"
    assert all((blobs / sha[:2] / sha[2:4] / sha).stat().st_size > 500_000 for sha in stored.values())
    events = [row[0] for row in rows(environment, "SELECT event_type FROM audit_auditevent ORDER BY seq")]
    assert events[-3:] == ["instances_stored", "instances_stored", "application_stopped"]
    assert "Traceback" not in (tmp_path / "log").read_text()


def _was_stored(answer: Dataset) -> bool:
    return answer.get("Status") == 0x0000


def test_it_stops_soon_with_idle_and_silent_connections(
    environment: dict[str, str], process: subprocess.Popen[str]
) -> None:
    port = int(environment["PACS_DICOM_PORT"])
    with association(port), socket.create_connection(("127.0.0.1", port)):
        start = time.monotonic()
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=15) == 0
        assert time.monotonic() - start < 5


def test_a_port_in_use_is_one_clear_line(environment: dict[str, str], process: subprocess.Popen[str]) -> None:
    second = manage(environment, "run_scp", may_fail=True)

    assert second.returncode == 1
    assert second.stderr.splitlines()[-1] == (
        f"CommandError: Cannot listen for DICOM on 127.0.0.1 port {environment['PACS_DICOM_PORT']}: "
        "Address already in use."
    )
    assert "Traceback" not in second.stderr


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"], ids=["not ours", "unknown"])
def test_a_wrong_host_is_one_clear_line(environment: dict[str, str], host: str) -> None:
    refused = manage(environment | {"PACS_DICOM_HOST": host}, "run_scp", may_fail=True)

    assert refused.returncode == 1
    assert f"Cannot listen for DICOM on {host}" in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr
