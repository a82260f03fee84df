"""Comparison of several columns at once, which one index over them answers."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func
from django.db.models.sql.compiler import SQLCompiler


class RowBeyond(Func):
    """``(a, b, key) > (x, y, z)``: the first half of the expressions against the second, by lexicographic order.

    Written out with AND and OR, a database reads an index from where the first column alone begins, and a page far
    down costs all the rows before it.
    """

    output_field = BooleanField()

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, list[Any]]:
        """Return the comparison of two rows."""
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(compiled) // 2
        left, right = (", ".join(sql for sql, _ in part) for part in (compiled[:half], compiled[half:]))
        return f"({left}) {self.extra['operator']} ({right})", [one for _, each in compiled for one in each]
