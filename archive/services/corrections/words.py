"""How previews name things."""

from datetime import date

from archive.models import Patient, Series, Study
from dicomkit.person_name import display_name


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 image" or "3 studies"."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun if noun.endswith("s") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def series_name(series: Series) -> str:
    """Return what a series is called: modality, number and description."""
    number = f" {series.series_number}" if series.series_number is not None else ""
    description = f" “{series.series_description}”" if series.series_description else ""
    return f"{series.modality or 'Series'}{number}{description}"


def study_name(study: Study) -> str:
    """Return what a study is called: patient, description, day and accession number."""
    day = study.study_date.isoformat() if study.study_date else "no date"
    accession = f", {study.accession_number}" if study.accession_number else ""
    return f"{display_name(study.patient_name)} ({study.patient_id or 'no ID'}), {study.study_description or 'study'}, {day}{accession}"


def patient_name(patient: Patient) -> str:
    """Return what a patient is called: name, ID, issuer and birth date."""
    born = f", born {patient.patient_birth_date.isoformat()}" if patient.patient_birth_date else ""
    name = display_name(patient.patient_name) or "No name"
    return f"{name} ({patient.patient_id or 'no ID'}, {patient.issuer_of_patient_id}){born}"


def shown(value: object) -> str:
    """Return a column's value for the preview."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
