"""Rows of the list as the template shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from archive.models import ReceptionStatus, Study
from archive.presentation import age_of
from dicomkit.person_name import display_name
from worklist.columns import Column
from worklist.local_time import zone_name, zone_of
from worklist.modalities import split_modalities
from worklist.models import PatientClass, Priority, ReadingTask
from worklist.services.subspecialty import SUBSPECIALTIES
from worklist.states import ReadingStatus
from worklist.time_left import Clock, clock_of


@dataclass(frozen=True)
class Cell:
    """One cell of a row.

    Attributes
    ----------
    kind
        Which function of `row_html` writes it; "text" writes nothing but the text.
    """

    key: str
    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Row:
    """One study of the list, as text.

    Attributes
    ----------
    order
        The values that it is sorted by, as numbers, where a page can compare them; else empty.
    is_here
        Whether the list that it is shown in still holds it.
    notes
        Modalities of objects about the images, shown briefly.
    reader_since
        Since when its reader reads it, on the clock of its facility; empty where it is only assigned.
    """

    study_instance_uid: str
    viewer_url: str
    status: str
    cells: list[Cell]
    clock: Clock | None
    order: list[float]
    is_here: bool
    is_set_aside: bool
    is_arriving: bool
    is_own: bool
    priority: int
    modalities: list[str]
    notes: list[str]
    reader_since: str
    last_image: str


@dataclass(frozen=True)
class RowContext:
    """What rows depend on beside their studies.

    Attributes
    ----------
    names_zones
        Whether the reader sees facilities of several time zones, and each time has to name its own.
    """

    columns: Sequence[Column]
    column: Column
    user_pk: int | None
    now: datetime
    expected: dict[int, int]
    set_aside: frozenset[int] = frozenset()
    names_zones: bool = False

    # Words and addresses that every row needs are looked up once.
    @cached_property
    def labels(self) -> dict[object, str]:
        """The words for priorities and statuses."""
        return {value: str(label) for value, label in (*Priority.choices, *ReadingStatus.choices)}

    @cached_property
    def viewer_address(self) -> tuple[str, str]:
        """What comes before and after the UID in the address of the viewer."""
        before, _uid, after = reverse("viewer:study", args=["0.0"]).rpartition("0.0")
        return before, after


def row_of(study: Study, context: RowContext, *, is_here: bool = True) -> Row:
    """Return the row of a study; what `selectors.with_all_of_rows` names must have been selected with it."""
    task, zone = getattr(study, "reading", None), zone_of(study.facility)
    modalities, notes = split_modalities(study.modalities_in_study)
    is_aside = study.pk in context.set_aside
    return Row(
        study_instance_uid=study.study_instance_uid,
        viewer_url=study.study_instance_uid.join(context.viewer_address),
        status=task.status if task else ReadingStatus.IN_PROGRESS,
        cells=[
            Cell(column.key, _TEXT_OF[column.key](study, task, context), _KIND_OF.get(column.key, "text"))
            for column in context.columns
        ],
        clock=clock_of(task, context.now) if task else None,
        order=_order(study, context.column, is_aside),
        is_here=is_here,
        is_set_aside=is_aside,
        is_arriving=study.status == ReceptionStatus.RECEIVING,
        is_own=bool(task and context.user_pk and task.claimed_by_id == context.user_pk),
        priority=task.priority if task else Priority.ROUTINE,
        modalities=modalities,
        notes=notes,
        reader_since=_time(task.claimed_at, zone, context) if task and task.claimed_at else "",
        last_image=_time(study.last_instance_at, zone, context),
    )


def text_of(study: Study, column: Column, context: RowContext) -> str:
    """Return the text of one cell."""
    return _TEXT_OF[column.key](study, getattr(study, "reading", None), context)


def _time(moment: datetime, zone: ZoneInfo, context: RowContext) -> str:
    """Return a moment on a facility's clock, with the date where it is not today's there, and the zone if need be."""
    local = moment.astimezone(zone)
    is_today = local.date() == context.now.astimezone(zone).date()
    text = local.strftime("%H:%M" if is_today else "%Y-%m-%d %H:%M")
    return f"{text} {zone_name(local)}" if context.names_zones else text


def _site(study: Study, task: ReadingTask | None, context: RowContext) -> str:
    """Return the code of the facility, with the zone of the study's date and time where sites differ."""
    code = study.facility.code
    if not context.names_zones:
        return code
    return f"{code} {zone_name(context.now.astimezone(zone_of(study.facility)))}"


def _order(study: Study, column: Column, is_aside: bool) -> list[float]:
    if not column.is_numeric:
        return []
    values: list[float] = [float(is_aside)]
    for path in column.order:
        value: object = study
        for name in path.split("__"):
            value = getattr(value, name, None)
        if value is None:
            return []
        values.append(value.timestamp() * 1000 if isinstance(value, datetime) else float(str(value)))
    return values


def _images(study: Study, task: ReadingTask | None, context: RowContext) -> str:
    count, expected = study.number_of_study_related_instances, context.expected.get(study.pk)
    if not expected or expected == count:
        return str(count)
    return _("%(count)d of %(expected)d") % {"count": count, "expected": expected}


def _moment(study: Study, task: ReadingTask | None, context: RowContext) -> str:
    date = study.study_date.isoformat() if study.study_date else ""
    return f"{date} {study.study_time.strftime('%H:%M')}" if date and study.study_time else date


_Text = Callable[[Study, ReadingTask | None, RowContext], str]
_TEXT_OF: dict[str, _Text] = {
    "priority": lambda study, task, context: context.labels[task.priority] if task else "",
    "status": lambda study, task, context: context.labels[task.status if task else ReadingStatus.IN_PROGRESS],
    "due": lambda study, task, context: _due(study, task, context),
    "patient": lambda study, task, context: display_name(study.patient_name),
    "patient_id": lambda study, task, context: study.patient_id,
    "age": lambda study, task, context: age_of(study),
    "sex": lambda study, task, context: study.patient_sex,
    "date": _moment,
    "description": lambda study, task, context: study.study_description,
    "modality": lambda study, task, context: study.modalities_in_study.replace("\\", ", "),
    "images": _images,
    "reader": lambda study, task, context: task.reader_name if task else "",
    "accession": lambda study, task, context: study.accession_number,
    "facility": _site,
    "body_part": lambda study, task, context: study.body_parts_examined.replace("\\", ", "),
    "series": lambda study, task, context: str(study.number_of_study_related_series),
    "subspecialty": lambda study, task, context: (
        str(SUBSPECIALTIES.get(task.subspecialty, task.subspecialty)) if task else ""
    ),
    "patient_class": lambda study, task, context: (
        str(PatientClass(task.patient_class).label) if task and task.patient_class else ""
    ),
    "physician": lambda study, task, context: display_name(study.referring_physician_name),
}
_KIND_OF = {
    "priority": "priority",
    "status": "status",
    "due": "due",
    "patient": "patient",
    "date": "moment",
    "modality": "modality",
    "images": "images",
    "series": "count",
    "reader": "reader",
}


def _due(study: Study, task: ReadingTask | None, context: RowContext) -> str:
    return _time(task.due_at, zone_of(study.facility), context) if task else ""
