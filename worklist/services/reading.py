"""Claim a study, put it back, suspend it, take it over, end its reading."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from archive.models import Study
from worklist.access import may_assign, may_read
from worklist.exceptions import ClaimedByOtherError, NotYoursError, ReasonMissingError, WorklistError
from worklist.models import ReadingTask, SkippedTask
from worklist.services.grants import putting_back
from worklist.services.moves import move, write
from worklist.states import ReadingAction, ReadingStatus

# A suspended study waits for its reader for a working day.
_SUSPENDED_FOR = timedelta(hours=12)


def claim(*, study: Study, user: User) -> ReadingTask:
    """Make a study the user's to read. Who has it already keeps it, and comes back to it where it was suspended.

    Raises
    ------
    PermissionDenied
        The user may not report on it.
    ClaimedByOtherError
        Somebody else is reading it, or was quicker.
    TransitionError
        There is nothing to read.
    """
    _must_read(user, study)
    task = ReadingTask.objects.select_related("claimed_by").get(pk=study.pk)
    if task.claimed_by_id == user.pk:
        return _come_back(task, user)
    if task.claimed_by:
        raise ClaimedByOtherError(task.claimed_by.get_full_name())
    now = timezone.now()
    with transaction.atomic():
        SkippedTask.objects.filter(task=task, user=user).delete()
        return move(
            task,
            ReadingAction.CLAIM,
            user=user,
            claimed_by=user,
            claimed_at=now,
            claim_seen_at=now,
            claimed_from=task.status,
            first_claimed_at=task.first_claimed_at or now,
        )


def release(*, study: Study, user: User) -> ReadingTask:
    """Put a study that the user reads back into the list, as it was.

    Whom it was assigned to from another facility has given it back with that, and sees it no more.

    Raises
    ------
    NotYoursError
        The user is not reading it.
    """
    task = _own(study, user)
    return move(task, ReadingAction.RELEASE, user=user, **putting_back(task))


def take_over(*, study: Study, user: User, reason: str) -> ReadingTask:
    """Take a study from the colleague who reads it.

    Raises
    ------
    PermissionDenied
        The user may not report on it.
    ReasonMissingError
        No reason was given; the colleague will want to know.
    ChangedMeanwhileError, ClaimedByOtherError
        It was put back or taken over by another one meanwhile.
    NotYoursError
        Nobody is reading it.
    """
    _must_read(user, study)
    if not reason.strip():
        raise ReasonMissingError("Say why you take the study over; your colleague will be told.")
    task = ReadingTask.objects.get(pk=study.pk)
    if task.claimed_by_id is None:
        raise NotYoursError
    now = timezone.now()
    return write(
        task,
        user=user,
        action="take_over",
        reason=reason,
        claimed_by=user,
        claimed_at=now,
        claim_seen_at=now,
        is_suspended=False,
    )


def suspend(*, study: Study, user: User, layout: Any = None) -> ReadingTask:
    """Lay a study aside without giving it up; what the viewer shows is kept for coming back.

    Raises
    ------
    NotYoursError
        The user is not reading it.
    """
    return write(_own(study, user), user=user, action="suspend", is_suspended=True, suspended_layout=layout)


def still_reading(*, study: Study, user: User) -> bool:
    """Note that the user's viewer still shows the study; return False where it is no longer the user's."""
    claimed = ReadingTask.objects.filter(pk=study.pk, claimed_by=user)
    return bool(claimed.update(claim_seen_at=timezone.now()))


def sign(*, study: Study, user: User, action: ReadingAction) -> ReadingTask:
    """End the reading of a study: as preliminary, as final, or with an addendum to what was final.

    Raises
    ------
    NotYoursError
        The user is not reading it.
    TransitionError
        A final report gets an addendum, nothing else; what is not final gets none.
    """
    task, now = _own(study, user), timezone.now()
    changes: dict[ReadingAction, dict[str, Any]] = {
        ReadingAction.SIGN_PRELIMINARY: {"preliminary_at": now, "preliminary_by": user},
        ReadingAction.SIGN_FINAL: {"final_at": now, "final_by": user},
        ReadingAction.ADDEND: {},
    }
    return move(task, action, user=user, suspended_layout=None, **changes[action])


def skip(*, study: Study, user: User) -> None:
    """Let a study come last in the user's own lists until it is read."""
    _must_read(user, study)
    SkippedTask.objects.update_or_create(user=user, task_id=study.pk, defaults={"skipped_at": timezone.now()})


def put_back_for(*, study: Study, user: User, reason: str) -> ReadingTask:
    """Put a study back that somebody else reads, as whoever assigns studies may.

    Raises
    ------
    PermissionDenied, ReasonMissingError
    """
    if not may_assign(user, study):
        raise PermissionDenied
    if not reason.strip():
        raise ReasonMissingError("Say why the study goes back; its reader will be told.")
    task = ReadingTask.objects.get(pk=study.pk)
    return move(task, ReadingAction.RELEASE, user=user, reason=reason, **putting_back(task))


def release_stale_claims() -> int:
    """Put back what is claimed by a viewer that has not been heard of for the time of its department.

    Returns
    -------
    int
        How many studies that were.
    """
    now, released = timezone.now(), 0
    claimed = ReadingTask.objects.filter(status=ReadingStatus.BEING_READ)
    for task in claimed.select_related("facility__department").order_by("pk"):
        department = getattr(task.facility, "department", None)
        patience = (
            _SUSPENDED_FOR
            if task.is_suspended
            else timedelta(minutes=department.stale_claim_minutes if department else 20)
        )
        if task.claim_seen_at and task.claim_seen_at + patience < now:
            # Its reader may end the reading in this very moment.
            with suppress(WorklistError):
                move(task, ReadingAction.RELEASE, user=None, reason="The viewer has not been heard of.")
                released += 1
    return released


def _come_back(task: ReadingTask, user: User) -> ReadingTask:
    if task.is_suspended:
        return write(task, user=user, action="resume", is_suspended=False, claim_seen_at=timezone.now())
    still_reading(study=task.study, user=user)
    return task


def _own(study: Study, user: User) -> ReadingTask:
    task = ReadingTask.objects.get(pk=study.pk)
    if task.claimed_by_id != user.pk:
        raise NotYoursError
    return task


def _must_read(user: User, study: Study) -> None:
    if not may_read(user, study):
        raise PermissionDenied
