"""What the flows do to a running system, again and again."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import SecondaryCaptureImageStorage

from tests.running_system import ROOT, RunningSystem, free_port

READER = "radiologist.north"
_PASSWORD = "reads in a dim room"
_FIRST_ENTRIES = f"""
from accounts.roles import Role
from accounts.services.facilities import create_facility
from accounts.services.memberships import grant_membership
from accounts.services.users import create_user
from audit.actors import Actor
actor = Actor.command("test")
north = create_facility(code="NORTH", name="North", actor=actor)
reader = create_user(username={READER!r}, password={_PASSWORD!r}, actor=actor)
grant_membership(user=reader, facility=north, role=Role.RADIOLOGIST, actor=actor)
"""


def add_first_entries(system: RunningSystem) -> None:
    """Enter one facility, one reader and one device into a system without the demo."""
    system.manage("shell", "-c", _FIRST_ENTRIES)
    system.manage("add_peer", "STORESCU", "127.0.0.1", "11113", "--rights", "store", "--facility", "NORTH")
    system.passwords[READER] = _PASSWORD


def send(system: RunningSystem, dataset: Dataset) -> int:
    """Send an instance by C-STORE and return the status."""
    ae = AE(ae_title="STORESCU")
    ae.add_requested_context(SecondaryCaptureImageStorage)
    association = ae.associate("127.0.0.1", system.dicom_port, ae_title="READINGROOM")
    assert association.is_established
    status = association.send_c_store(dataset)
    association.release()
    return int(status.Status)


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass in time"
        time.sleep(0.1)


def serve_in_vain(data_dir: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Try to start a system that cannot start, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    ports = {"PACS_HTTP_PORT": str(free_port()), "PACS_DICOM_PORT": str(free_port())}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "serve"],
        cwd=ROOT,
        env={**environment, "PACS_DATA_DIR": str(data_dir), **ports, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
