"""Bare studies, enough to ask who sees them."""

from django.utils import timezone

from archive.models.patient import Patient
from archive.models.study import Study
from tests.people import facility


def study(number: int, *, at: str = "NORTH") -> Study:
    """Return a new study of a new patient at the facility of that code."""
    patient = Patient.objects.create(patient_id=f"P{number}", issuer_of_patient_id=at)
    return Study.objects.create(
        patient_record=patient,
        facility=facility(at),
        study_instance_uid=f"1.2.840.{number}",
        patient_id=f"P{number}",
        issuer_of_patient_id=at,
        study_moment=timezone.now(),
        last_instance_at=timezone.now(),
    )
