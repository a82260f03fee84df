"""Pages of the list: filtered, in any order, by key."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from archive.access import visible_studies
from archive.models import Series, Study, StudySearchTerm
from dicomkit.person_name import fold
from worklist.criteria import Criteria, Position

PAGE_ROWS = 50
# Counting further would cost more than the page; nobody reads on from here without a filter.
COUNT_LIMIT = 1000
# Names are typed as "Meier, Anna" and "MEIER^ANNA" too.
_SEPARATORS = str.maketrans("^=,;", "    ")


@dataclass(frozen=True)
class Page:
    """One page of the list.

    Attributes
    ----------
    studies
        In the order asked for.
    has_previous, has_next
        Whether rows lie before and after.
    count
        Rows of the whole list, or None when there are more than ``COUNT_LIMIT``.
    """

    studies: list[Study]
    has_previous: bool
    has_next: bool
    count: int | None


def list_page(user: User | AnonymousUser, criteria: Criteria, position: Position, *, today: date) -> Page:
    """Return one page of the studies that a user may see.

    The cost does not depend on how far down the list the page lies.
    """
    visible = visible_studies(user)
    matching = _matching(visible, criteria, today=today)
    backwards = bool(position.before_uid) or position.is_last
    descending = position.is_descending != backwards
    rows = _beyond_anchor(matching, visible, position, descending=descending)
    order = "-" if descending else ""
    found = list(
        rows.select_related("facility").order_by(f"{order}{position.column.field}", f"{order}pk")[
            : PAGE_ROWS + 1
        ]
    )
    has_more = len(found) > PAGE_ROWS
    studies = found[:PAGE_ROWS]
    if backwards:
        studies.reverse()
        return Page(
            studies, has_previous=has_more, has_next=bool(position.before_uid), count=_count(matching)
        )
    return Page(studies, has_previous=bool(position.after_uid), has_next=has_more, count=_count(matching))


def _matching(studies: QuerySet[Study], criteria: Criteria, *, today: date) -> QuerySet[Study]:
    """Return those studies that fit the criteria, in no order."""
    for word in dict.fromkeys(fold(criteria.text.translate(_SEPARATORS)).split()):
        found = StudySearchTerm.objects.filter(term__begins_with=word[:64]).values("study_id")
        studies = studies.filter(pk__in=found)
    if criteria.modality:
        studies = studies.filter(pk__in=Series.objects.filter(modality=criteria.modality).values("study_id"))
    if criteria.body_part:
        studies = studies.filter(body_parts_examined__icontains=criteria.body_part)
    if criteria.facility_code:
        studies = studies.filter(facility__code=criteria.facility_code)
    if criteria.status:
        studies = studies.filter(status=criteria.status)
    first, last = criteria.date_range(today)
    if first:
        studies = studies.filter(study_moment__gte=datetime.combine(first, time(), tzinfo=UTC))
    if last:
        studies = studies.filter(
            study_moment__lt=datetime.combine(last + timedelta(days=1), time(), tzinfo=UTC)
        )
    return studies


def _beyond_anchor(
    studies: QuerySet[Study], visible: QuerySet[Study], position: Position, *, descending: bool
) -> QuerySet[Study]:
    """Keep the rows that lie beyond the row at which the page begins, if that row still exists.

    Only a visible row is looked at: where a study of somebody else would stand in the list tells its values.
    """
    uid = position.after_uid or position.before_uid
    field = position.column.field
    anchor = visible.filter(study_instance_uid=uid).values_list(field, "pk").first() if uid else None
    if anchor is None:
        return studies
    value, pk = anchor
    beyond = "lt" if descending else "gt"
    # The bound on the column alone lets the index start at the right place; the rest breaks ties by key.
    return studies.filter(
        Q(**{f"{field}__{beyond}e": value})
        & (Q(**{f"{field}__{beyond}": value}) | Q(**{f"pk__{beyond}": pk}))
    )


def _count(studies: QuerySet[Study]) -> int | None:
    counted = studies.order_by()[: COUNT_LIMIT + 1].count()
    return counted if counted <= COUNT_LIMIT else None
