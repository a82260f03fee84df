"""Fixtures that every test may use."""

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def _no_leftover_context() -> None:
    """Tests start without an actor or request id of another test."""


def vendor() -> str:
    """Return the database that the tests run on, 'sqlite' or 'postgresql'."""
    return connection.vendor
