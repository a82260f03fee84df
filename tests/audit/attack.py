"""What somebody can do who may write to the database but has not the key."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

TRIGGERS = import_module("audit.migrations.0002_refuse_changes")


@contextmanager
def attacking() -> Iterator[CursorWrapper]:
    """Take the triggers away, give a cursor, and put everything back as it was when the block ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in TRIGGERS.DROP[connection.vendor]:
            cursor.execute(statement)
        yield cursor
        transaction.set_rollback(True)
