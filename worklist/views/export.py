"""The list as a table for a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.roles import Codename
from audit.decorators import audited, describe
from audit.vocabulary import EventType
from common.spreadsheet import harmless
from worklist.access import exportable_studies, facilities_in_sight
from worklist.asking import asked_of
from worklist.columns import Column, chosen_columns
from worklist.list_settings import settings_of
from worklist.local_time import zones_differ
from worklist.presentation import RowContext, text_of
from worklist.selectors import expected_instances, ordered_keys, studies_in_order
from worklist.views.http import user_of

_MOST_ROWS = 10_000
_ROWS_AT_ONCE = 500


@require_GET
@audited(EventType.STUDY_EXPORTED)
@requires(Codename.DOWNLOAD_STUDY)
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Return the list that an address asks for as CSV: the user's columns, at most 10,000 rows, in the list's order."""
    user = user_of(request)
    asked = asked_of(request.GET, user=user, session=request.session)
    keys = ordered_keys(
        exportable_studies(user),
        asked.criteria,
        asked.position,
        user=user,
        today=timezone.localdate(),
        at_most=_MOST_ROWS,
    )
    facilities = list(facilities_in_sight(user))
    columns = chosen_columns(settings_of(user).columns, has_sites=len(facilities) > 1)
    describe(
        request,
        details={
            "list": "worklist as CSV",
            "rows": len(keys),
            "text": asked.criteria.text,
            "address": request.GET.urlencode(),
        },
    )
    response = StreamingHttpResponse(
        _lines(keys, columns, zones_differ(facilities)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="worklist.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


async def _lines(keys: Sequence[int], columns: Sequence[Column], names_zones: bool) -> AsyncIterator[str]:
    # The mark of the byte order tells spreadsheets that the text is UTF-8.
    yield "\ufeff" + _csv([[str(column.label) for column in columns]])
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        yield await sync_to_async(_rows)(keys[start : start + _ROWS_AT_ONCE], columns, names_zones)


def _rows(keys: Sequence[int], columns: Sequence[Column], names_zones: bool) -> str:
    studies = studies_in_order(keys)
    context = RowContext(
        columns=columns,
        column=columns[0],
        user_pk=None,
        now=timezone.now(),
        expected=expected_instances(studies),
        names_zones=names_zones,
    )
    return _csv([harmless(text_of(study, column, context)) for column in columns] for study in studies)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
