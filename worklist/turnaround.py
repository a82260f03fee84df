"""How long studies take from the end of the examination to the final report.

Percentiles are exact, by nearest rank, and found by the database: no row of a study leaves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, F, Max, Q, QuerySet, Window
from django.db.models.functions import Ceil, RowNumber, TruncDate
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility, User
from worklist.access import goal_facilities
from worklist.local_time import day_at
from worklist.models import Priority, ReadingTask


@dataclass(frozen=True)
class Grouping:
    """By what turn-around times are compared."""

    key: str
    label: str | Promise
    field: str


GROUPINGS: tuple[Grouping, ...] = (
    Grouping("modality", _("Modality"), "modality"),
    Grouping("priority", _("Priority"), "priority"),
    Grouping("facility", _("Site"), "facility__code"),
    Grouping("reader", _("Reader"), "final_by__username"),
    Grouping("class", _("Patient class"), "patient_class"),
    Grouping("day", _("Day"), "day"),
)
GROUPING_OF = {grouping.key: grouping for grouping in GROUPINGS}


@dataclass(frozen=True)
class Turnaround:
    """The turn-around times of one group of final studies."""

    group: str
    studies: int
    median: timedelta
    ninetieth: timedelta
    longest: timedelta
    outside: int

    @property
    def outside_percent(self) -> float:
        """How many of a hundred studies were final after they were due."""
        return 100 * self.outside / self.studies if self.studies else 0.0


@dataclass(frozen=True)
class Period:
    _("""Days at the facilities, both included.""")

    first: date
    last: date


def turnarounds(
    user: User, *, period: Period, grouping: Grouping, facility: Facility | None = None
) -> list[Turnaround]:
    """Return the turn-around times of each group, of studies that became final within a period.

    Parameters
    ----------
    user
        Sees the facilities whose reading he may assign.
    facility
        One of those; None means all.
    """
    tasks = _final_tasks(user, period, facility)
    totals = {
        row["key"]: row
        for row in tasks.values(key=F(grouping.field)).annotate(
            studies=Count("pk"),
            longest=Max("took"),
            outside=Count("pk", filter=Q(final_at__gt=F("due_at"))),
        )
    }
    ranked = dict(_ranked(tasks, grouping))
    found = [
        Turnaround(
            group=label_of(grouping, key),
            studies=row["studies"],
            median=ranked[key][0],
            ninetieth=ranked[key][1],
            longest=row["longest"],
            outside=row["outside"],
        )
        for key, row in totals.items()
    ]
    return sorted(found, key=lambda one: one.group if grouping.key == "day" else -one.studies)


def label_of(grouping: Grouping, key: object) -> str:
    """Return the words for one group."""
    if grouping.key == "priority":
        return str(Priority(int(str(key))).label)
    if isinstance(key, date):
        return date_format(key, "SHORT_DATE_FORMAT")
    return str(key or _("not known"))


def _final_tasks(user: User, period: Period, facility: Facility | None) -> QuerySet[ReadingTask]:
    facilities = [one for one in goal_facilities(user) if facility in (None, one)]
    within = Q(pk__in=[])
    for one in facilities:
        within |= Q(facility=one, final_at__gte=day_at(one, period.first)[0], final_at__lt=_end(one, period))
    took = ExpressionWrapper(F("final_at") - F("clock_started_at"), output_field=DurationField())
    return ReadingTask.objects.filter(within).annotate(
        took=took, day=TruncDate("final_at", output_field=DateField())
    )


def _end(facility: Facility, period: Period) -> datetime:
    return day_at(facility, period.last)[1]


def _ranked(
    tasks: QuerySet[ReadingTask], grouping: Grouping
) -> Iterator[tuple[object, tuple[timedelta, timedelta]]]:
    """Yield the median and the ninetieth percentile of each group."""
    group = [F(grouping.field)]
    rows = (
        tasks.annotate(
            key=F(grouping.field),
            rank=Window(RowNumber(), partition_by=group, order_by=[F("took"), F("pk")]),
            of=Window(Count("pk"), partition_by=group),
        )
        .filter(Q(rank=Ceil(F("of") * 0.5)) | Q(rank=Ceil(F("of") * 0.9)))
        .order_by("rank")
        .values_list("key", "took")
    )
    found: dict[object, list[timedelta]] = {}
    for key, took in rows:
        found.setdefault(key, []).append(took)
    for key, times in found.items():
        yield key, (times[0], times[-1])
