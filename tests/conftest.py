"""Fixtures that every test may use."""

import ipaddress
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as site_settings
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from accounts.models import Facility, User
from accounts.roles import Role
from accounts.services.facilities import create_facility
from accounts.services.memberships import grant_membership
from accounts.services.users import create_user
from archive.storage.configured import blob_store
from audit import context
from audit.actors import Actor
from common.logging import request_id
from common.redis_client import redis_client
from pacs_site.runtime import make_runtime_folder
from pacs_site.services import process_table
from viewer.admissions import admissions

TESTER = Actor.system("tests")


@pytest.fixture(autouse=True)
def _no_leftover_context() -> None:
    """Tests start without an actor, request id, admission or language of another test."""
    request_id.set("-")
    context._current.set(None)
    admissions._stamp = -1
    translation.deactivate()


def vendor() -> str:
    """Return the database that the tests run on, 'sqlite' or 'postgresql'."""
    return connection.vendor


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers() -> Iterator[None]:
    """Let the database be emptied between transactional tests, which triggers of the log and of annotations refuse."""
    guards = [
        import_module("audit.migrations.0002_refuse_changes"),
        import_module("viewer.migrations.0008_refuse_deleted_revisions"),
    ]
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(operations: BaseDatabaseOperations, sql_list: list[str]) -> None:
        vendor = operations.connection.vendor
        dropped, created = (
            [one for guard in guards for one in getattr(guard, name)[vendor]] for name in ("DROP", "CREATE")
        )
        flush(operations, [*dropped, *sql_list, *created])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let connections reach this machine only."""
    connect = socket.socket.connect

    def connect_to_loopback(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise OSError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_to_loopback)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def _broker() -> Iterator[None]:
    """The embedded broker, started as the system starts it, on the socket that the settings name."""
    make_runtime_folder(site_settings.PACS_DATA_DIR)
    command = next(service.arguments for service in process_table() if service.name == "broker")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        client = redis.Redis.from_url(site_settings.PACS_REDIS_URL)
        until = time.monotonic() + 10
        while not _answers(client):
            assert process.poll() is None, "the broker ended"
            assert time.monotonic() < until, "the broker did not come up"
            time.sleep(0.01)
        client.close()
        yield
        process.terminate()


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.fixture(autouse=True)
def _empty_broker(_broker: None) -> Iterator[None]:
    """Each test finds the broker empty, whatever the one before it left."""
    redis_client.cache_clear()
    redis_client().flushall()
    yield
    redis_client.cache_clear()


@pytest.fixture(autouse=True)
def blob_folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """The blob store's folder, of the test's own; made by the first blob."""
    settings.PACS_BLOB_DIR = tmp_path / "blobs"
    blob_store.cache_clear()
    yield settings.PACS_BLOB_DIR
    blob_store.cache_clear()


@pytest.fixture
def no_broker(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """A system whose broker is away: nothing listens where it should."""
    celery_app = import_module("pacs_site.celery").app
    settings.PACS_REDIS_URL = f"unix://{tmp_path}/nobody.sock?db=0"
    address, celery_app.conf.broker_url = celery_app.conf.broker_url, f"redis+socket://{tmp_path}/nobody.sock"
    _forget_connections(celery_app)
    redis_client.cache_clear()
    yield
    celery_app.conf.broker_url = address
    _forget_connections(celery_app)
    redis_client.cache_clear()


def _forget_connections(celery_app: Any) -> None:
    celery_app.__dict__.pop("amqp", None)
    celery_app._pool = None


@pytest.fixture
def north(db: None) -> Facility:
    """One facility of a pair."""
    return create_facility(code="NORTH", name="North Hospital", actor=TESTER)


@pytest.fixture
def south(db: None) -> Facility:
    """The other facility, of which those of the first know nothing."""
    return create_facility(code="SOUTH", name="South Clinic", actor=TESTER)


def member(role: Role, facility: Facility) -> User:
    """Return a new user with one role at one facility."""
    name = f"{role}.{facility.code}".lower()
    user = create_user(username=name, password="correct horse battery staple", actor=TESTER)
    grant_membership(user=user, facility=facility, role=role, actor=TESTER)
    return user


@pytest.fixture
def radiologist(north: Facility) -> User:
    """A radiologist in the north."""
    return member(Role.RADIOLOGIST, north)


@pytest.fixture
def technologist(north: Facility) -> User:
    """A technologist in the north."""
    return member(Role.TECHNOLOGIST, north)


@pytest.fixture
def referrer(north: Facility) -> User:
    """A referring physician in the north, with whom nothing has been shared."""
    return member(Role.REFERRER, north)


@pytest.fixture
def administrator(north: Facility) -> User:
    """An administrator in the north."""
    return member(Role.ADMINISTRATOR, north)


@pytest.fixture
def auditor(north: Facility) -> User:
    """An auditor in the north."""
    return member(Role.AUDITOR, north)


@pytest.fixture
def outsider(db: None) -> User:
    """A user who belongs to no facility."""
    return create_user(username="outsider", password="correct horse battery staple", actor=TESTER)


@pytest.fixture
def log_in() -> Callable[[User], Client]:
    """Return a browser in which a user has logged in."""

    def logged_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in
