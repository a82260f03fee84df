"""Facts that the worklist announces, each after its commit."""

from dataclasses import dataclass

from django.dispatch import Signal


@dataclass(frozen=True)
class ReadingChanged:
    """A study has moved on in its reading: status, priority, reader or claim."""

    study_instance_uid: str
    facility_pk: int


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
