"""Pages of the list: filtered, in any order, by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

from accounts.models import User
from archive.access import visible_studies
from archive.models import Study
from worklist.built_in import BUILT_IN_OF
from worklist.criteria import Criteria, Position
from worklist.matching_studies import are_few, matching
from worklist.models import ScheduledProcedureStep, SkippedTask
from worklist.row_comparison import RowBeyond

PAGE_ROWS = 50
# Counting further would cost more than the page; nobody reads on from here without a filter.
COUNT_LIMIT = 1000
# A reader who has set aside more than this has set aside the oldest of them in vain.
_SKIPS_HEEDED = 500
# What a row shows beside the study itself.
_BESIDE = ("facility__department", "reading")


@dataclass(frozen=True)
class _Way:
    """How the rows of a page are come by.

    Attributes
    ----------
    sorts
        Whether all rows that fit are fetched and sorted, since they are few. Otherwise the index of the order is
        walked until the page is full, which passes by everything that does not fit: few rows are far between, and may
        all lie at its other end, as what waits does in an order by the time due.
    """

    position: Position
    backwards: bool
    set_aside: list[int]
    sorts: bool

    @property
    def descends(self) -> bool:
        """Whether the database is to begin with the largest."""
        return self.position.is_descending != self.backwards

    @property
    def terms(self) -> list[F | Coalesce]:
        """What is compared and sorted by; as an expression, which no index answers, where all that fits is sorted."""
        order = self.position.column.order
        return [Coalesce(field, field) if self.sorts else F(field) for field in order]


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
    set_aside
        Keys of the studies that come last for this reader.
    """

    studies: list[Study]
    has_previous: bool
    has_next: bool
    count: int | None
    set_aside: frozenset[int] = frozenset()


def list_page(user: User, criteria: Criteria, position: Position, *, today: date) -> Page:
    """Return one page of the studies that a user may see.

    The cost does not depend on how far down the list the page lies.
    """
    visible = visible_studies(user)
    fitting = matching(visible, criteria, user=user, today=today)
    count = _count(fitting)
    way = _Way(
        position,
        backwards=bool(position.before_uid) or position.is_last,
        set_aside=_set_aside(user, criteria),
        sorts=count is not None or _sorts(criteria, position, today),
    )
    # The keys first: a sort of bare keys is small, and no join of what a row shows misleads the planner.
    beyond = _ordered(_beyond_anchor(fitting, visible, way), way)
    keys = list(beyond.values_list("pk", flat=True)[: PAGE_ROWS + 1]) if count != 0 else []
    has_more = len(keys) > PAGE_ROWS
    shown = studies_in_order(keys[:PAGE_ROWS])
    return Page(
        studies=shown[::-1] if way.backwards else shown,
        has_previous=has_more if way.backwards else bool(position.after_uid),
        has_next=bool(position.before_uid) if way.backwards else has_more,
        count=count,
        set_aside=frozenset(way.set_aside),
    )


def with_all_of_rows(studies: QuerySet[Study]) -> QuerySet[Study]:
    """Select with studies what their rows show."""
    return studies.select_related(*_BESIDE)


def fits(user: User, criteria: Criteria, study: Study, *, today: date) -> bool:
    """Return whether a study that the user may see is in a list."""
    if criteria == Criteria():
        return True
    return matching(Study.objects.filter(pk=study.pk), criteria, user=user, today=today).exists()


def set_aside_keys(user: User, criteria: Criteria, studies: list[Study]) -> frozenset[int]:
    """Return the keys of those studies that come last for the user in a list."""
    keys = {study.pk for study in studies}
    return frozenset(pk for pk in _set_aside(user, criteria) if pk in keys)


def count_of(user: User, criteria: Criteria, *, today: date) -> int | None:
    """Return how many studies a list holds for a user; None when there are more than ``COUNT_LIMIT``."""
    return _count(matching(visible_studies(user), criteria, user=user, today=today))


def ordered_keys(
    studies: QuerySet[Study],
    criteria: Criteria,
    position: Position,
    *,
    user: User,
    today: date,
    at_most: int,
) -> list[int]:
    """Return the keys of those studies that are in a list, in its order."""
    fitting = matching(studies, criteria, user=user, today=today)
    way = _Way(
        position,
        backwards=False,
        set_aside=_set_aside(user, criteria),
        sorts=_sorts(criteria, position, today),
    )
    ordered = _ordered(fitting, way)
    return list(ordered.values_list("pk", flat=True)[:at_most])


def studies_in_order(keys: Sequence[int]) -> list[Study]:
    """Return the studies of the keys in their order, with what rows show; those that are gone are left out."""
    studies = with_all_of_rows(Study.objects.filter(pk__in=keys)).in_bulk()
    return [studies[key] for key in keys if key in studies]


def expected_instances(studies: Sequence[Study]) -> dict[int, int]:
    """Return by key of the study how many images its modality or technologist announced, where anybody did."""
    announced = (
        ScheduledProcedureStep.objects.filter(
            requested_procedure__study__in=[study.pk for study in studies], expected_instances__gt=0
        )
        .values("requested_procedure__study")
        .annotate(expected=Sum("expected_instances"))
        .values_list("requested_procedure__study", "expected")
    )
    return {int(pk): expected for pk, expected in announced}


def _set_aside(user: User, criteria: Criteria) -> list[int]:
    """Return the keys of the studies that come last for their reader in this list."""
    chosen = BUILT_IN_OF.get(criteria.list_key)
    if chosen is None or not chosen.sets_aside:
        return []
    skips = SkippedTask.objects.filter(user=user.pk).order_by("-skipped_at")
    return list(skips.values_list("task_id", flat=True)[:_SKIPS_HEEDED])


def _ordered(studies: QuerySet[Study], way: _Way) -> QuerySet[Study]:
    order: list[OrderBy | str] = [term.desc() if way.descends else term.asc() for term in way.terms]
    if way.set_aside:
        last = Case(When(pk__in=way.set_aside, then=Value(1)), default=Value(0), output_field=IntegerField())
        studies = studies.annotate(is_set_aside=last)
        order.insert(0, "-is_set_aside" if way.backwards else "is_set_aside")
    if way.position.column.tie_break != "pk":
        # Without a reading task a study has no place in an order by reading.
        studies = studies.filter(reading__isnull=False)
    if way.position.column.key == "facility" and not way.sorts:
        studies = _within_facilities(studies)
    return studies.order_by(*order)


def _sorts(criteria: Criteria, position: Position, today: date) -> bool:
    """Return whether all that fits is to be sorted; those found by a name lie together in the order of names."""
    is_of_names = bool(criteria.text) and position.column.key == "patient"
    return is_of_names or are_few(criteria, today)


def _within_facilities(studies: QuerySet[Study]) -> QuerySet[Study]:
    """Let an order by facility begin at the first facility in sight, not at the first of all."""
    seen = studies.order_by("facility_id").values_list("facility_id", flat=True)
    first, last = seen.first(), seen.last()
    return studies.filter(reading__facility__gte=first, reading__facility__lte=last) if first else studies


def _beyond_anchor(studies: QuerySet[Study], visible: QuerySet[Study], way: _Way) -> QuerySet[Study]:
    """Keep the rows that lie beyond the row at which the page begins, if that row still exists.

    Only a visible row is looked at: where a study of somebody else would stand in the list tells its values.
    """
    uid, order = way.position.after_uid or way.position.before_uid, way.position.column.order
    anchor = visible.filter(study_instance_uid=uid).values_list("pk", *order).first() if uid else None
    if anchor is None or None in anchor:
        return studies
    pk, *values = anchor
    beyond = Q(RowBeyond(*way.terms, *map(Value, values), operator="<" if way.descends else ">"))
    if way.set_aside:
        aside = Q(pk__in=way.set_aside)
        is_aside = pk in way.set_aside
        same, other = (aside, ~aside) if is_aside else (~aside, aside)
        # Going forwards what is set aside comes after the rest, going backwards before it.
        beyond = same & beyond if is_aside != way.backwards else (same & beyond) | other
    return studies.filter(beyond)


def _count(studies: QuerySet[Study]) -> int | None:
    counted = studies.order_by()[: COUNT_LIMIT + 1].count()
    return counted if counted <= COUNT_LIMIT else None
