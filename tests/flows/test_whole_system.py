"""The whole system as an administrator meets it: started, fed, hurt and stopped."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pynetdicom import AE
from pynetdicom.sop_class import Verification

from dicomkit.synth import StudyAttributes, ramp_dataset
from tests.flows.steps import READER, add_first_entries, eventually, send, serve_in_vain
from tests.running_system import ROOT, HTTPSession, RunningSystem, free_port, running_system

# Sockets to processes that a test kills are closed by the garbage collector, which pytest reports as a warning.
pytestmark = [
    pytest.mark.system,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """A system whose data folder has a space and a percent sign in its path."""
    with running_system(tmp_path_factory.mktemp("data folder 100%")) as running:
        yield running


@pytest.fixture
def system(started: RunningSystem) -> RunningSystem:
    """The system, whole again after whatever the test before has done to it."""
    eventually(lambda: _is_ready(started))
    return started


def _is_ready(system: RunningSystem) -> bool:
    """Tell whether the web server and the DICOM receiver can both be used."""
    try:
        socket.create_connection(("127.0.0.1", system.dicom_port), timeout=2).close()
        with urllib.request.urlopen(f"{system.url}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def test_a_study_sent_by_c_store_is_listed_and_its_tile_rendered_by_a_worker(system):
    dataset = ramp_dataset(study=StudyAttributes(patient_name="Sent^By Modality", patient_id="CS-1"))

    assert send(system, dataset) == 0x0000

    session = HTTPSession(system, READER)
    _, page = session.get("/worklist/")
    assert b"Sent, By Modality" in page
    path = f"/viewer/tiles/{dataset.SOPInstanceUID}/1/0/0/0.png?depth=16"
    eventually(lambda: session.get(path)[0] == 200)


def test_a_study_is_announced_complete_when_nothing_more_arrives(system):
    dataset = ramp_dataset(study=StudyAttributes(patient_name="Quiet^Now", patient_id="CS-2"))
    send(system, dataset)
    session = HTTPSession(system, READER)
    row = f"/worklist/rows/{dataset.StudyInstanceUID}/"

    eventually(lambda: b'data-status="in_progress"' in session.get(row)[1])
    eventually(lambda: b'data-status="checked"' in session.get(row)[1], 30)


def test_an_unknown_device_is_refused(system):
    ae = AE(ae_title="STRANGER")
    ae.add_requested_context(Verification)

    association = ae.associate("127.0.0.1", system.dicom_port, ae_title="READINGROOM")

    assert association.is_rejected


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "dimse", "broker"])
def test_a_service_that_is_killed_is_back_within_seconds(system, name):
    before = system.services()[name]
    assert before, f"{name} does not run"

    for pid in before:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue

    def is_back() -> bool:
        return bool(set(system.services()[name]) - set(before)) and _is_ready(system)

    eventually(is_back, 10)


def test_instances_are_taken_in_while_the_broker_is_away_and_their_work_is_done_later(system):
    broker = system.services()["broker"][0]
    os.kill(broker, signal.SIGSTOP)
    dataset = ramp_dataset(study=StudyAttributes(patient_name="No^Broker", patient_id="CS-3"))
    try:
        os.kill(broker, signal.SIGKILL)
        assert send(system, dataset) == 0x0000
    finally:
        eventually(lambda: _is_ready(system), 15)

    session = HTTPSession(system, READER)
    eventually(lambda: session.get(f"/viewer/tiles/{dataset.SOPInstanceUID}/1/0/0/0.png")[0] == 200)


def test_the_archive_holds_what_was_acknowledged_after_the_receiver_was_killed(system):
    sent = [ramp_dataset(study=StudyAttributes(patient_id=f"KILL-{number}")) for number in range(5)]
    for dataset in sent:
        assert send(system, dataset) == 0x0000
    for pid in system.services()["dimse"]:
        os.kill(pid, signal.SIGKILL)

    session = HTTPSession(system, READER)
    for dataset in sent:
        assert session.get(f"/worklist/rows/{dataset.StudyInstanceUID}/")[0] == 200


def test_the_audit_chain_is_whole_after_all_that(system):
    assert "the chain holds" in system.manage("verify_audit")


def test_a_taken_port_gives_one_clear_line(system, tmp_path):
    outcome = serve_in_vain(tmp_path, PACS_HTTP_PORT=str(system.http_port), PACS_DICOM_PORT=str(free_port()))

    assert outcome.returncode != 0
    assert "PACS_HTTP_PORT" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PACS_HTTP_PORT", "eighty"), ("PACS_STORAGE_URL", "ftp://there/"), ("PACS_WORKERS", "0")],
)
def test_a_setting_that_cannot_be_used_gives_one_clear_line(tmp_path, variable, value):
    outcome = serve_in_vain(tmp_path, **{variable: value})

    assert outcome.returncode != 0
    assert variable in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1


def test_demo_users_are_refused_on_a_public_host(tmp_path):
    outcome = serve_in_vain(tmp_path, PACS_HTTP_HOST="0.0.0.0", PACS_DEMO="1")

    assert outcome.returncode != 0
    assert "PACS_DEMO" in outcome.stderr


def test_a_data_folder_that_cannot_be_made_gives_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    outcome = serve_in_vain(tmp_path / "file" / "data")

    assert outcome.returncode != 0
    assert "Traceback" not in outcome.stderr
    assert str(tmp_path / "file") in outcome.stderr


def test_a_second_system_runs_beside_the_first_stops_whole_and_starts_again_with_everything(system, tmp_path):
    with running_system(tmp_path, PACS_DEMO="0") as first:
        assert _is_ready(first)
        assert _is_ready(system)
        add_first_entries(first)
        assert send(first, ramp_dataset()) == 0x0000
        pids = [pid for service in first.services().values() for pid in service]
        started = time.monotonic()
    assert time.monotonic() - started < 20
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)]

    started = time.monotonic()
    with running_system(tmp_path, PACS_DEMO="0"):
        assert time.monotonic() - started < 10
        assert _study_count(tmp_path) == 1


def test_an_old_python_gives_one_clear_line(tmp_path):
    for name in ("python3", "python"):
        old = tmp_path / name
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name))

    outcome = subprocess.run(
        [str(ROOT / "script" / "server")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("error: Reading Room needs Python 3.11")
    assert len(outcome.stderr.strip().splitlines()) == 1


def _study_count(data_dir: Path) -> int:
    connection = sqlite3.connect(f"file:{data_dir / 'reading_room.sqlite3'}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM archive_study").fetchone()[0])
    finally:
        connection.close()


def _is_zombie(pid: int) -> bool:
    return ") Z" in Path(f"/proc/{pid}/stat").read_text()
