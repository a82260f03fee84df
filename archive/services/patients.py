"""The patient that an identity stands for."""

from datetime import date

from accounts.models import Facility
from archive.models import Patient


def patient_of(
    *,
    facility: Facility,
    patient_id: str,
    issuer_of_patient_id: str = "",
    unidentified_study_uid: str = "",
    patient_name: str = "",
    patient_birth_date: date | None = None,
    patient_sex: str = "",
) -> Patient:
    """Return the patient of an ID and its issuer, made where it is new; of one that was merged, the one that survived.

    Parameters
    ----------
    facility
        Its issuer stands in where none is named.
    unidentified_study_uid
        Keeps apart what has no Patient ID.
    patient_name, patient_birth_date, patient_sex
        Taken down for a new patient only; what is known of a patient is not overwritten by what happens to arrive.
    """
    patient, _ = Patient.objects.get_or_create(
        patient_id=patient_id,
        issuer_of_patient_id=issuer_of_patient_id or facility.issuer_of_patient_id,
        unidentified_study_uid="" if patient_id else unidentified_study_uid,
        defaults={
            "patient_name": patient_name,
            "patient_birth_date": patient_birth_date,
            "patient_sex": patient_sex,
        },
    )
    while patient.merged_into is not None:
        patient = patient.merged_into
    return patient
