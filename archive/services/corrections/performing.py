"""The steps of a correction, inside of one transaction: take the studies, ask the apps above, write, finish, record.

Who may correct, and what he has to say first, is asked in `carrying_out`; a rejection note that arrives asks nobody.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Facility, User
from archive.events import StudyChanged, correction_planned, study_changed
from archive.exceptions import CorrectionConflictError, CorrectionError
from archive.models import Contribution, Correction, Instance, Plan, Series, Study
from archive.services.corrections.refreshing import refresh_studies
from archive.services.corrections.rows import write_changes, write_new
from archive.services.outbox import owe
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from common.events import emit_on_commit
from common.tasks import TaskName


def take_studies(plan: Plan) -> None:
    """Lock the series, then count the studies up: of two corrections at once the second finds another number.

    The order is that of arriving images, so that neither waits for the other in a circle.
    """
    series = Series.objects.filter(study__study_instance_uid__in=plan.studies).order_by("series_instance_uid")
    list(series.select_for_update().values_list("pk", flat=True))
    for uid, revision in sorted(plan.studies.items()):
        as_read = Study.objects.filter(study_instance_uid=uid, revision=revision)
        if not as_read.update(revision=F("revision") + 1):
            raise CorrectionConflictError


def contributions_to(plan: Plan, *, lock: bool) -> list[Contribution]:
    """Ask the apps above what has to change with a plan.

    Raises
    ------
    CorrectionError
        One of them refuses.
    """
    answers = correction_planned.send(sender=None, plan=plan, lock=lock)
    contributions: list[Contribution] = [answer for __, answer in answers]  # type: ignore[misc]  # a Signal has no types
    for one in contributions:
        if one.refusal:
            raise CorrectionError(one.refusal)
    return contributions


def completed_by(plan: Plan, contributions: Iterable[Contribution]) -> Plan:
    """Return a plan with what has to change with it."""
    for one in contributions:
        plan = plan.with_more(one.changes, one.notes)
    if not plan.changes and not plan.new_rows:
        raise CorrectionError(_("Nothing would change."))
    return plan


def locked_by(contributions: Iterable[Contribution]) -> list[Study]:
    """Return the studies whose report is final."""
    uids = {uid for one in contributions for uid in one.locked_study_uids}
    return list(Study.objects.filter(study_instance_uid__in=uids)) if uids else []


def begin(
    plan: Plan,
    *,
    reason: str,
    reason_code: str,
    author: User | None = None,
    sender: str = "",
    overrides_final: bool = False,
) -> Correction:
    """Write a correction and what its plan changes."""
    correction = Correction.objects.create(
        correction_uid=plan.correction_uid,
        kind=plan.kind,
        reason_code=reason_code,
        reason=reason.strip()[:200],
        author=author,
        sender=sender[:150],
        made_at=timezone.now(),
        overrides_final=overrides_final,
        plan=plan.as_json(),
    )
    write(plan)
    return correction


def write(plan: Plan) -> None:
    """Write the rows of a plan, all or none."""
    try:
        with transaction.atomic():
            for row in plan.new_rows:
                write_new(row)
            write_changes(plan.changes)
    except IntegrityError:
        raise CorrectionConflictError from None


def finish(plan: Plan, correction: Correction) -> list[Study]:
    """Bring up to date what follows, where the rows are now; owe the work and tell open lists."""
    moved = {change.key["series_instance_uid"] for change in plan.changes_of("archive.Series")}
    shown = {change.key["sop_instance_uid"] for change in plan.changes_of("archive.Instance")}
    series = Series.objects.filter(
        Q(series_instance_uid__in=moved)
        | Q(pk__in=Instance.kept.filter(sop_instance_uid__in=shown).values("series"))
    )
    now_at = dict(series.values_list("series_instance_uid", "study__study_instance_uid"))
    studies = refresh_studies({*plan.study_uids, *now_at.values()})
    correction.studies.add(*studies)
    correction.patients.add(*plan.patient_pks)
    for uid in sorted(now_at):
        owe(TaskName.WARM_SERIES, uid)
    for study in studies:
        owe(TaskName.TAKE_IN_STUDY, study.study_instance_uid)
        emit_on_commit(study_changed, StudyChanged(study.study_instance_uid, study.facility_id))
    return studies


def record(
    correction: Correction,
    studies: list[Study],
    *,
    action: str,
    reason: str,
    actor: Actor | None = None,
    facility: Facility | None = None,
) -> None:
    """Put the correction on the audit record, last of all.

    Parameters
    ----------
    facility
        To which the record belongs where the patient has no studies.
    """
    details = {
        "correction": str(correction.correction_uid),
        "action": action,
        "kind": correction.kind,
        "reason_code": correction.reason_code,
        "reason": reason,
        "overrides_final": correction.overrides_final,
    }
    for study in studies:
        record_event(
            EventType.STUDY_EDITED,
            actor=actor,
            patient_id=study.patient_id,
            issuer_of_patient_id=study.issuer_of_patient_id,
            study_instance_uid=study.study_instance_uid,
            facility_code=study.facility.code,
            details=details,
        )
    if not studies:
        for patient in correction.patients.order_by("pk"):
            codes = set(patient.studies.values_list("facility__code", flat=True))
            for code in sorted(codes or ({facility.code} if facility else set())):
                record_event(
                    EventType.PATIENT_CHANGED,
                    patient_id=patient.patient_id,
                    issuer_of_patient_id=patient.issuer_of_patient_id,
                    facility_code=code,
                    details=details,
                )
