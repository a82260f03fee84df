"""Reads of the audit log: the auditor's search, and the walk along the chain that finds tampering."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.access import visible_events
from audit.anchors import AnchorFile, read_anchors
from audit.chain import HASHED_FIELDS, chained_hash
from audit.models import GENESIS_HASH, AuditChainHead, AuditEvent

CHUNK_ROWS = 2000
MAXIMUM_FAULTS = 1000


@dataclass(frozen=True)
class LogFilter:
    """What an auditor looks for; an empty value does not restrict."""

    first_day: date | None = None
    last_day: date | None = None
    username: str = ""
    patient_id: str = ""
    study_instance_uid: str = ""
    event_type: str = ""
    refused_only: bool = False


def events_for_auditor(user: Any, *, log_filter: LogFilter) -> QuerySet[AuditEvent]:
    """Return the records that the user may see and that match, newest first."""
    found = visible_events(user)
    if log_filter.first_day:
        found = found.filter(time__gte=_midnight(log_filter.first_day))
    if log_filter.last_day:
        found = found.filter(time__lt=_midnight(log_filter.last_day + timedelta(days=1)))
    if log_filter.username:
        found = found.filter(actor_identifier=log_filter.username)
    if log_filter.patient_id:
        found = found.filter(patient_id=log_filter.patient_id)
    if log_filter.study_instance_uid:
        found = found.filter(study_instance_uid=log_filter.study_instance_uid)
    if log_filter.event_type:
        found = found.filter(event_type=log_filter.event_type)
    if log_filter.refused_only:
        found = found.filter(~Q(outcome=0))
    return found.order_by("-seq")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class FaultKind(StrEnum):
    """What may be wrong at a place of the chain."""

    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"
    BEYOND_HEAD = "beyond_head"
    CUT_OFF = "cut_off"
    HEAD_CHANGED = "head_changed"
    ANCHOR_BROKEN = "anchor_broken"
    ANCHOR_DIFFERS = "anchor_differs"


@dataclass(frozen=True)
class Fault:
    """One place where the chain does not hold.

    Parameters
    ----------
    seq
        Place in the chain, or the line number for a broken anchor.
    kind
        What is wrong.
    explanation
        The same in words.
    """

    seq: int
    kind: FaultKind
    explanation: str


@dataclass(frozen=True)
class ChainReport:
    """Outcome of a walk along the chain.

    Parameters
    ----------
    rows
        Records read.
    anchors
        Anchors compared.
    faults
        Places found wrong, at most ``MAXIMUM_FAULTS``.
    resume_after
        Where to go on when the walk stopped at its limit, else None.
    """

    rows: int
    anchors: int
    faults: tuple[Fault, ...]
    resume_after: int | None = None

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults


def verify_chain(*, after_seq: int = 0, limit: int | None = None) -> ChainReport:
    """Walk along the chain and report every place where a record was changed, removed, put in or moved.

    Reads in chunks, may run while the system writes, and needs the key of the audit log.

    Parameters
    ----------
    after_seq
        Start behind this place, whose own hash is taken as it stands. 0 starts at the beginning.
    limit
        Stop after this many records; None walks to the end. Only a walk that reaches the end judges the end.
    """
    return _Walk(read_anchors(), after_seq).run(limit)


class _Walk:
    """State of one walk along the chain."""

    def __init__(self, anchor_file: AnchorFile, after_seq: int) -> None:
        self.anchor_file = anchor_file
        self.anchored = {anchor.seq: anchor.hash for anchor in anchor_file.anchors}
        self.after_seq = after_seq
        self.faults: list[Fault] = []
        self.rows = 0
        self.last_seq = after_seq
        self.last_hash = GENESIS_HASH
        self.head = _head()
        self.head_hash_seen = GENESIS_HASH

    def run(self, limit: int | None) -> ChainReport:
        if self.after_seq:
            first = AuditEvent.objects.filter(seq=self.after_seq).values_list("hash", flat=True).first()
            self.last_hash = first or ""
        for row in _rows(self.after_seq):
            if limit is not None and self.rows >= limit:
                return self._report(resume_after=self.last_seq)
            self._check(row)
        self._check_end()
        return self._report(resume_after=None)

    def _report(self, resume_after: int | None) -> ChainReport:
        return ChainReport(self.rows, len(self.anchored), tuple(self.faults[:MAXIMUM_FAULTS]), resume_after)

    def _fault(self, seq: int, kind: FaultKind, explanation: str) -> None:
        if len(self.faults) < MAXIMUM_FAULTS:
            self.faults.append(Fault(seq, kind, explanation))

    def _check(self, row: dict[str, Any]) -> None:
        seq = row["seq"]
        self.rows += 1
        if seq > self.last_seq + 1:
            self._fault(
                self.last_seq + 1, FaultKind.MISSING, f"records {self.last_seq + 1} to {seq - 1} are missing"
            )
        elif row["previous_hash"] != self.last_hash:
            self._fault(seq, FaultKind.UNLINKED, "does not follow the record before it")
        if chained_hash(row["previous_hash"], row) != row["hash"]:
            self._fault(seq, FaultKind.CHANGED, "its content does not match its hash")
        if seq in self.anchored and self.anchored[seq] != row["hash"]:
            self._fault(seq, FaultKind.ANCHOR_DIFFERS, "an anchor names another hash for it")
        if seq == self.head.seq:
            self.head_hash_seen = row["hash"]
        self.last_seq, self.last_hash = seq, row["hash"]

    def _check_end(self) -> None:
        """Judge the end: by the head as it was before the walk and after it, and by the anchors."""
        if self.after_seq == 0:
            for number in self.anchor_file.broken_lines:
                self._fault(
                    number, FaultKind.ANCHOR_BROKEN, f"line {number} of the anchors was changed or moved"
                )
        newest_anchor = max(self.anchored, default=0)
        promised = max(self.head.seq, newest_anchor)
        if promised > self.last_seq:
            explanation = f"records {self.last_seq + 1} to {promised} are missing at the end"
            self._fault(self.last_seq + 1, FaultKind.CUT_OFF, explanation)
        elif self.after_seq < self.head.seq and self.head_hash_seen != self.head.hash:
            self._fault(
                self.head.seq, FaultKind.HEAD_CHANGED, "the head of the chain names another hash for it"
            )
        head_after = _head().seq
        if self.last_seq > head_after:
            self._fault(head_after + 1, FaultKind.BEYOND_HEAD, "records stand beyond the head of the chain")


def _head() -> AuditChainHead:
    return AuditChainHead.objects.filter(pk=AuditChainHead.ONLY_PK).first() or AuditChainHead()


def _rows(after_seq: int) -> Iterator[dict[str, Any]]:
    """Yield all records behind the place in order; from the start also those numbered below 1, which nobody wrote."""
    columns = (*HASHED_FIELDS, "previous_hash", "hash")
    lower = Q(seq__gt=after_seq) if after_seq else Q()
    while True:
        chunk = list(AuditEvent.objects.filter(lower).order_by("seq").values(*columns)[:CHUNK_ROWS])
        yield from chunk
        if len(chunk) < CHUNK_ROWS:
            return
        lower = Q(seq__gt=chunk[-1]["seq"])
