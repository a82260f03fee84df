"""Brings a data folder into the state in which the services can start."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from pacs_site.runtime import make_runtime_folder
from pacs_site.services import supervisor_configuration
from pacs_site.serving import StartError

# Below this the database could not even record why it refuses.
_LEAST_FREE_BYTES = 64 * 2**20


def prepare() -> Path:
    """Make folders, migrate the database, collect static files; return the supervisor's configuration file.

    Raises
    ------
    StartError
        There is no room on the disk.
    """
    data = settings.PACS_DATA_DIR
    if shutil.disk_usage(data).free < _LEAST_FREE_BYTES:
        raise StartError(f"the disk of {data} is full; free space or set PACS_DATA_DIR to another disk.")
    (data / "logs").mkdir(parents=True, exist_ok=True)
    settings.PACS_BLOB_DIR.mkdir(parents=True, exist_ok=True)
    run = make_runtime_folder(data)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    configuration = run / "supervisor.conf"
    configuration.write_text(supervisor_configuration())
    return configuration
