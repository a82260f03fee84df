"""Rejection notes that arrive: what their sender rejects is hidden and kept, whether it is here or still to come.

References
----------
IHE RAD TF-3 4.66 (Rejection Note Stored): all four reasons take the instances and the note from whoever looks. After
"Data Retention Policy Expired" instances that come again are taken for new ones; after the others they stay hidden.
"""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from django.db import transaction

from accounts.models import Facility
from archive.exceptions import CorrectionError, FinalReportError
from archive.models import AwaitedRejection, Correction, CorrectionKind, Instance, Plan, Study
from archive.services.corrections.performing import (
    begin,
    completed_by,
    contributions_to,
    finish,
    locked_by,
    record,
    take_studies,
)
from archive.services.corrections.rejecting import lines_by_series
from archive.services.corrections.rows import change_of
from archive.services.received import ArrivalSession
from audit.models import Outcome
from audit.services import record_event
from audit.vocabulary import EventType
from dicomkit.rejection import RETENTION_EXPIRED
from dicomkit.rejection_note import RejectionNote


def honour_note(note: RejectionNote, *, session: ArrivalSession) -> None:
    """Hide what a stored note rejects, as far as it belongs to the facility for which its sender stores.

    Writes a correction of the sender that the department can undo; records STUDY_EDITED as from the sender. After a
    final report nothing is hidden, which is recorded as a failure: that takes an administrator.
    """
    own = Instance.kept.select_related("series__study").get(sop_instance_uid=note.sop_instance_uid)
    try:
        with transaction.atomic():
            correction = _reject(note, own, session)
    except CorrectionError as error:
        _record_refusal(own.series.study, session, error)
        return
    if note.reason_code != RETENTION_EXPIRED.value:
        _await(note, correction)


def awaited_rejections(sop_instance_uids: Sequence[str], *, facility: Facility) -> Mapping[str, Correction]:
    """Return the rejections that stand for instances that arrive only now, by SOP Instance UID."""
    found = AwaitedRejection.objects.filter(
        sop_instance_uid__in=sop_instance_uids,
        correction__undone_at=None,
        correction__studies__facility=facility,
    )
    return {one.sop_instance_uid: one.correction for one in found.select_related("correction")}


def _reject(note: RejectionNote, own: Instance, session: ArrivalSession) -> Correction:
    rejected = list(
        Instance.objects.filter(
            sop_instance_uid__in=note.sop_instance_uids, series__study__facility=session.facility
        )
        .select_related("series__study")
        .order_by("series__series_number", "series_id", "instance_number", "pk")
    )
    plan = _plan(rejected, own)
    take_studies(plan)
    contributions = contributions_to(plan, lock=True)
    if locked_by(contributions):
        raise FinalReportError
    correction = begin(
        completed_by(plan, contributions),
        reason=note.description,
        reason_code=note.reason_code,
        sender=session.actor.identifier,
    )
    studies = finish(plan, correction)
    record(correction, studies, action="honour", reason=note.description, actor=session.actor)
    return correction


def _plan(rejected: Sequence[Instance], own: Instance) -> Plan:
    uid = str(uuid4())
    studies = {one.series.study for one in (*rejected, own)}
    return Plan(
        correction_uid=uid,
        kind=CorrectionKind.REJECT,
        studies={study.study_instance_uid: study.revision for study in studies},
        changes=tuple(
            change for one in (*rejected, own) for change in change_of(one, rejection={"correction_uid": uid})
        ),
        lines=tuple(lines_by_series(rejected, "shown", "rejected")),
    )


def _await(note: RejectionNote, correction: Correction) -> None:
    """Note what is rejected and not here yet; it is hidden from the start when it comes."""
    here = Instance.kept.filter(sop_instance_uid__in=note.sop_instance_uids)
    missing = set(note.sop_instance_uids) - set(here.values_list("sop_instance_uid", flat=True))
    AwaitedRejection.objects.bulk_create(
        AwaitedRejection(correction=correction, sop_instance_uid=uid) for uid in sorted(missing)
    )


def _record_refusal(study: Study, session: ArrivalSession, error: CorrectionError) -> None:
    record_event(
        EventType.STUDY_EDITED,
        actor=session.actor,
        outcome=Outcome.MINOR_FAILURE,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=session.facility.code,
        details={"action": "honour", "kind": CorrectionKind.REJECT, "reason": str(error)},
    )
