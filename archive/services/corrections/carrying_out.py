"""Show a plan, carry it out, undo it: the only ways in which rows of stored images are corrected."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from archive.access import correctable_patients, correctable_studies, may_override_final
from archive.events import StudyChanged, correction_planned, study_changed
from archive.exceptions import CorrectionConflictError, CorrectionError, FinalReportError
from archive.models import Contribution, Correction, CorrectionKind, Instance, Plan, Series, Study
from archive.services.corrections.followers import followers_of
from archive.services.corrections.refreshing import refresh_studies
from archive.services.corrections.rejection_note import store_rejection_note
from archive.services.corrections.rows import write_changes, write_new
from archive.services.outbox import owe
from audit.services import record_event
from audit.vocabulary import EventType
from common.events import emit_on_commit
from common.tasks import TaskName


@dataclass(frozen=True)
class Preview:
    """A plan with everything that would change with it.

    Attributes
    ----------
    token
        Goes back with the order to carry it out, which is refused when something has changed since.
    is_final
        The report of a study is final.
    may_override
        The user may correct it all the same, with a reason.
    """

    plan: Plan
    token: str
    is_final: bool
    may_override: bool


def preview(*, plan: Plan, user: User) -> Preview:
    """Return what a plan would do. Writes nothing.

    Raises
    ------
    PermissionDenied
        The user may not correct one of the studies or patients.
    CorrectionError
        It is not possible; the message says why.
    """
    _require(plan, user)
    contributions = _contributions(plan, lock=False)
    completed = _completed(plan, contributions)
    locked = _locked(contributions)
    return Preview(completed, token_of(completed), bool(locked), _may_override(locked, user))


@transaction.atomic
def carry_out(
    *,
    plan: Plan,
    user: User,
    reason: str,
    reason_code: str = "",
    token: str = "",
    overrides_final: bool = False,
    is_sure: bool = False,
) -> Correction:
    """Do what a plan says, in one transaction.

    Writes the rows, the correction, counts and search terms; for a rejection also stores the note. Records one
    STUDY_EDITED for each study, or PATIENT_CHANGED; announces StudyChanged.

    Parameters
    ----------
    token
        Of the preview that the user has seen; empty where nobody looked at one.
    overrides_final
        The user knows that the report is final.
    is_sure
        The user has seen the doubts of the plan.

    Raises
    ------
    PermissionDenied, FinalReportError, CorrectionError
        Not by this user, not any more, not without a reason.
    CorrectionConflictError
        Somebody else was first.
    """
    _require(plan, user)
    if not reason.strip():
        raise CorrectionError(_("Say why; it is kept with the correction."))
    if plan.doubts and not is_sure:
        raise CorrectionError(_("Confirm that this is no mistake."))
    _take_studies(plan)
    contributions = _contributions(plan, lock=True)
    completed = _completed(plan, contributions)
    if token and token != token_of(completed):
        raise CorrectionConflictError
    locked = _locked(contributions)
    _require_open(locked, user, overrides_final=overrides_final)
    correction = Correction.objects.create(
        correction_uid=completed.correction_uid,
        kind=completed.kind,
        reason_code=reason_code,
        reason=reason.strip()[:200],
        author=user,
        made_at=timezone.now(),
        overrides_final=bool(locked),
        plan=completed.as_json(),
    )
    _write(completed)
    if completed.kind == CorrectionKind.REJECT:
        for study in Study.objects.select_related("facility").filter(
            study_instance_uid__in=completed.studies
        ):
            store_rejection_note(correction=correction, study=study, author=user)
    studies = _finish(completed, correction)
    _record(correction, studies, action="carry_out", reason=reason)
    return correction


@transaction.atomic
def undo(*, correction: Correction, user: User, reason: str = "", overrides_final: bool = False) -> None:
    """Give every row back what it said before a correction, exactly.

    What arrived later and followed the correction goes back with it. Rows that were made stay, with nothing to show.

    Raises
    ------
    PermissionDenied, FinalReportError
        As when it was made.
    CorrectionError
        It is undone already, too old, or something later depends on it.
    """
    if not correction.can_be_undone:
        raise CorrectionError(_("This was undone already, or is older than 30 days."))
    done = correction.as_plan
    current = Study.objects.filter(study_instance_uid__in=done.study_uids)
    plan = replace(
        done.reversed(), studies=dict(current.values_list("study_instance_uid", "revision"))
    ).with_more(followers_of(correction))
    _require(plan, user)
    _take_studies(plan)
    locked = _locked(_contributions(plan, lock=True))
    _require_open(locked, user, overrides_final=overrides_final)
    now = timezone.now()
    standing = Correction.objects.filter(pk=correction.pk, undone_at=None)
    if not standing.update(undone_at=now, undone_by=user, undo_reason=reason.strip()[:200]):
        raise CorrectionConflictError
    try:
        _write(plan)
    except CorrectionConflictError:
        raise CorrectionError(_what_depends_on(correction)) from None
    _record(correction, _finish(plan, correction), action="undo", reason=reason)


def token_of(plan: Plan) -> str:
    """Return what stands for a preview: its words, and how often its studies had been corrected."""
    shown = [
        plan.kind,
        sorted(plan.studies.items()),
        [[line.what, line.before, line.after] for line in plan.lines],
        plan.notes,
        plan.doubts,
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _require(plan: Plan, user: User) -> None:
    """Ask for the right on every study and every patient that the plan touches."""
    uids = set(plan.studies)
    allowed = correctable_studies(user).filter(study_instance_uid__in=uids)
    if set(allowed.values_list("study_instance_uid", flat=True)) != uids:
        raise PermissionDenied("Some of these studies are not the user's to correct.")
    patients = set(plan.patient_pks)
    if not uids and patients - set(
        correctable_patients(user).filter(pk__in=patients).values_list("pk", flat=True)
    ):
        raise PermissionDenied("Some of these patients are not the user's to correct.")


def _take_studies(plan: Plan) -> None:
    """Lock the series, then count the studies up: of two corrections at once the second finds another number.

    The order is that of arriving images, so that neither waits for the other in a circle.
    """
    series = Series.objects.filter(study__study_instance_uid__in=plan.studies).order_by("series_instance_uid")
    list(series.select_for_update().values_list("pk", flat=True))
    for uid, revision in sorted(plan.studies.items()):
        as_read = Study.objects.filter(study_instance_uid=uid, revision=revision)
        if not as_read.update(revision=F("revision") + 1):
            raise CorrectionConflictError


def _contributions(plan: Plan, *, lock: bool) -> list[Contribution]:
    answers = correction_planned.send(sender=None, plan=plan, lock=lock)
    contributions: list[Contribution] = [answer for __, answer in answers]  # type: ignore[misc]  # a Signal has no types
    for one in contributions:
        if one.refusal:
            raise CorrectionError(one.refusal)
    return contributions


def _completed(plan: Plan, contributions: Iterable[Contribution]) -> Plan:
    for one in contributions:
        plan = plan.with_more(one.changes, one.notes)
    if not plan.changes and not plan.new_rows:
        raise CorrectionError(_("Nothing would change."))
    return plan


def _locked(contributions: Iterable[Contribution]) -> list[Study]:
    uids = {uid for one in contributions for uid in one.locked_study_uids}
    return list(Study.objects.filter(study_instance_uid__in=uids)) if uids else []


def _may_override(locked: list[Study], user: User) -> bool:
    return all(may_override_final(user, study) for study in locked)


def _require_open(locked: list[Study], user: User, *, overrides_final: bool) -> None:
    if locked and not (overrides_final and _may_override(locked, user)):
        raise FinalReportError


def _write(plan: Plan) -> None:
    try:
        with transaction.atomic():
            for row in plan.new_rows:
                write_new(row)
            write_changes(plan.changes)
    except IntegrityError:
        raise CorrectionConflictError from None


def _finish(plan: Plan, correction: Correction) -> list[Study]:
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


def _record(correction: Correction, studies: list[Study], *, action: str, reason: str) -> None:
    """Put the correction on the audit record, last of all."""
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
            patient_id=study.patient_id,
            issuer_of_patient_id=study.issuer_of_patient_id,
            study_instance_uid=study.study_instance_uid,
            facility_code=study.facility.code,
            details=details,
        )
    if not studies:
        for patient in correction.patients.order_by("pk"):
            for code in sorted(set(patient.studies.values_list("facility__code", flat=True))):
                record_event(
                    EventType.PATIENT_CHANGED,
                    patient_id=patient.patient_id,
                    issuer_of_patient_id=patient.issuer_of_patient_id,
                    facility_code=code,
                    details=details,
                )


def _what_depends_on(correction: Correction) -> str:
    later = (
        Correction.objects.filter(
            Q(studies__in=correction.studies.all()) | Q(patients__in=correction.patients.all()),
            made_at__gt=correction.made_at,
            undone_at=None,
        )
        .order_by("-made_at")
        .first()
    )
    if later:
        made = timezone.localtime(later.made_at)
        return _("“%(kind)s” of %(time)s builds on this. Undo that one first.") % {
            "kind": later.get_kind_display(),
            "time": f"{made:%Y-%m-%d %H:%M}",
        }
    return _(
        "Something that this has changed was changed again since, for example its order. Put that right first."
    )
