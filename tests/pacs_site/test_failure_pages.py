"""What a browser is told when a view has failed."""

import errno

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from psycopg.errors import DiskFull

from pacs_site.errors import answer_failure
from tests.conftest import vendor


@pytest.mark.django_db
@pytest.mark.skipif(vendor() != "sqlite", reason="only SQLite can be told how large it may grow")
def test_a_page_that_cannot_be_recorded_for_want_of_room_says_so(log_in, radiologist):
    client: Client = log_in(radiologist)
    client.raise_request_exception = False
    # Below Django, which runs nothing more in a transaction that has failed.
    database = connection.connection
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")
    try:
        answers = (client.get("/worklist/") for _ in range(100))
        failed = next(answer for answer in answers if answer.status_code != 200)
    finally:
        database.execute("PRAGMA max_page_count = 1073741823")

    assert failed.status_code == 507
    assert "disk" in failed.content.decode()


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (DiskFull("could not extend file"), 507),
        (OSError(errno.EIO, "Input/output error"), 500),
        (ValueError("database or disk is full"), 500),
    ],
    ids=["file", "PostgreSQL", "broken disk", "something else"],
)
def test_only_a_full_disk_is_called_one(cause, status):
    request = RequestFactory().get("/")
    try:
        raise OperationalError("it failed") from cause
    except OperationalError:
        answer = answer_failure(request)

    assert answer.status_code == status
