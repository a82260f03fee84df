"""What a user asks of the list, as values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from worklist.columns import DEFAULT_COLUMN, Column


class DatePreset(StrEnum):
    """Ranges of Study Date at one click."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"
    RANGE = "range"


# Who reads a study, beside the user names of people.
ME, NOBODY = "me", "nobody"
# The subspecialties of the user's own profile.
MINE = "mine"
UNFILTERED_LIST = "all"


@dataclass(frozen=True)
class Criteria:
    """Filters of the list; an empty value does not filter.

    Attributes
    ----------
    list_key
        The built-in list that is narrowed.
    reader
        Who reads it or is to: `ME`, `NOBODY` or a user name.
    """

    list_key: str = UNFILTERED_LIST
    text: str = ""
    modality: str = ""
    facility_code: str = ""
    statuses: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    patient_class: str = ""
    reader: str = ""
    subspecialty: str = ""
    physician: str = ""
    body_part: str = ""
    is_overdue: bool = False
    is_arriving: bool = False
    date_preset: DatePreset = DatePreset.ALL
    date_from: date | None = None
    date_to: date | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return self != Criteria(list_key=self.list_key)

    @property
    def unusual_filters(self) -> int:
        """How many of the filters are set that stand behind the others."""
        behind = (self.statuses, self.priorities, self.patient_class, self.reader, self.subspecialty)
        return sum(map(bool, (*behind, self.physician, self.body_part, self.is_overdue, self.is_arriving)))

    def date_range(self, today: date) -> tuple[date | None, date | None]:
        """Return first and last Study Date asked for, both included."""
        match self.date_preset:
            case DatePreset.TODAY:
                return today, today
            case DatePreset.YESTERDAY:
                return today - timedelta(days=1), today - timedelta(days=1)
            case DatePreset.WEEK:
                return today - timedelta(days=6), today
            case DatePreset.MONTH:
                return today - timedelta(days=29), today
            case DatePreset.RANGE:
                return self.date_from, self.date_to
            case DatePreset.ALL:
                return None, None

    def as_json(self) -> dict[str, Any]:
        """Return what differs from asking for nothing, for keeping."""
        nothing = asdict(Criteria())
        values = {name: value for name, value in asdict(self).items() if value != nothing[name]}
        return {
            name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()
        }


def criteria_from_json(kept: Mapping[str, Any]) -> Criteria:
    """Return the criteria that were kept; what this version does not know does not filter.

    Raises
    ------
    ValueError, TypeError
        A value is not of its kind.
    """
    values = {name: value for name, value in kept.items() if name in Criteria.__dataclass_fields__}
    for name in ("statuses", "priorities"):
        if name in values:
            values[name] = tuple(values[name])
    for name in ("date_from", "date_to"):
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    if "date_preset" in values:
        values["date_preset"] = DatePreset(values["date_preset"])
    return replace(Criteria(), **values)


@dataclass(frozen=True)
class Position:
    """Which page of the list: the order, and from where.

    Attributes
    ----------
    after_uid, before_uid
        Study Instance UID of the row after or before which the page lies; a key stays right while studies arrive,
        a page number does not, and it says nothing about a patient.
    is_last
        The page at the end of the list.
    """

    column: Column = DEFAULT_COLUMN
    is_descending: bool = True
    after_uid: str = ""
    before_uid: str = ""
    is_last: bool = False
