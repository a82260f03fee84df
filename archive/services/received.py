"""The values that every door hands to the corridor and gets back."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from accounts.models import Facility
from audit.actors import Actor


class Origin(StrEnum):
    """The door through which an instance came."""

    DIMSE = "dimse"
    UPLOAD = "upload"
    IMPORT = "import"
    VIEWER = "viewer"
    """Made here, of what readers marked."""
    CORRECTION = "correction"
    """Made here, to say what was rejected."""


class Outcome(StrEnum):
    """What became of an instance.

    After ``stored``, ``duplicate`` and ``conflict`` the sender may forget its copy: the bytes are durable here.
    """

    STORED = "stored"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ReceivedInstance:
    """One file as it stands at a door.

    Attributes
    ----------
    source
        Open for reading; read once from where it stands. The door closes it.
    name
        What the sender called it. Shown back to the sender, never logged or used as a path.
    """

    source: BinaryIO
    name: str = ""


@dataclass(frozen=True)
class IngestResult:
    """What became of one received instance, and why where it was not simply stored."""

    outcome: Outcome
    name: str = ""
    reason: str = ""
    sop_instance_uid: str = ""
    study_instance_uid: str = ""


@dataclass
class ArrivalSession:
    """One association, upload or import run: who sends, for which facility, and what has come so far."""

    origin: Origin
    actor: Actor
    facility: Facility
    counts: Counter[Outcome] = field(default_factory=Counter)
    # Studies whose arrival in this session is on the audit record already.
    audited_study_uids: set[str] = field(default_factory=set)
