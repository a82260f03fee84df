"""Rows of the list as HTML.

Written by functions: a page has some seven hundred cells, and a template that looks up the values of each takes one
core longer than all the rest of the page. Every value goes through ``_filled``, which escapes it.
"""

from collections.abc import Callable, Sequence
from html import escape

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from worklist.presentation import Cell, Row
from worklist.time_left import Clock

_ROW = (
    '<tr class="study" data-study-instance-uid="{}" data-viewer-url="{}" data-status="{}" data-priority="{}"'
    ' data-order="{}" data-is-here="{}"{} tabindex="-1">{}{}</tr>\n'
)
_HANDLES = (
    '<td class="cell--select"><input type="checkbox" data-action="select" aria-label="{}" tabindex="-1"></td>'
    '<td class="cell--expand"><button type="button" class="study__expand" data-action="expand"'
    ' aria-expanded="false" aria-label="{}" tabindex="-1">{}</button>'
    '<button type="button" class="study__look" data-action="look" aria-label="{}" tabindex="-1">{}</button></td>'
)
_ICON = '<svg class="icon" aria-hidden="true"><use href="{}#{}" /></svg>'
_OWN = mark_safe(' data-is-own="true"')
_ASIDE = mark_safe(' data-is-set-aside="true"')
_NOTHING = SafeString()


def rows_html(rows: Sequence[Row]) -> SafeString:
    """Return the rows of a table body."""
    handles = _filled(
        _HANDLES,
        _("Select this study"),
        _("Series of this study"),
        _filled(_ICON, _icons(), "chevron"),
        _("Quick look"),
        _filled(_ICON, _icons(), "eye"),
    )
    return _joined([_row_html(row, handles) for row in rows])


def _row_html(row: Row, handles: SafeString) -> SafeString:
    return _filled(
        _ROW,
        row.study_instance_uid,
        row.viewer_url,
        row.status,
        row.priority,
        row.order,
        "true" if row.is_here else "false",
        (_OWN if row.is_own else _NOTHING) + (_ASIDE if row.is_set_aside else _NOTHING),
        handles,
        _joined([_HTML_OF[cell.kind](row, cell) for cell in row.cells]),
    )


def _text(row: Row, cell: Cell) -> SafeString:
    return _filled('<td class="cell--{}"><bdi>{}</bdi></td>', cell.key, cell.text)


def _patient(row: Row, cell: Cell) -> SafeString:
    return _filled(
        '<td class="cell--patient"><a href="{}" tabindex="-1"><bdi>{}</bdi></a></td>',
        row.viewer_url,
        cell.text or _("No name"),
    )


def _moment(row: Row, cell: Cell) -> SafeString:
    return _filled(
        '<td class="cell--date"><time datetime="{}">{}</time></td>', cell.text.replace(" ", "T"), cell.text
    )


def _modality(row: Row, cell: Cell) -> SafeString:
    badges = _joined([_filled('<span class="badge">{}</span>', one) for one in row.modalities])
    return _filled('<td class="cell--modality">{}{}</td>', badges, _notes(row.notes))


def _notes(notes: Sequence[str]) -> SafeString:
    if not notes:
        return _NOTHING
    named = ", ".join(notes)
    return _filled(
        ' <span class="cell__notes" title="{}">+{}<span class="visually-hidden">: {}</span></span>',
        _("Also holds %(notes)s") % {"notes": named},
        len(notes),
        named,
    )


def _images(row: Row, cell: Cell) -> SafeString:
    return _filled(
        '<td class="cell--images" data-action="peek" title="{}">{}</td>',
        _("Last image at %(time)s") % {"time": row.last_image},
        cell.text,
    )


def _count(row: Row, cell: Cell) -> SafeString:
    return _filled('<td class="cell--{}" data-action="peek">{}</td>', cell.key, cell.text)


def _priority(row: Row, cell: Cell) -> SafeString:
    return _filled(
        '<td class="cell--priority"><span class="priority priority--{}">{}</span></td>',
        row.priority,
        cell.text,
    )


def _status(row: Row, cell: Cell) -> SafeString:
    arriving = _("images still arriving, last %(time)s") % {"time": row.last_image}
    notes = [note for note, holds in ((arriving, row.is_arriving), (_("skipped"), row.is_set_aside)) if holds]
    return _filled(
        '<td class="cell--status"><span class="status status--{}">{}</span>{}</td>',
        row.status,
        cell.text,
        _joined([_filled(' <span class="status__note">{}</span>', note) for note in notes]),
    )


def _due(row: Row, cell: Cell) -> SafeString:
    return _filled(
        '<td class="cell--due" title="{}">{}</td>', cell.text, _clock(row.clock) if row.clock else _NOTHING
    )


def _clock(clock: Clock) -> SafeString:
    return _filled(
        '<span class="clock clock--{}" data-due="{}" data-pressing="{}">{}</span>',
        clock.state,
        clock.due_ms,
        clock.pressing_ms,
        clock.text,
    )


def _reader(row: Row, cell: Cell) -> SafeString:
    if not row.reader_since:
        return _text(row, cell)
    return _filled(
        '<td class="cell--reader"><span class="lock{}">{}<bdi>{}</bdi> <span class="lock__since">{}</span></span></td>',
        " lock--own" if row.is_own else "",
        _filled(_ICON, _icons(), "lock"),
        cell.text,
        _("since %(time)s") % {"time": row.reader_since},
    )


_HTML_OF: dict[str, Callable[[Row, Cell], SafeString]] = {
    "text": _text,
    "patient": _patient,
    "moment": _moment,
    "modality": _modality,
    "images": _images,
    "count": _count,
    "priority": _priority,
    "status": _status,
    "due": _due,
    "reader": _reader,
}


def _icons() -> str:
    return static("icons.svg")


def _filled(template: str, *values: object) -> SafeString:
    """Do what ``format_html`` does, in a fifth of its time: fill in values, escaping all that is not HTML already."""
    escaped = [value if isinstance(value, SafeString) else escape(str(value)) for value in values]
    return mark_safe(template.format(*escaped))  # noqa: S308 -- all of it is escaped


def _joined(parts: Sequence[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- the parts are escaped
