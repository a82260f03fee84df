"""What a browser is told when a view has failed."""

import errno
import sys
from collections.abc import Iterator

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

# SQLite says it in words; PostgreSQL has a code for it, which psycopg puts on its own error below Django's.
_SQLITE_FULL = "database or disk is full"
_POSTGRES_DISK_FULL = "53100"


def answer_failure(request: HttpRequest) -> HttpResponse:
    """Tell a full disk, which an administrator can help, from every other failure."""
    if any(_says_disk_is_full(error) for error in _causes(sys.exc_info()[1])):
        return HttpResponse(render_to_string("507.html"), status=507)
    return server_error(request)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says_disk_is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    if isinstance(error, DatabaseError):
        return _SQLITE_FULL in str(error)
    return getattr(error, "sqlstate", None) == _POSTGRES_DISK_FULL
