"""From what is pressed on the page of a patient to the plan of a correction."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import User
from archive.access import correctable_patients
from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, Patient, Plan
from archive.services.corrections import identifying


def plan_of_patient(kind: str, *, patient: Patient, user: User, filled: Mapping[str, str]) -> Plan:
    """Return the plan of a correction of who somebody is.

    Parameters
    ----------
    filled
        ``other``: the key of another patient, or ``other_patient_id`` and ``other_issuer`` as typed; of a merge
        ``survivor``: "other" where the other identity survives, else this one does.

    Raises
    ------
    CorrectionError
        Something is missing or not possible.
    """
    match kind:
        case CorrectionKind.MERGE_PATIENTS:
            return _merge(patient, _other(patient, user, filled), survivor=filled.get("survivor", ""))
        case CorrectionKind.LINK_PATIENTS:
            return _link(patient, _other(patient, user, filled))
        case CorrectionKind.UNLINK_PATIENTS:
            return identifying.plan_unlinking_patient(patient=patient)
    raise CorrectionError(_("Choose what is to be put right."))


def _merge(patient: Patient, other: Patient, *, survivor: str) -> Plan:
    if patient.issuer_of_patient_id != other.issuer_of_patient_id:
        raise CorrectionError(
            _("These two have different issuers: link them. Merging is for two records of one issuer.")
        )
    goes, stays = (patient, other) if survivor == "other" else (other, patient)
    return identifying.plan_merging_patients(patient=goes, into=stays)


def _link(patient: Patient, other: Patient) -> Plan:
    if patient.issuer_of_patient_id == other.issuer_of_patient_id and patient.pk != other.pk:
        raise CorrectionError(
            _("These two have one issuer: merge them. Linking is for one person at two sites.")
        )
    return identifying.plan_linking_patients(patient=patient, other=other)


def _other(patient: Patient, user: User, filled: Mapping[str, str]) -> Patient:
    """Return the other patient, of those whom the user may correct."""
    patients = correctable_patients(user)
    key, patient_id = filled.get("other", ""), filled.get("other_patient_id", "").strip()
    if key.isdecimal():
        found = patients.filter(pk=int(key)).first()
    elif patient_id:
        issuer = filled.get("other_issuer", "").strip() or patient.issuer_of_patient_id
        found = patients.filter(patient_id=patient_id, issuer_of_patient_id=issuer).first()
    else:
        raise CorrectionError(_("Give the Patient ID."))
    if found is None:
        raise CorrectionError(_("There is no such patient among those whom you may correct."))
    return found
