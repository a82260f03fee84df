"""The columns of the list: what each is called, what it sorts by, and which of them are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    """A column of the list.

    Attributes
    ----------
    key
        Its name in addresses, templates and settings.
    fields
        What it sorts by, from a study; none of them is ever null, and an index begins with them.
    tie_break
        The key of the study where those fields stand, so that one index holds all of the order.
    is_usual
        Whether it is shown to who has chosen nothing.
    descends
        Whether its first sorting goes from the largest down.
    is_numeric
        Whether its fields and key are numbers or moments, whose order a page can tell without the database.
    """

    key: str
    label: str | Promise
    fields: tuple[str, ...]
    tie_break: str = "pk"
    is_usual: bool = True
    descends: bool = False
    is_numeric: bool = False

    @property
    def order(self) -> tuple[str, ...]:
        """The fields with the tie break."""
        return (*self.fields, self.tie_break)


def _of_reading(
    key: str, label: str | Promise, *fields: str, is_usual: bool = True, is_numeric: bool = False
) -> Column:
    return Column(
        key,
        label,
        tuple(f"reading__{field}" for field in fields),
        tie_break="reading__study_id",
        is_usual=is_usual,
        is_numeric=is_numeric,
    )


COLUMNS: tuple[Column, ...] = (
    _of_reading("priority", _("Priority"), "priority", "due_at", is_numeric=True),
    _of_reading("status", _("Status"), "status_rank", is_numeric=True),
    _of_reading("due", _("Due"), "due_at", is_numeric=True),
    Column("patient", _("Patient"), ("patient_name_key",)),
    Column("patient_id", _("Patient ID"), ("patient_id",)),
    Column("age", _("Age"), ("patient_age_days",), is_numeric=True),
    Column("sex", _("Sex"), ("patient_sex",)),
    _of_reading("facility", _("Site"), "facility_id", is_numeric=True),
    Column("date", _("Study date"), ("study_moment",), descends=True, is_numeric=True),
    Column("description", _("Description"), ("study_description",)),
    Column("modality", _("Modality"), ("modalities_in_study",)),
    Column("images", _("Images"), ("number_of_study_related_instances",), is_numeric=True),
    _of_reading("reader", _("Reader"), "reader_name"),
    Column("accession", _("Accession"), ("accession_number",)),
    Column("body_part", _("Body part"), ("body_parts_examined",), is_usual=False),
    Column("series", _("Series"), ("number_of_study_related_series",), is_usual=False, is_numeric=True),
    _of_reading("subspecialty", _("Subspecialty"), "subspecialty", is_usual=False),
    _of_reading("patient_class", _("Patient class"), "patient_class", is_usual=False),
    _of_reading("physician", _("Referring physician"), "referring_physician_key", is_usual=False),
)
COLUMN_OF = {column.key: column for column in COLUMNS}
DEFAULT_COLUMN = COLUMN_OF["date"]


def chosen_columns(keys: Sequence[str], *, has_sites: bool) -> tuple[Column, ...]:
    """Return the columns of a user in order: those chosen, else the usual ones, with the site where there are several.

    A key that no longer exists is left out; the patient is always shown.
    """
    chosen = [COLUMN_OF[key] for key in dict.fromkeys(keys) if key in COLUMN_OF]
    if not chosen:
        return tuple(one for one in COLUMNS if one.is_usual and (has_sites or one.key != "facility"))
    if COLUMN_OF["patient"] not in chosen:
        chosen.insert(0, COLUMN_OF["patient"])
    return tuple(chosen)
