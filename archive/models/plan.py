"""What a correction changes, as values: shown before it is done, kept after it was, and turned round to undo it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class RowChange:
    """Columns of one row, as they are and as they will be.

    Attributes
    ----------
    model
        Its label, such as ``archive.Series``.
    key
        The lookup that finds the row.
    before, after
        JSON values by field name; of a foreign key the lookup that finds the other row, or None.
    """

    model: str
    key: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def reversed(self) -> "RowChange":
        """Return the change that undoes this one."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class NewRow:
    """A row that is made first, because others will belong to it. Undoing leaves it, empty."""

    model: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class PreviewLine:
    """One thing that changes, in the user's words."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Plan:
    """What one correction will do, computed before anything is written.

    Attributes
    ----------
    correction_uid
        Of the correction to be; rows that it hides refer to it.
    kind
        A `CorrectionKind`.
    studies
        Of all studies whose lists, counts or identity it touches the revision as it was read, by UID; the user must be
        allowed to correct each. A study that is made is not among them.
    patient_pks
        Of the patients whose record it touches.
    lines, notes
        The preview: what changes, and what else is worth knowing.
    doubts
        Why it may be a mistake; whoever carries it out says that it is none.
    """

    correction_uid: str
    kind: str
    studies: Mapping[str, int]
    patient_pks: tuple[int, ...] = ()
    new_rows: tuple[NewRow, ...] = ()
    changes: tuple[RowChange, ...] = ()
    lines: tuple[PreviewLine, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def with_more(self, changes: Iterable[RowChange], notes: Iterable[str] = ()) -> "Plan":
        """Return the plan with what else has to change with it."""
        return replace(self, changes=(*self.changes, *changes), notes=(*self.notes, *notes))

    def reversed(self) -> "Plan":
        """Return the plan that undoes this one; rows that were made stay."""
        return replace(
            self,
            new_rows=(),
            changes=tuple(change.reversed() for change in reversed(self.changes)),
            lines=tuple(PreviewLine(line.what, line.after, line.before) for line in self.lines),
            notes=(),
            doubts=(),
        )

    @property
    def study_uids(self) -> tuple[str, ...]:
        """The UIDs of all studies that it touches, one that is made among them."""
        made = [row.values["study_instance_uid"] for row in self.new_rows if row.model == "archive.Study"]
        return (*self.studies, *made)

    def changes_of(self, model: str) -> list[RowChange]:
        """Return the changes of rows of one model."""
        return [change for change in self.changes if change.model == model]

    def as_json(self) -> dict[str, Any]:
        """Return the plan as it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Plan":
        """Return a plan that was kept."""
        return cls(
            correction_uid=body["correction_uid"],
            kind=body["kind"],
            studies=body["studies"],
            patient_pks=tuple(body["patient_pks"]),
            new_rows=tuple(NewRow(**row) for row in body["new_rows"]),
            changes=tuple(RowChange(**change) for change in body["changes"]),
            lines=tuple(PreviewLine(**line) for line in body["lines"]),
            notes=tuple(body["notes"]),
            doubts=tuple(body.get("doubts", ())),
        )


@dataclass(frozen=True)
class Contribution:
    """What an app above the archive adds to a plan.

    Attributes
    ----------
    changes, notes
        Rows of that app that change with it, and what is worth knowing.
    locked_study_uids
        Studies whose report is final: only whoever may correct those goes on.
    refusal
        Why it is not possible at all; empty where it is.
    """

    changes: tuple[RowChange, ...] = ()
    notes: tuple[str, ...] = ()
    locked_study_uids: frozenset[str] = field(default_factory=frozenset)
    refusal: str = ""
