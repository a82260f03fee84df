"""Comparison of a column with the beginning of its value, in the form that each database's index can answer."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler


@CharField.register_lookup
class BeginsWith(Lookup):
    """``term__begins_with="mei"``: case matters, and the column has an index.

    PostgreSQL answers LIKE from an index with pattern operators. SQLite would scan for LIKE, but answers a range from
    an ordinary index; its strings compare by code point, so the range ends before the beginning with its last
    character counted up.
    """

    lookup_name = "begins_with"
    prepare_rhs = True

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the condition for PostgreSQL."""
        column, parameters = self.process_lhs(compiler, connection)
        escaped = connection.ops.prep_for_like_query(self.rhs)
        return f"{column} LIKE %s", [*parameters, f"{escaped}%"]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return the condition for SQLite."""
        column, parameters = self.process_lhs(compiler, connection)
        beginning = str(self.rhs)
        end = beginning[:-1] + _following(beginning[-1])
        return f"({column} >= %s AND {column} < %s)", [*parameters, beginning, *parameters, end]


def _following(character: str) -> str:
    """Return the character with the next code point that text can hold: surrogates are none."""
    code = ord(character) + 1
    return chr(0xE000 if code == 0xD800 else min(code, 0x10FFFF))
