"""Tell which processes of the system run."""

import json
import xmlrpc.client
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from supervisor.xmlrpc import SupervisorTransport

from pacs_site.runtime import runtime_folder
from pacs_site.services import process_table


class Command(BaseCommand):
    help = "Show each service with its process ids."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        services = _running_services(runtime_folder(settings.PACS_DATA_DIR) / "supervisor.sock")
        if options["json"]:
            self.stdout.write(json.dumps(services))
            return
        for service in services:
            pids = " ".join(str(pid) for pid in service["pids"]) or "not running"
            self.stdout.write(f"{service['name']:<12} {pids}")


def _running_services(socket: Path) -> list[dict[str, Any]]:
    """Return each service with the ids of its processes, the supervised ones before their children."""
    transport = SupervisorTransport(None, None, f"unix://{socket}")
    try:
        rows = xmlrpc.client.ServerProxy("http://127.0.0.1", transport).supervisor.getAllProcessInfo()
    except (OSError, xmlrpc.client.Error) as error:
        raise CommandError("The system is not running; start it with: script/server") from error
    pid_of: dict[str, int] = {row["name"]: row["pid"] for row in rows}  # type: ignore[index, call-overload, union-attr, misc]
    pids_of: dict[str, list[int]] = {}
    for process in process_table():
        pids = pids_of.setdefault(process.service, [])
        if pid := pid_of.get(process.name):
            pids.append(pid)
    return [
        {"name": name, "pids": pids + [child for pid in pids for child in _children(pid)]}
        for name, pids in pids_of.items()
    ]


def _children(pid: int) -> list[int]:
    """Return the processes that a process has started; none where the kernel does not tell."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
