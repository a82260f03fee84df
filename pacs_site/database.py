"""What every connection to the database is told."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created, dispatch_uid="pacs_site.tell_planner_of_memory")
def tell_planner_of_memory(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let PostgreSQL reckon a page at random hardly dearer than the next one.

    Its default is that of a turning disk, with which it reads a whole table of a million studies rather than some
    thousand rows by key. Indexes and rows that lists need lie in memory, or on a disk without moving parts.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET random_page_cost = 1.1")
