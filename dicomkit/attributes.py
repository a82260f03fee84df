"""The one list of attributes that the archive indexes: what can be matched, sorted and returned by query.

References
----------
PS3.18 10.6.1.2 (attributes that a search must support), PS3.4 C.6.1.1 and C.6.2.1 (patient and study root keys)
"""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Levels of the query information model."""

    PATIENT = "patient"
    STUDY = "study"
    SERIES = "series"
    INSTANCE = "instance"


@dataclass(frozen=True)
class IndexedAttribute:
    """One indexed attribute.

    Attributes
    ----------
    keyword, vr
        As in PS3.6.
    level
        The level whose row holds it.
    column
        The name of the model field.
    max_length
        Characters kept of a text value; 0 for other kinds.
    """

    keyword: str
    vr: str
    level: Level
    column: str
    max_length: int = 0


_P, _ST, _SE, _I = Level.PATIENT, Level.STUDY, Level.SERIES, Level.INSTANCE

INDEXED_ATTRIBUTES: tuple[IndexedAttribute, ...] = (
    IndexedAttribute("PatientName", "PN", _P, "patient_name", 324),
    IndexedAttribute("PatientID", "LO", _P, "patient_id", 64),
    IndexedAttribute("IssuerOfPatientID", "LO", _P, "issuer_of_patient_id", 64),
    IndexedAttribute("PatientBirthDate", "DA", _P, "patient_birth_date"),
    IndexedAttribute("PatientSex", "CS", _P, "patient_sex", 16),
    IndexedAttribute("StudyInstanceUID", "UI", _ST, "study_instance_uid", 64),
    IndexedAttribute("StudyDate", "DA", _ST, "study_date"),
    IndexedAttribute("StudyTime", "TM", _ST, "study_time"),
    IndexedAttribute("AccessionNumber", "SH", _ST, "accession_number", 64),
    IndexedAttribute("ReferringPhysicianName", "PN", _ST, "referring_physician_name", 324),
    IndexedAttribute("StudyID", "SH", _ST, "study_id", 64),
    IndexedAttribute("StudyDescription", "LO", _ST, "study_description", 128),
    IndexedAttribute("TimezoneOffsetFromUTC", "SH", _ST, "timezone_offset_from_utc", 16),
    IndexedAttribute("SeriesInstanceUID", "UI", _SE, "series_instance_uid", 64),
    IndexedAttribute("Modality", "CS", _SE, "modality", 16),
    IndexedAttribute("SeriesNumber", "IS", _SE, "series_number"),
    IndexedAttribute("SeriesDescription", "LO", _SE, "series_description", 128),
    IndexedAttribute("BodyPartExamined", "CS", _SE, "body_part_examined", 32),
    IndexedAttribute("Laterality", "CS", _SE, "laterality", 16),
    IndexedAttribute("ProtocolName", "LO", _SE, "protocol_name", 128),
    IndexedAttribute("StationName", "SH", _SE, "station_name", 64),
    IndexedAttribute("Manufacturer", "LO", _SE, "manufacturer", 128),
    IndexedAttribute("ManufacturerModelName", "LO", _SE, "manufacturer_model_name", 128),
    IndexedAttribute("InstitutionName", "LO", _SE, "institution_name", 128),
    IndexedAttribute("PerformedProcedureStepStartDate", "DA", _SE, "performed_procedure_step_start_date"),
    IndexedAttribute("PerformedProcedureStepStartTime", "TM", _SE, "performed_procedure_step_start_time"),
    IndexedAttribute("SOPInstanceUID", "UI", _I, "sop_instance_uid", 64),
    IndexedAttribute("SOPClassUID", "UI", _I, "sop_class_uid", 64),
    IndexedAttribute("InstanceNumber", "IS", _I, "instance_number"),
    IndexedAttribute("Rows", "US", _I, "rows"),
    IndexedAttribute("Columns", "US", _I, "columns"),
    IndexedAttribute("BitsAllocated", "US", _I, "bits_allocated"),
    IndexedAttribute("NumberOfFrames", "IS", _I, "number_of_frames"),
)


def indexed_attributes(level: Level) -> tuple[IndexedAttribute, ...]:
    """Return the indexed attributes of one level, in the order of the list."""
    return tuple(attribute for attribute in INDEXED_ATTRIBUTES if attribute.level == level)
