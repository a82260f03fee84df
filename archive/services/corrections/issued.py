"""Corrections by the system that issues the identities of a facility, such as its HIS: demographics and merges."""

from django.db import transaction

from accounts.models import Facility
from archive.exceptions import CorrectionError
from archive.models import Correction, CorrectionKind, Patient, Plan, Study
from archive.services.corrections.performing import (
    begin,
    completed_by,
    contributions_to,
    finish,
    locked_by,
    record,
    take_studies,
)

_OF_IDENTITY = (CorrectionKind.EDIT_PATIENT, CorrectionKind.MERGE_PATIENTS)


@transaction.atomic
def carry_out_for_issuer(*, plan: Plan, facility: Facility, sender: str, reason: str) -> Correction:
    """Do what the issuer says of its identities.

    Nobody is asked for a right, and a final report does not stand in the way: who the patient is, the issuer knows.
    Writes, records and announces what `carrying_out.carry_out` does.

    Parameters
    ----------
    sender
        The system that said so; the correction is signed with it.

    Raises
    ------
    CorrectionError
        It is not possible, or an identity is of another issuer and of another facility, too.
    CorrectionConflictError
        Somebody else was first; plan anew.
    """
    if plan.kind not in _OF_IDENTITY:
        raise CorrectionError("Only demographics and merges of patients come from a system.")
    _require_issued(plan, facility)
    take_studies(plan)
    contributions = contributions_to(plan, lock=True)
    completed = completed_by(plan, contributions)
    is_final = bool(locked_by(contributions))
    correction = begin(completed, reason=reason, reason_code="", sender=sender, overrides_final=is_final)
    record(correction, finish(completed, correction), action="carry_out", reason=reason, facility=facility)
    return correction


def _require_issued(plan: Plan, facility: Facility) -> None:
    """Let a system speak of identities of its facility's issuer, and of others as far as only its facility has them."""
    foreign = Patient.objects.filter(pk__in=plan.patient_pks).exclude(
        issuer_of_patient_id=facility.issuer_of_patient_id
    )
    if Study.objects.filter(patient_record__in=foreign).exclude(facility=facility).exists():
        raise CorrectionError("The identity was issued elsewhere, and another facility has studies of it.")
