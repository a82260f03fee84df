"""What the list page shows, for its template."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Facility, User
from worklist.access import list_facilities, readers_of
from worklist.asking import Asked
from worklist.built_in import BUILT_IN_OF
from worklist.columns import COLUMNS, Column, chosen_columns
from worklist.criteria import MINE, UNFILTERED_LIST, Criteria, DatePreset, Position
from worklist.list_settings import Tab
from worklist.local_time import zones_differ
from worklist.models import ListSettings, PatientClass, Priority
from worklist.presentation import RowContext, row_of
from worklist.row_html import rows_html
from worklist.search_line import MODALITIES, understand
from worklist.selectors import COUNT_LIMIT, Page, expected_instances
from worklist.services.subspecialty import SUBSPECIALTIES
from worklist.states import ReadingStatus


def page_context(
    *,
    user: User,
    asked: Asked,
    page: Page,
    tabs: Sequence[Tab],
    settings: ListSettings,
    facilities: Sequence[Facility],
) -> dict[str, Any]:
    """Return what the template shows of a page."""
    criteria, position, studies = asked.criteria, asked.position, page.studies
    columns = chosen_columns(settings.columns, has_sites=len(facilities) > 1)
    context = RowContext(
        columns=columns,
        column=position.column,
        user_pk=user.pk,
        now=timezone.now(),
        expected=expected_instances(studies),
        set_aside=page.set_aside,
        names_zones=zones_differ(facilities),
    )
    rows = [row_of(study, context) for study in studies]
    ordered = asked.kept.copy()
    ordered["sort"], ordered["dir"] = position.column.key, "desc" if position.is_descending else "asc"
    current = next((tab for tab in tabs if tab.key == asked.list_key), None)
    return {
        "rows": rows,
        "rows_html": rows_html(rows),
        "columns": [_column_context(column, position, asked.kept) for column in columns],
        "tabs": [_tab_context(tab, asked, settings) for tab in tabs],
        "tab": current,
        "first_url": _url(ordered) if page.has_previous else None,
        "previous_url": _url(ordered, before=studies[0].study_instance_uid)
        if page.has_previous and studies
        else None,
        "next_url": _url(ordered, after=studies[-1].study_instance_uid)
        if page.has_next and studies
        else None,
        "last_url": _url(ordered, last="1") if page.has_next else None,
        "export_url": f"{reverse('worklist:export')}?{ordered.urlencode()}",
        "count_label": _count_label(page),
        "is_filtered": criteria.is_filtered,
        "is_first": not page.has_previous,
        "is_descending": position.is_descending,
        "clear_url": f"{reverse('worklist:list')}?list={criteria.list_key}",
        "empty_reason": _empty_reason(criteria),
        "meanings": understand(criteria.text, timezone.localdate()).meanings,
        "filters": _filters(criteria, position),
        "choices": _choices(user, facilities),
        "column_choices": [
            {"key": column.key, "label": column.label, "is_shown": column in columns}
            for column in sorted(
                COLUMNS, key=lambda one: columns.index(one) if one in columns else len(columns)
            )
        ],
    }


def _filters(criteria: Criteria, position: Position) -> dict[str, Any]:
    """Return the present values of the filter form."""
    return {
        "list": criteria.list_key,
        "q": criteria.text,
        "date_preset": str(criteria.date_preset),
        "date_from": criteria.date_from.isoformat() if criteria.date_from else "",
        "date_to": criteria.date_to.isoformat() if criteria.date_to else "",
        "modality": criteria.modality,
        "body_part": criteria.body_part,
        "facility": criteria.facility_code,
        "statuses": criteria.statuses,
        "priorities": criteria.priorities,
        "patient_class": criteria.patient_class,
        "reader": criteria.reader,
        "subspecialty": criteria.subspecialty,
        "physician": criteria.physician,
        "overdue": criteria.is_overdue,
        "arriving": criteria.is_arriving,
        "unusual": criteria.unusual_filters,
        "sort": position.column.key,
        "dir": "desc" if position.is_descending else "asc",
    }


def _choices(user: User, facilities: Sequence[Facility]) -> dict[str, Any]:
    """Return what can be chosen in the filters and dialogs."""
    return {
        "date_presets": [str(preset) for preset in DatePreset],
        "modalities": MODALITIES,
        "statuses": ReadingStatus.choices,
        "priorities": Priority.choices,
        "patient_classes": [choice for choice in PatientClass.choices if choice[0]],
        "subspecialties": [(MINE, _("My subspecialties")), *SUBSPECIALTIES.items()],
        "facilities": facilities,
        "readers": [(reader.username, reader.get_full_name()) for reader in readers_of(user)],
        "managed_facilities": list(list_facilities(user)),
    }


def _tab_context(tab: Tab, asked: Asked, settings: ListSettings) -> dict[str, Any]:
    return {
        "key": tab.key,
        "label": tab.label,
        "hint": tab.hint,
        "url": f"{reverse('worklist:list')}?{tab.query}",
        "is_current": tab.key == asked.list_key,
        "is_saved": tab.saved is not None,
        "is_first": tab.key == settings.first_list,
    }


def _column_context(column: Column, position: Position, kept: QueryDict) -> dict[str, str]:
    is_sorted = column is position.column
    descending = not position.is_descending if is_sorted else column.descends
    parameters = kept.copy()
    parameters["sort"], parameters["dir"] = column.key, "desc" if descending else "asc"
    direction = ("descending" if position.is_descending else "ascending") if is_sorted else ""
    return {
        "key": column.key,
        "label": str(column.label),
        "sort_url": _url(parameters),
        "direction": direction,
    }


def _url(parameters: QueryDict, **more: str) -> str:
    parameters = parameters.copy()
    parameters.update(more)
    return f"{reverse('worklist:list')}?{parameters.urlencode()}"


def _count_label(page: Page) -> str:
    if page.count is None:
        return _("more than %(number)s studies") % {"number": _grouped(COUNT_LIMIT)}
    count = ngettext("%(number)s study", "%(number)s studies", page.count)
    return count % {"number": _grouped(page.count)}


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)


def _empty_reason(criteria: Criteria) -> str:
    if criteria.is_filtered:
        return _("No study fits the filters.")
    if criteria.list_key != UNFILTERED_LIST:
        return _("Nothing is in “%(list)s” now.") % {"list": BUILT_IN_OF[criteria.list_key].label}
    return _("There are no studies here that you may see. Send one from a modality, or upload one.")
