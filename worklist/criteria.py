"""What a user asks of the list, as values."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DatePreset(StrEnum):
    """Ranges of Study Date at one click."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"
    RANGE = "range"


@dataclass(frozen=True)
class Criteria:
    """Filters of the list; an empty value does not filter."""

    text: str = ""
    modality: str = ""
    facility_code: str = ""
    status: str = ""
    body_part: str = ""
    date_preset: DatePreset = DatePreset.ALL
    date_from: date | None = None
    date_to: date | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return self != Criteria()

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


@dataclass(frozen=True)
class Column:
    """A column of the list that can be sorted by.

    Attributes
    ----------
    key
        Its name in addresses and templates.
    field
        The model field that orders it; never null, and indexed together with the primary key.
    """

    key: str
    label: str | Promise
    field: str


COLUMNS: tuple[Column, ...] = (
    Column("patient", _("Patient"), "patient_name_key"),
    Column("patient_id", _("Patient ID"), "patient_id"),
    Column("age", _("Age"), "patient_age_days"),
    Column("sex", _("Sex"), "patient_sex"),
    Column("date", _("Study date"), "study_moment"),
    Column("description", _("Description"), "study_description"),
    Column("modality", _("Modality"), "modalities_in_study"),
    Column("body_part", _("Body part"), "body_parts_examined"),
    Column("accession", _("Accession"), "accession_number"),
    Column("series", _("Series"), "number_of_study_related_series"),
    Column("images", _("Images"), "number_of_study_related_instances"),
    Column("status", _("Status"), "status"),
    Column("facility", _("Facility"), "facility_id"),
)
COLUMN_OF = {column.key: column for column in COLUMNS}
DEFAULT_COLUMN = COLUMN_OF["date"]


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
