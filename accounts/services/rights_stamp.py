"""The stamp of rights: a number that grows whenever somebody may have lost a right to see something.

Who remembers that a user may see a study also remembers the stamp that was read before the question was asked, and asks
again once the stamp is another. The database itself counts it up, by triggers, in the transaction that changes the
right: so it holds for bulk updates, for the admin and for statements by hand, and nobody reads the new stamp with the
old right or the other way round.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import RightsStamp


@dataclass(frozen=True)
class Watched:
    """A table on which sight of something depends.

    Attributes
    ----------
    model
        Its rows: the deletion of one counts.
    fields
        Names of the fields of which a change counts.
    """

    model: type[models.Model]
    fields: Sequence[str] = ()


def watch(tables: Sequence[Watched], *, using: str) -> None:
    """Have the database count the stamp up when one of the tables changes. May be called again and again.

    Runs after every migration, because SQLite loses the triggers of a table that a migration makes anew.
    """
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if RightsStamp._meta.db_table not in present:
        return
    # Begins at the clock: a stamp that was remembered before the table was emptied never comes back.
    if not RightsStamp.objects.using(using).exists():
        RightsStamp.objects.using(using).create(value=time.time_ns() // 1000)
    statements = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    with connection.cursor() as cursor:
        for watched in tables:
            if watched.model._meta.db_table in present:
                for statement in chain.from_iterable(part(connection, watched) for part in statements):
                    cursor.execute(statement)


def _count_up(connection: BaseDatabaseWrapper) -> str:
    stamp = connection.ops.quote_name(RightsStamp._meta.db_table)
    return f"UPDATE {stamp} SET value = value + 1"  # noqa: S608 -- the name is our own


def _names(connection: BaseDatabaseWrapper, watched: Watched) -> tuple[str, list[str]]:
    """Return the quoted names of the table and of the columns."""
    meta, quote = watched.model._meta, connection.ops.quote_name
    columns = [str(meta.get_field(name).column) for name in watched.fields]  # type: ignore[union-attr]
    return quote(meta.db_table), [quote(column) for column in columns]


def _sqlite_deletion(connection: BaseDatabaseWrapper, watched: Watched) -> list[str]:
    table, _ = _names(connection, watched)
    name = f"rights_{watched.model._meta.db_table}_deleted"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER DELETE ON {table} BEGIN {_count_up(connection)}; END",
    ]


def _sqlite_change(connection: BaseDatabaseWrapper, watched: Watched) -> list[str]:
    table, columns = _names(connection, watched)
    if not columns:
        return []
    name = f"rights_{watched.model._meta.db_table}_changed"
    differs = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    when = f"AFTER UPDATE OF {', '.join(columns)} ON {table} WHEN {differs}"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} {when} BEGIN {_count_up(connection)}; END",
    ]


def _postgresql_function(connection: BaseDatabaseWrapper, _: Watched) -> list[str]:
    body = f"BEGIN {_count_up(connection)}; RETURN NULL; END"
    return [f"CREATE OR REPLACE FUNCTION rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"]


def _postgresql_deletion(connection: BaseDatabaseWrapper, watched: Watched) -> list[str]:
    table, _ = _names(connection, watched)
    name = f"rights_{watched.model._meta.db_table}_deleted"
    when = f"AFTER DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
    return [f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION rights_changed()"]


def _postgresql_change(connection: BaseDatabaseWrapper, watched: Watched) -> list[str]:
    table, columns = _names(connection, watched)
    if not columns:
        return []
    name = f"rights_{watched.model._meta.db_table}_changed"
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    when = f"AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW WHEN ({differs})"
    return [f"CREATE OR REPLACE TRIGGER {name} {when} EXECUTE FUNCTION rights_changed()"]


_SQLITE = (_sqlite_deletion, _sqlite_change)
_POSTGRESQL = (_postgresql_function, _postgresql_deletion, _postgresql_change)
