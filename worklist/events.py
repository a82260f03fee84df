"""Facts that the worklist announces, each after its commit."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class ReadingChanged:
    """A study has moved on in its reading: status, priority, reader or claim.

    Attributes
    ----------
    reader_pks
        Whom it is or was assigned to and who reads or read it; they may be of another facility.
    is_overdue_stat
        Whether it has priority STAT and is outside its goal.
    """

    study_instance_uid: str
    facility_pk: int
    reader_pks: tuple[int, ...] = ()
    is_overdue_stat: bool = False


@dataclass(frozen=True)
class ProcedureChanged:
    """An order was placed or changed, or one of its steps has moved on.

    Attributes
    ----------
    study_instance_uid
        The one that the order gave out; that of its study may be another.
    """

    study_instance_uid: str
    facility_pk: int


reading_changed = Signal()
procedure_changed = Signal()
