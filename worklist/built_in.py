"""The lists that everybody has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from worklist.columns import COLUMN_OF, DEFAULT_COLUMN, Column
from worklist.criteria import UNFILTERED_LIST
from worklist.models import Priority, Reader
from worklist.states import ReadingStatus

_STATUS = ReadingStatus
# Not yet final, and not given up.
OPEN = (
    _STATUS.IN_PROGRESS,
    _STATUS.COMPLETED,
    _STATUS.CHECKED,
    _STATUS.BEING_READ,
    _STATUS.PRELIMINARY,
    _STATUS.DISCONTINUED,
)
# All images are there, and the report is not.
WAITING = (_STATUS.COMPLETED, _STATUS.CHECKED, _STATUS.BEING_READ, _STATUS.PRELIMINARY)
# A STAT study is read while its images arrive or wait to be checked.
UNREAD = Q(reading__status=_STATUS.CHECKED) | Q(
    reading__priority=Priority.STAT, reading__status__in=[_STATUS.IN_PROGRESS, _STATUS.COMPLETED]
)


def overdue(now: datetime) -> Q:
    """Return the condition that a study is outside its goal and not yet final."""
    return Q(reading__status__in=WAITING, reading__due_at__lt=now)


def read_by(user: User) -> Q:
    """Return the condition that a study is assigned to a user or that the user is reading it."""
    return Q(reading__assigned_to=user) | Q(reading__claimed_by=user)


def of_subspecialties(user: User) -> Q:
    """Return the condition that a study is what the user reads at its facility; who has no profile reads everything."""
    profiles = list(Reader.objects.filter(user=user).values_list("facility_id", "subspecialties"))
    condition = Q()
    for facility_pk, codes in profiles:
        one = Q(reading__facility=facility_pk)
        condition |= one & Q(reading__subspecialty__in=codes) if codes else one
    return condition


@dataclass(frozen=True)
class BuiltInList:
    """A list that everybody has.

    Attributes
    ----------
    condition
        What its studies fulfil, for a user at a moment.
    sets_aside
        Whether what its reader has skipped comes last.
    """

    key: str
    label: str | Promise
    hint: str | Promise
    condition: Callable[[User, datetime], Q]
    column: Column = COLUMN_OF["priority"]
    is_descending: bool = False
    sets_aside: bool = False


BUILT_IN: tuple[BuiltInList, ...] = (
    BuiltInList(
        "unread",
        _("Unread"),
        _(
            "Checked and waiting for a reader; STAT also while images arrive. By priority, then by the time due."
        ),
        lambda user, now: UNREAD,
        sets_aside=True,
    ),
    BuiltInList(
        "mine",
        _("Mine"),
        _("Assigned to me, or being read by me."),
        lambda user, now: read_by(user) & Q(reading__status__in=OPEN),
        sets_aside=True,
    ),
    BuiltInList(
        "subspecialty",
        _("My subspecialty"),
        _("Unread studies of the subspecialties in my profile."),
        lambda user, now: UNREAD & of_subspecialties(user),
        sets_aside=True,
    ),
    BuiltInList(
        "stat",
        _("STAT"),
        _("Everything with priority STAT that is not final."),
        lambda user, now: Q(reading__priority=Priority.STAT, reading__status__in=OPEN),
    ),
    BuiltInList(
        "to_sign",
        _("To sign"),
        _("Preliminary reports of mine."),
        lambda user, now: Q(reading__status=_STATUS.PRELIMINARY, reading__preliminary_by=user),
    ),
    BuiltInList(
        "over_read",
        _("Over-read"),
        _("Preliminary reports of colleagues."),
        lambda user, now: Q(reading__status=_STATUS.PRELIMINARY) & ~Q(reading__preliminary_by=user),
    ),
    BuiltInList(
        "being_read",
        _("Being read"),
        _("What somebody is reading now, or has laid aside."),
        lambda user, now: Q(reading__status=_STATUS.BEING_READ),
    ),
    BuiltInList(
        "overdue",
        _("Overdue"),
        _("Outside the goal of its facility, and not final."),
        lambda user, now: overdue(now),
    ),
    BuiltInList(
        UNFILTERED_LIST,
        _("All studies"),
        _("Everything that you may see, the newest first."),
        lambda user, now: Q(),
        column=DEFAULT_COLUMN,
        is_descending=True,
    ),
)
BUILT_IN_OF = {one.key: one for one in BUILT_IN}
