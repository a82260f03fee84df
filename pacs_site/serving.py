"""Runs the whole system in the foreground: one supervisor, stopped in order when we are told to stop."""

import ctypes
import os
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

    def wait_until_ready(self) -> bool:
        """Wait until the web server says that every part can work, and the DICOM receiver listens; return False when
        told to stop meanwhile.

        Raises
        ------
        StartError
            It did not come up in time, or the supervisor ended.
        """
        url = f"http://{url_host(settings.PACS_HTTP_HOST)}:{settings.PACS_HTTP_PORT}/readyz"
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until and not self._is_stopping:
            self._check_supervisor()
            if _answers_ok(url) and _listens(settings.PACS_DICOM_HOST, settings.PACS_DICOM_PORT):
                return True
            time.sleep(0.2)
        if self._is_stopping:
            return False
        raise StartError(
            f"the system did not become ready; see the logs in {settings.PACS_DATA_DIR / 'logs'}"
        )

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


def _answers_ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False


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
