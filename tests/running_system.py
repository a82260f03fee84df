"""A running system with a demo archive, for the tests and benchmarks that look at it from outside."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class RunningSystem:
    """Where it listens, and the passwords of its demo users."""

    http_port: int
    dicom_port: int
    hl7_port: int
    environment: dict[str, str]
    passwords: dict[str, str]

    @property
    def url(self) -> str:
        """The address of the start page."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return Path(self.environment["PACS_DATA_DIR"])

    def manage(self, *arguments: str, check: bool = True) -> str:
        """Run a management command against the system and return what it printed."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=check
        ).stdout

    def services(self) -> dict[str, list[int]]:
        """Return the ids of the processes of each service."""
        return {service["name"]: service["pids"] for service in json.loads(self.manage("services", "--json"))}

    def create_outsider(self, username: str, password: str) -> None:
        """Make a user who belongs to no facility."""
        self.manage(
            "shell",
            "-c",
            "from accounts.services.users import create_user; from audit.actors import Actor; "
            f"create_user(username={username!r}, password={password!r}, actor=Actor.command('test'))",
        )
        self.passwords[username] = password

    def create_member(self, username: str, password: str, *, facility: str) -> None:
        """Make a radiologist of a facility that is made for the purpose."""
        self.create_outsider(username, password)
        self.manage(
            "shell",
            "-c",
            "from accounts.models import User; from accounts.services.facilities import create_facility; "
            "from accounts.services.memberships import grant_membership; from audit.actors import Actor; "
            f"actor = Actor.command('test'); place = create_facility(code={facility!r}, name='Test', actor=actor); "
            f"user = User.objects.get(username={username!r}); "
            "grant_membership(user=user, facility=place, role='radiologist', actor=actor)",
        )


class HTTPSession:
    """One keep-alive connection of a logged-in user."""

    def __init__(self, system: RunningSystem, username: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", system.http_port)
        self._cookies: dict[str, str] = {}
        _, page = self.get("/accounts/login/")
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, "the login page has no form"
        form = {
            "csrfmiddlewaretoken": found[1].decode(),
            "username": username,
            "password": system.passwords[username],
        }
        status, _ = self._request("POST", "/accounts/login/", urllib.parse.urlencode(form))
        assert status == 302, f"login answered {status}"

    def cookie_header(self) -> str:
        """Return the cookies as a client would send them."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body."""
        return self._request("GET", path)

    def post_json(self, path: str, body: object) -> tuple[int, bytes]:
        """Send an object as the pages' scripts do; return status and body."""
        return self._request("POST", path, json.dumps(body), content_type="application/json")

    def _request(
        self,
        method: str,
        path: str,
        body: str | None = None,
        *,
        content_type: str = "application/x-www-form-urlencoded",
    ) -> tuple[int, bytes]:
        headers = {"Cookie": self.cookie_header()}
        if body is not None:
            headers |= {
                "Content-Type": content_type,
                "Origin": f"http://127.0.0.1:{self._connection.port}",
                "X-CSRFToken": self._cookies.get(f"reading_room_csrf_{self._connection.port}", ""),
            }
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = header.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return answer.status, answer.read()


@contextmanager
def running_system(
    data_dir: Path | None = None, *, awaited: str = "ready:", **settings: str
) -> Iterator[RunningSystem]:
    """Start the whole system, by default on a new data folder with the demo, and stop it at the end.

    It is handed out once it has printed a line that begins with ``awaited``.
    """
    http_port, dicom_port, hl7_port = free_port(), free_port(), free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "PACS_DATA_DIR": str(data_dir or tempfile.mkdtemp(prefix="rr-system-")),
        "PACS_HTTP_PORT": str(http_port),
        "PACS_DICOM_PORT": str(dicom_port),
        "PACS_HL7_PORT": str(hl7_port),
        "PACS_DEMO": "1",
        "PACS_DATABASE_URL": "",
        "PACS_QUIESCENCE_SECONDS": "3",
        **settings,
    }
    prints_logins = (
        environment["PACS_DEMO"] == "1"
        and not (Path(environment["PACS_DATA_DIR"]) / "reading_room.sqlite3").exists()
    )
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "serve"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_for_line(process, awaited)
        passwords = _read_logins(process) if prints_logins else {}
        yield RunningSystem(http_port, dicom_port, hl7_port, environment, passwords)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
        if data_dir is None:
            shutil.rmtree(environment["PACS_DATA_DIR"], ignore_errors=True)


def _wait_for_line(process: "subprocess.Popen[str]", beginning: str) -> None:
    """Read what the system prints until a line begins as it should."""
    assert process.stdout is not None
    printed: list[str] = []
    for line in process.stdout:
        if line.startswith(beginning):
            return
        printed.append(line)
    raise AssertionError(f"the system did not say {beginning!r} but:\n{''.join(printed)}")


def _read_logins(process: "subprocess.Popen[str]") -> dict[str, str]:
    """Read the table of demo logins, which follows the ready line of a first start and ends with an empty line."""
    assert process.stdout is not None
    passwords: dict[str, str] = {}
    for line in process.stdout:
        words = line.split()
        if len(words) >= 5 and words[3] == "at":
            passwords[words[0]] = words[1]
        elif passwords and not words:
            break
    assert passwords, "the first start printed no logins"
    return passwords


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
