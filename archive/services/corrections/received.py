"""What the files of a study or series say, where the row says something else by now."""

from datetime import date
from typing import Any

from archive.models import Patient, Series, Study
from dicomkit.attributes import Level, indexed_attributes
from dicomkit.temporal import parse_date

STUDY_COLUMNS = {
    one.keyword: one.column
    for level in (Level.PATIENT, Level.STUDY)
    for one in indexed_attributes(level)
    if one.keyword != "StudyInstanceUID"
}
SERIES_COLUMNS = {
    one.keyword: one.column for one in indexed_attributes(Level.SERIES) if one.keyword != "SeriesInstanceUID"
}
IDENTITY = ("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex")


def text_of(value: object) -> str:
    """Return a column's value as a data set has it."""
    if value is None:
        return ""
    return value.strftime("%Y%m%d") if isinstance(value, date) else str(value)


def as_came(study: Study, keyword: str) -> str:
    """Return what the files of a study say of an attribute of patient or study."""
    came = study.received_attributes.get(keyword)
    return came if came is not None else text_of(getattr(study, STUDY_COLUMNS[keyword]))


def came_with(series: Series) -> str:
    """Return the Study Instance UID that the files of a series say."""
    uid: str = series.received_attributes.get("StudyInstanceUID") or series.study.study_instance_uid
    return uid


def corrected(row: Study | Series, **columns: Any) -> dict[str, Any]:
    """Return columns that correct a row together with its `received_attributes`, which then name them.

    What is put back to what the files say is not corrected any more.
    """
    keywords = STUDY_COLUMNS if isinstance(row, Study) else SERIES_COLUMNS
    received = dict(row.received_attributes)
    for keyword, column in keywords.items():
        if column not in columns or columns[column] == getattr(row, column):
            continue
        came = received.setdefault(keyword, text_of(getattr(row, column)))
        if came == text_of(columns[column]):
            del received[keyword]
    return columns | {"received_attributes": received}


def identity_columns(study: Study, patient: Patient) -> dict[str, Any]:
    """Return the columns that put a study under a patient's name, with what its files say.

    An issuer that goes without saying at the facility stays unsaid.
    """
    is_usual = not study.issuer_of_patient_id and patient.issuer_of_patient_id == usual_issuer(study)
    columns: dict[str, Any] = {
        "patient_id": patient.patient_id,
        "issuer_of_patient_id": "" if is_usual else patient.issuer_of_patient_id,
        "patient_name": patient.patient_name,
        "patient_birth_date": patient.patient_birth_date,
        "patient_sex": patient.patient_sex,
    }
    return corrected(study, **columns) | {"patient_age_days": age_days(study, patient.patient_birth_date)}


def usual_issuer(study: Study) -> str:
    """Return the issuer that stands in where a study names none."""
    return study.facility.issuer_of_patient_id if study.facility_id else ""


def age_days(study: Study, birth_date: date | None) -> int:
    """Return the age at the time of a study; what the file says stays where the dates do not tell."""
    if birth_date == study.patient_birth_date or not study.study_date:
        return study.patient_age_days
    days = (study.study_date - birth_date).days if birth_date else -1
    return max(days, -1)


def restored(study: Study) -> dict[str, Any]:
    """Return the columns of a study's patient as its files say, and its `received_attributes` without them."""
    columns = {
        STUDY_COLUMNS[keyword]: parse_date(came) if keyword == "PatientBirthDate" else came
        for keyword, came in study.received_attributes.items()
        if keyword in IDENTITY
    }
    return corrected(study, **columns)


def moved_with(series: Series, target_uid: str) -> dict[str, str]:
    """Return the `received_attributes` of a series that comes to another study: how its late images are recognised."""
    received = dict(series.received_attributes)
    came = came_with(series)
    if came == target_uid:
        for keyword in ("StudyInstanceUID", "PatientID", "IssuerOfPatientID"):
            received.pop(keyword, None)
        return received
    study = series.study
    if "StudyInstanceUID" not in received:
        received |= {
            "StudyInstanceUID": study.study_instance_uid,
            "PatientID": as_came(study, "PatientID"),
            "IssuerOfPatientID": as_came(study, "IssuerOfPatientID"),
        }
    return received
