"""Verdicts remembered for a moment: this session may see that study, and its opening is on record.

The tiles of a stack are asked for one by one, and the question whether the reader may see them has the same answer each
time. The answer is kept in this process until the stamp of rights is another, or something about the session falls due,
a minute at most. Whoever is not remembered here goes the whole way: session, user, permission, audit record.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from viewer.access import VisibleInstance

_MOST_SESSIONS = 2_000
_MOST_INSTANCES = 60_000


@dataclass
class _Admission:
    """The studies that a session may see, and the monotonic time until which that needs no asking."""

    until: float
    studies: set[str] = field(default_factory=set)


class Admissions:
    """What one process remembers under one stamp of rights. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp = 0
        self._sessions: OrderedDict[str, _Admission] = OrderedDict()
        self._instances: OrderedDict[str, VisibleInstance] = OrderedDict()

    def find(self, session_key: str, sop_instance_uid: str, *, stamp: int) -> VisibleInstance | None:
        """Return an instance that the session was admitted to under this stamp; None where that is to be asked."""
        with self._lock:
            if stamp != self._stamp:
                return None
            admission = self._sessions.get(session_key)
            instance = self._instances.get(sop_instance_uid)
        if admission is None or instance is None or time.monotonic() >= admission.until:
            return None
        return instance if instance.study_instance_uid in admission.studies else None

    def knows(self, sop_instance_uid: str, *, stamp: int) -> bool:
        """Return whether the instance is remembered under this stamp, for whomever."""
        with self._lock:
            return stamp == self._stamp and sop_instance_uid in self._instances

    def remember(
        self,
        session_key: str,
        study_instance_uid: str,
        instances: dict[str, VisibleInstance],
        *,
        stamp: int,
        seconds: float,
    ) -> None:
        """Remember that a session may see a study, for so long.

        Parameters
        ----------
        session_key, study_instance_uid
            Who, and what; the opening of the study is on record.
        instances
            By SOP Instance UID; they may be of any study.
        stamp
            As it was read before anything about session or user was asked.
        seconds
            Until something about the session falls due.
        """
        with self._lock:
            if stamp != self._stamp:
                self._forget(stamp)
            admission = self._sessions.setdefault(session_key, _Admission(0.0))
            admission.until = time.monotonic() + seconds
            admission.studies.add(study_instance_uid)
            self._sessions.move_to_end(session_key)
            self._instances.update(instances)
            _shorten(self._sessions, _MOST_SESSIONS)
            _shorten(self._instances, _MOST_INSTANCES)

    def _forget(self, stamp: int) -> None:
        self._stamp = stamp
        self._sessions.clear()
        self._instances.clear()


def _shorten(entries: "OrderedDict[str, _Admission] | OrderedDict[str, VisibleInstance]", most: int) -> None:
    while len(entries) > most:
        entries.popitem(last=False)


admissions = Admissions()
