"""What a HIS says of patients (ADT): who they are by now, and which of them are one.

What is not known here stays unknown: a HIS tells of all its patients, most of whom never have images made. The
identity comes from its issuer, so it is followed after a final report, too, and each step is a correction that an
administrator can undo.

References
----------
HL7 v2.5.1 3.3 (ADT events), IHE RAD TF-2 4.12 (Patient Update), TF-1 4 (Patient Information Reconciliation)
"""

from archive.models import Patient, Plan
from archive.services.corrections.identifying import plan_editing_patient, plan_merging_patients
from archive.services.corrections.issued import carry_out_for_issuer
from hl7v2.exceptions import MessageError
from hl7v2.identity import Identifier, demographics, identifier
from hl7v2.message import Message
from hl7v2.models import Sender
from worklist.models import ImagingServiceRequest
from worklist.services.orders import announce_orders_of

UNKNOWN = "No such patient is known here; nothing was changed."


def update_patient(message: Message, sender: Sender) -> str:
    """Follow A08 and A31, and A01, A04 and A05, which say the same of a patient who comes.

    Raises
    ------
    MessageError, CorrectionError
        It cannot be done; the text says why.
    """
    patient = _known(identifier(message, sender.facility, "PID", 3), sender)
    if patient is None:
        return UNKNOWN
    if patient.merged_into_id is not None:
        raise MessageError("This Patient ID was merged into another one. Name the one that survived.")
    _update(patient, message, sender)
    return ""


def merge_patients(message: Message, sender: Sender) -> str:
    """Follow A40: what is of the patient of MRG-1 goes under the patient of PID-3, pair by pair.

    Raises
    ------
    MessageError, CorrectionError
        It cannot be done; the text says why, and no pair is merged.
    """
    notes = [_merge_pair(message, sender, index) for index in range(_pairs(message))]
    return next((note for note in notes if note), "")


def change_patient_id(message: Message, sender: Sender) -> str:
    """Follow A47: the patient of MRG-1 is called as PID-3 says from now on, which nobody has been called before.

    Raises
    ------
    MessageError, CorrectionError
        It cannot be done; the text says why.
    """
    _pairs(message)
    new = identifier(message, sender.facility, "PID", 3)
    old = identifier(message, sender.facility, "MRG", 1)
    known, before = new.find(), old.find()
    is_repeated = known is not None and before is not None and before.merged_into_id == known.pk
    if known and not is_repeated:
        raise MessageError("The new Patient ID belongs to a patient who is known. Merge them (A40).")
    return _merge_pair(message, sender, 0)


def _known(identifier: Identifier, sender: Sender) -> Patient | None:
    """Return the patient of an identifier; one who was named by another issuer must be nobody else's."""
    patient = identifier.find()
    if patient is None or identifier.issuer_of_patient_id == sender.facility.issuer_of_patient_id:
        return patient
    orders = ImagingServiceRequest.objects.filter(patient_record=patient)
    if orders.exclude(facility=sender.facility).exists():
        raise MessageError("The identity was issued elsewhere, and another facility has orders of it.")
    return patient


def _pairs(message: Message) -> int:
    pairs = message.count("MRG")
    if not pairs or pairs != message.count("PID"):
        raise MessageError("Each PID needs the MRG that belongs to it.")
    return pairs


def _merge_pair(message: Message, sender: Sender, index: int) -> str:
    into = identifier(message, sender.facility, "PID", 3, of=index)
    prior = identifier(message, sender.facility, "MRG", 1, of=index)
    if into == prior:
        raise MessageError("PID-3 and MRG-1 name the same patient.")
    survivor, merged = _known(into, sender), _known(prior, sender)
    if survivor is None and merged is None:
        return UNKNOWN
    if survivor and survivor.merged_into_id is not None:
        raise MessageError("The patient of PID-3 was merged into another one. Name the one that survived.")
    if merged and merged.merged_into_id is not None:
        if survivor is None or merged.merged_into_id != survivor.pk:
            raise MessageError("The patient of MRG-1 was merged into another one before.")
        return ""
    if survivor is None:
        survivor = into.create(demographics(message, merged, of=index))
    else:
        _update(survivor, message, sender, of=index)
    _follow(plan_merging_patients(patient=merged or _placeholder(prior), into=survivor), message, sender)
    announce_orders_of(survivor)
    return ""


def _placeholder(prior: Identifier) -> Patient:
    """Return a patient whom nobody knew, so that images which still come under the old ID find the right one."""
    return Patient.objects.create(
        patient_id=prior.patient_id, issuer_of_patient_id=prior.issuer_of_patient_id
    )


def _update(patient: Patient, message: Message, sender: Sender, *, of: int = 0) -> None:
    plan = plan_editing_patient(patient=patient, demographics=demographics(message, patient, of=of))
    if not plan.changes:
        return
    _follow(plan, message, sender)
    announce_orders_of(patient)
    patient.refresh_from_db()


def _follow(plan: Plan, message: Message, sender: Sender) -> None:
    carry_out_for_issuer(
        plan=plan,
        facility=sender.facility,
        sender=str(sender),
        reason=f"{message.kind}, message {message.control_id}",
    )
