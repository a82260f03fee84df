"""Where the embedded services keep sockets and pid files, and how they are addressed."""

import hashlib
import os
import tempfile
from pathlib import Path

# A Unix socket address holds at most 107 bytes on Linux; the longest name we append has fewer than 24.
_LONGEST_FOLDER_BYTES = 80


def runtime_folder(data_dir: Path) -> Path:
    """Return the folder for sockets and pid files of the services on one data folder.

    It lies in the data folder, unless that path is too long for a Unix socket or would need quoting in a broker
    address; then it is a private folder beside other temporary files, named after the data folder.
    """
    folder = data_dir / "run"
    text = str(folder)
    if (
        len(text.encode()) <= _LONGEST_FOLDER_BYTES
        and text.replace("/", "").replace("-", "").replace("_", "").replace(".", "").isalnum()
    ):
        return folder
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"reading-room-{os.getuid()}-{digest}"


def make_runtime_folder(data_dir: Path) -> Path:
    """Create the runtime folder, for its owner only, and return it.

    Raises
    ------
    PermissionError
        The folder exists and belongs to somebody else.
    """
    folder = runtime_folder(data_dir)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(
            f"{folder} belongs to another user; remove it or set PACS_DATA_DIR to a shorter path."
        )
    folder.chmod(0o700)
    return folder


def embedded_broker_socket(data_dir: Path) -> Path:
    """Return the Unix socket on which the embedded broker of a data folder listens."""
    return runtime_folder(data_dir) / "broker.sock"


def celery_broker_url(redis_url: str) -> str:
    """Return the same broker address in the spelling that Celery's transport understands."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        database = dict(part.partition("=")[::2] for part in query.split("&") if part).get("db", "0")
        return f"redis+socket://{path}?virtual_host={database}"
    return redis_url
