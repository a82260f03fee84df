"""Fixtures that every test may use."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations


@pytest.fixture(autouse=True)
def _no_leftover_context() -> None:
    """Tests start without an actor or request id of another test."""


def vendor() -> str:
    """Return the database that the tests run on, 'sqlite' or 'postgresql'."""
    return connection.vendor


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_audit_triggers() -> Iterator[None]:
    """Let the database be emptied between transactional tests, which the triggers on the audit log refuse."""
    triggers = import_module("audit.migrations.0002_refuse_changes")
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(operations: BaseDatabaseOperations, sql_list: list[str]) -> None:
        vendor = operations.connection.vendor
        flush(operations, [*triggers.DROP[vendor], *sql_list, *triggers.CREATE[vendor]])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield
