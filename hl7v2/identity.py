"""Who a message speaks of: identifiers with their assigning authority, and what is known of the person.

References
----------
HL7 v2.5.1 3.4.2 (PID), 3.4.10 (MRG), 2.A.14 (CX), 2.A.89 (XPN)
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import Facility
from archive.models import Patient
from archive.services.corrections.identifying import Demographics
from hl7v2.exceptions import MessageError
from hl7v2.message import Message, read_date

# A field that says that there is no value, where an empty one says nothing (2.5.3.1).
_NULL = '""'
_LONGEST_ID, _LONGEST_NAME = 64, 324


@dataclass(frozen=True)
class Identifier:
    """A Patient ID and who has given it out."""

    patient_id: str
    issuer_of_patient_id: str

    def find(self) -> Patient | None:
        """Return the patient of that name tag, merged or not."""
        return Patient.objects.filter(
            patient_id=self.patient_id,
            issuer_of_patient_id=self.issuer_of_patient_id,
            unidentified_study_uid="",
        ).first()

    def create(self, demographics: Demographics) -> Patient:
        """Make the patient, whom nobody knew."""
        return Patient.objects.create(
            patient_id=self.patient_id,
            issuer_of_patient_id=self.issuer_of_patient_id,
            **demographics.columns(),
        )


def identifier(message: Message, facility: Facility, segment: str, number: int, *, of: int = 0) -> Identifier:
    """Return the identifier of a field: of several that of the facility's issuer, else the first.

    Without an assigning authority it is one of the facility's issuer.

    Raises
    ------
    MessageError
        There is none, or it is too long.
    """
    given = [
        Identifier(
            message.field(segment, number, of=of, repetition=index),
            message.field(segment, number, 4, of=of, repetition=index) or facility.issuer_of_patient_id,
        )
        for index in range(message.repetitions(segment, number, of=of))
    ]
    named = [one for one in given if one.patient_id and one.patient_id != _NULL]
    if not named:
        raise MessageError(f"{segment}-{number} names no patient.")
    own = [one for one in named if one.issuer_of_patient_id == facility.issuer_of_patient_id]
    chosen = (own or named)[0]
    if max(len(chosen.patient_id), len(chosen.issuer_of_patient_id)) > _LONGEST_ID:
        raise MessageError(f"{segment}-{number} is too long.")
    return chosen


def patient_name(message: Message, *, of: int = 0) -> str:
    """Return the name as DICOM writes it: the prefix comes before the suffix."""
    family, given, middle, suffix, prefix = (
        message.field("PID", 5, number, of=of).replace(_NULL, "") for number in range(1, 6)
    )
    return "^".join([family, given, middle, prefix, suffix]).rstrip("^")


def patient_sex(message: Message, *, of: int = 0) -> str:
    """Return what DICOM has a word for; empty for everything else."""
    sex = message.field("PID", 8, of=of)
    return sex if sex in ("F", "M", "O") else ""


def demographics(message: Message, known: Patient | None = None, *, of: int = 0) -> Demographics:
    """Return what is known of a patient after a message: an empty field leaves what was, ``""`` takes it away.

    Raises
    ------
    MessageError
        The birth date cannot be read, the name is too long, or a patient who is new has none.
    """
    name = patient_name(message, of=of) or _recorded(known, "patient_name") or ""
    if not name:
        raise MessageError("PID-5 is empty.")
    if len(name) > _LONGEST_NAME:
        raise MessageError("PID-5 is too long.")
    return Demographics(
        patient_name=name,
        patient_birth_date=_birth_date(message, known, of),
        patient_sex=_sex(message, known, of),
    )


def _birth_date(message: Message, known: Patient | None, of: int) -> date | None:
    text = message.field("PID", 7, of=of)
    if text == _NULL:
        return None
    # A year, or a year and a month, say less than what may be known.
    if len(text) < len("YYYYMMDD"):
        before: date | None = _recorded(known, "patient_birth_date")
        return before
    born = read_date(text)
    if born is None:
        raise MessageError("PID-7 is no date.")
    return born


def _sex(message: Message, known: Patient | None, of: int) -> str:
    if message.field("PID", 8, of=of) == _NULL:
        return ""
    return patient_sex(message, of=of) or _recorded(known, "patient_sex") or ""


def _recorded(known: Patient | None, column: str) -> Any:
    """Return what was known before: by the record of the patient, else by the latest study that says it."""
    if known is None:
        return None
    studies = known.studies.order_by("-study_moment").values_list(column, flat=True)
    return getattr(known, column) or next((value for value in studies if value), None)
