"""Show a plan, carry it out, undo it: the only ways in which rows of stored images are corrected."""

import hashlib
import json
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from archive.access import correctable_patients, correctable_studies, may_override_final
from archive.exceptions import CorrectionConflictError, CorrectionError, FinalReportError
from archive.models import Correction, CorrectionKind, Plan, Study
from archive.services.corrections.followers import followers_of
from archive.services.corrections.performing import (
    begin,
    completed_by,
    contributions_to,
    finish,
    locked_by,
    record,
    take_studies,
    write,
)
from archive.services.corrections.rejection_note import store_rejection_note


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
    contributions = contributions_to(plan, lock=False)
    completed = completed_by(plan, contributions)
    locked = locked_by(contributions)
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
    take_studies(plan)
    contributions = contributions_to(plan, lock=True)
    completed = completed_by(plan, contributions)
    if token and token != token_of(completed):
        raise CorrectionConflictError
    locked = locked_by(contributions)
    _require_open(locked, user, overrides_final=overrides_final)
    correction = begin(
        completed, reason=reason, reason_code=reason_code, author=user, overrides_final=bool(locked)
    )
    if completed.kind == CorrectionKind.REJECT:
        for study in Study.objects.select_related("facility").filter(
            study_instance_uid__in=completed.studies
        ):
            store_rejection_note(correction=correction, study=study, author=user)
    studies = finish(completed, correction)
    record(correction, studies, action="carry_out", reason=reason)
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
    current = Study.objects.filter(
        Q(study_instance_uid__in=done.study_uids) | Q(corrections=correction)
    ).distinct()
    plan = replace(
        done.reversed(), studies=dict(current.values_list("study_instance_uid", "revision"))
    ).with_more(followers_of(correction))
    _require(plan, user)
    take_studies(plan)
    locked = locked_by(contributions_to(plan, lock=True))
    _require_open(locked, user, overrides_final=overrides_final)
    now = timezone.now()
    standing = Correction.objects.filter(pk=correction.pk, undone_at=None)
    if not standing.update(undone_at=now, undone_by=user, undo_reason=reason.strip()[:200]):
        raise CorrectionConflictError
    try:
        write(plan)
    except CorrectionConflictError:
        raise CorrectionError(_what_depends_on(correction)) from None
    record(correction, finish(plan, correction), action="undo", reason=reason)


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


def _may_override(locked: list[Study], user: User) -> bool:
    return all(may_override_final(user, study) for study in locked)


def _require_open(locked: list[Study], user: User, *, overrides_final: bool) -> None:
    if locked and not (overrides_final and _may_override(locked, user)):
        raise FinalReportError


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
