"""Which order a study belongs to: found without a doubt, or left to a person."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from archive.models import Study
from audit.services import record_event
from audit.vocabulary import EventType
from worklist.access import may_correct
from worklist.exceptions import AlreadyMatchedError
from worklist.models import Priority, ReadingTask, RequestedProcedure
from worklist.services.acquisition import start_by_images
from worklist.services.assignment import change_priority
from worklist.services.moves import write
from worklist.suggestions import NEAR, distance_in_time, open_candidates


def match(study: Study) -> RequestedProcedure | None:
    """Join a study with the one open procedure that it must belong to.

    By accession number, then by Study Instance UID, then by patient, modality and time; always the same patient, and
    never where two would do. What is not found here waits in the queue of unmatched studies.
    """
    same_patient = [
        one
        for one in open_candidates(study)
        if one.imaging_service_request.patient_record_id == study.patient_record_id
    ]
    modalities = study.modalities_in_study.split("\\")
    by_number = [
        one
        for one in same_patient
        if study.accession_number and one.imaging_service_request.accession_number == study.accession_number
    ]
    rules = {
        "accession number": _one_of(by_number, modalities),
        "Study Instance UID": [
            one for one in same_patient if one.study_instance_uid == study.study_instance_uid
        ],
        "patient and time": [
            one
            for one in same_patient
            if not study.accession_number
            and one.modality in modalities
            and (distance := distance_in_time(study, one)) is not None
            and distance <= NEAR
        ],
    }
    for rule, found in rules.items():
        if len(found) == 1:
            return join(study, found[0], user=None, rule=rule)
    return None


def match_by_hand(*, study: Study, procedure: RequestedProcedure, user: User, reason: str = "") -> None:
    """Join a study with the procedure that a person has chosen.

    Raises
    ------
    PermissionDenied
        The user may not correct the study, or the procedure is another facility's.
    AlreadyMatchedError
        One of the two belongs to another already.
    """
    if not may_correct(user, study) or procedure.imaging_service_request.facility_id != study.facility_id:
        raise PermissionDenied
    join(study, procedure, user=user, rule="by hand", reason=reason)
    start_by_images(procedure)


@transaction.atomic
def unmatch(*, study: Study, user: User, reason: str) -> None:
    """Take a study from its procedure; it waits among the unmatched again.

    Raises
    ------
    PermissionDenied
    """
    if not may_correct(user, study):
        raise PermissionDenied
    procedure = RequestedProcedure.objects.filter(study=study).first()
    if procedure:
        procedure.study, procedure.matched_by = None, ""
        procedure.save(update_fields=["study", "matched_by", "updated_at"])
        task = ReadingTask.objects.get(pk=study.pk)
        write(task, user=user, action="unmatch", reason=reason, patient_class="")


@transaction.atomic
def join(
    study: Study, procedure: RequestedProcedure, *, user: User | None, rule: str, reason: str = ""
) -> RequestedProcedure:
    """Join a study and a procedure; the study takes over what the order says of priority and patient.

    Raises
    ------
    AlreadyMatchedError
        One of the two belongs to another already.
    """
    if RequestedProcedure.objects.filter(study=study).exists():
        raise AlreadyMatchedError("This study belongs to another order. Take it from that one first.")
    if not RequestedProcedure.objects.filter(pk=procedure.pk, study__isnull=True).update(
        study=study, matched_by=rule
    ):
        raise AlreadyMatchedError("That order has its study already. Choose another one.")
    procedure.study, procedure.matched_by = study, rule
    task = ReadingTask.objects.get(pk=study.pk)
    request = procedure.imaging_service_request
    task = write(task, user=user, action="match", reason=reason, patient_class=request.patient_class)
    if task.priority != procedure.priority:
        change_priority(task, Priority(procedure.priority), user=user, reason="as ordered")
    record_event(
        EventType.PROCEDURE_CHANGED,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={
            "action": "match",
            "rule": rule,
            "accession_number": request.accession_number,
            "reason": reason,
        },
    )
    return procedure


def _one_of(procedures: list[RequestedProcedure], modalities: list[str]) -> list[RequestedProcedure]:
    """Narrow the procedures of one accession number down by modality where there are several."""
    if len(procedures) < 2:
        return procedures
    return [one for one in procedures if one.modality in modalities]
