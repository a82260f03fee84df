"""Runs the whole system in the foreground: one supervisor, stopped in order when we are told to stop."""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from django.conf import settings

_READY_SECONDS = 90.0
_STOP_SECONDS = 19.0
_PR_SET_PDEATHSIG = 1


class StartError(Exception):
    """The system cannot start; the message says why and what to do."""


class RunningSystem:
    """The supervisor and everything under it, from ``with`` to the end of the block.

    Parameters
    ----------
    configuration
        The supervisor's configuration file.
    """

    def __init__(self, configuration: Path) -> None:
        self._configuration = configuration
        self._is_stopping = False

    def __enter__(self) -> Self:
        signal.signal(signal.SIGINT, self._ask_to_stop)
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        # A session of its own, so that Ctrl-C in the terminal reaches us alone and we stop the services in order.
        self._supervisor = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._configuration)],
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._supervisor.poll() is None:
            self._supervisor.terminate()
        try:
            self._supervisor.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()

    def wait_until_ready(self, *, say: Callable[[str], None]) -> bool:
        """Wait until the web server says that every part can work, and the DICOM receiver listens; return False when
        told to stop meanwhile.

        With a disk that is almost full everything but storing works, so that is said once and then waited out.

        Raises
        ------
        StartError
            It did not come up in time, or the supervisor ended.
        """
        until = time.monotonic() + _READY_SECONDS
        unusable: set[str] | None = None
        has_been_said = False
        while not self._is_stopping:
            self._check_supervisor()
            unusable = (
                _unusable_parts() if _listens(settings.PACS_DICOM_HOST, settings.PACS_DICOM_PORT) else None
            )
            if unusable == set():
                return True
            if unusable == {"storage"} and not has_been_said:
                say(_no_room_text())
                has_been_said = True
            if time.monotonic() > until and not has_been_said:
                raise StartError(_not_ready_text(unusable))
            time.sleep(0.2)
        return False

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Run until told to stop."""
        while not self._is_stopping and not until():
            self._check_supervisor()
            time.sleep(0.2)

    def _check_supervisor(self) -> None:
        if self._supervisor.poll() is not None:
            raise StartError(
                f"the supervisor ended; see {settings.PACS_DATA_DIR / 'logs' / 'supervisor.log'}"
            )

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True


def refuse_taken_port(host: str, port: int, variable: str) -> None:
    """Raise StartError when something listens on an address already, or when it is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartError(
                f"cannot listen on {host} port {port} ({error.strerror}); set {variable} to a free port."
            ) from error


def url_host(host: str) -> str:
    """Return a host as it stands in an address that this machine can open."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared, not bound
    return f"[{reachable}]" if ":" in reachable else reachable


def _unusable_parts() -> set[str] | None:
    """Return the parts that the web server cannot use; None when it does not answer at all."""
    url = f"http://{url_host(settings.PACS_HTTP_HOST)}:{settings.PACS_HTTP_PORT}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        body = error.read()
    except (urllib.error.URLError, OSError):
        return None
    try:
        return {part for part, is_usable in json.loads(body).items() if not is_usable}
    except ValueError:
        return None


def _no_room_text() -> str:
    folder, least = settings.PACS_BLOB_DIR, settings.PACS_MIN_FREE_BYTES // 2**20
    free = shutil.disk_usage(folder).free // 2**20
    return (
        f"waiting for room: the disk of {folder} is full ({free} MiB are free, PACS_MIN_FREE_BYTES asks for {least}). "
        "Studies can be read, none can be stored."
    )


def _not_ready_text(unusable: set[str] | None) -> str:
    logs = settings.PACS_DATA_DIR / "logs"
    if not unusable:
        return f"the system did not become ready; see the logs in {logs}"
    return f"the system did not become ready: no use of {', '.join(sorted(unusable))}; see the logs in {logs}"


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((url_host(host).strip("[]"), port), timeout=2):
            return True
    except OSError:
        return False


def _end_with_parent() -> None:
    """Have the kernel stop the supervisor when we are killed, so that no service is left without its master."""
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
