"""What may follow what: the state tables of steps and of reading.

References
----------
PS3.3 C.4.10 (Scheduled Procedure Step Status), PS3.4 F.7.2 (Performed Procedure Step), our own for reading
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from worklist.exceptions import TransitionError

Status = TypeVar("Status", bound=models.TextChoices)
Action = TypeVar("Action", bound=models.TextChoices)


class StepStatus(models.TextChoices):
    """How far a scheduled procedure step has come."""

    SCHEDULED = "scheduled", _("Scheduled")
    ARRIVED = "arrived", _("Arrived")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    DISCONTINUED = "discontinued", _("Discontinued")
    CANCELLED = "cancelled", _("Cancelled")


class StepAction(models.TextChoices):
    """What happens to a scheduled procedure step."""

    ARRIVE = "arrive", _("Arrived")
    LEAVE = "leave", _("Not here after all")
    START = "start", _("Begin")
    COMPLETE = "complete", _("Complete")
    DISCONTINUE = "discontinue", _("Break off")
    REOPEN = "reopen", _("Open again")
    CANCEL = "cancel", _("Cancel")
    REINSTATE = "reinstate", _("Schedule again")


class PerformedStatus(models.TextChoices):
    """How far a performed procedure step has come; the values are those of the standard."""

    IN_PROGRESS = "IN PROGRESS", _("In progress")
    COMPLETED = "COMPLETED", _("Completed")
    DISCONTINUED = "DISCONTINUED", _("Discontinued")


class PerformedAction(models.TextChoices):
    """What a modality, or a person for it, reports of a performed procedure step."""

    UPDATE = "update", _("Update")
    COMPLETE = "complete", _("Complete")
    DISCONTINUE = "discontinue", _("Break off")


class ReadingStatus(models.TextChoices):
    """How far a study has come, from the first image to the report."""

    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CHECKED = "checked", _("Checked")
    BEING_READ = "being_read", _("Being read")
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    ADDENDED = "addended", _("Addended")
    DISCONTINUED = "discontinued", _("Discontinued")
    CANCELLED = "cancelled", _("Cancelled")


class ReadingAction(models.TextChoices):
    """What happens to a study on its way to the report."""

    COMPLETE = "complete", _("Complete")
    DISCONTINUE = "discontinue", _("Break off")
    REOPEN = "reopen", _("Open again")
    CHECK = "check", _("Images checked")
    RETURN = "return", _("Back to the technologist")
    CLAIM = "claim", _("Read")
    RELEASE = "release", _("Put back")
    SIGN_PRELIMINARY = "sign_preliminary", _("Preliminary")
    SIGN_FINAL = "sign_final", _("Final")
    ADDEND = "addend", _("Addendum")
    CANCEL = "cancel", _("Nothing to read")
    REINSTATE = "reinstate", _("To be read after all")


@dataclass(frozen=True)
class Transitions(Generic[Status, Action]):
    """A table of which action leads from which status to which."""

    table: Mapping[Action, Mapping[Status, Status]]

    def after(self, status: Status, action: Action) -> Status:
        """Return the status after an action.

        Raises
        ------
        TransitionError
            The action is not possible in that status.
        """
        try:
            return self.table[action][status]
        except KeyError:
            raise TransitionError(action.label, status.label) from None

    def possible(self, status: Status) -> list[Action]:
        """Return the actions that are possible in a status, in the order of the table."""
        return [action for action, moves in self.table.items() if status in moves]


_STEP, _PERFORMED, _READING = StepStatus, PerformedStatus, ReadingStatus

STEP_TRANSITIONS = Transitions(
    {
        StepAction.ARRIVE: {_STEP.SCHEDULED: _STEP.ARRIVED},
        StepAction.LEAVE: {_STEP.ARRIVED: _STEP.SCHEDULED},
        # A modality begins without anybody having noted the arrival, and again after it had broken off.
        StepAction.START: dict.fromkeys(
            [_STEP.SCHEDULED, _STEP.ARRIVED, _STEP.DISCONTINUED], _STEP.IN_PROGRESS
        ),
        StepAction.COMPLETE: {_STEP.IN_PROGRESS: _STEP.COMPLETED},
        StepAction.DISCONTINUE: {_STEP.IN_PROGRESS: _STEP.DISCONTINUED},
        StepAction.REOPEN: {_STEP.COMPLETED: _STEP.IN_PROGRESS},
        StepAction.CANCEL: dict.fromkeys([_STEP.SCHEDULED, _STEP.ARRIVED], _STEP.CANCELLED),
        StepAction.REINSTATE: {_STEP.CANCELLED: _STEP.SCHEDULED},
    }
)

# PS3.4 F.7.2.1.1: a step that has ended is never changed.
PERFORMED_TRANSITIONS = Transitions(
    {
        PerformedAction.UPDATE: {_PERFORMED.IN_PROGRESS: _PERFORMED.IN_PROGRESS},
        PerformedAction.COMPLETE: {_PERFORMED.IN_PROGRESS: _PERFORMED.COMPLETED},
        PerformedAction.DISCONTINUE: {_PERFORMED.IN_PROGRESS: _PERFORMED.DISCONTINUED},
    }
)

_UNREAD = (_READING.IN_PROGRESS, _READING.COMPLETED, _READING.CHECKED, _READING.DISCONTINUED)
_REPORTED = (_READING.FINAL, _READING.ADDENDED)

READING_TRANSITIONS = Transitions(
    {
        ReadingAction.COMPLETE: {_READING.IN_PROGRESS: _READING.COMPLETED},
        ReadingAction.DISCONTINUE: {_READING.IN_PROGRESS: _READING.DISCONTINUED},
        ReadingAction.REOPEN: dict.fromkeys(
            [_READING.COMPLETED, _READING.CHECKED, _READING.DISCONTINUED], _READING.IN_PROGRESS
        ),
        ReadingAction.CHECK: dict.fromkeys(
            [_READING.IN_PROGRESS, _READING.COMPLETED, _READING.DISCONTINUED], _READING.CHECKED
        ),
        ReadingAction.RETURN: {_READING.CHECKED: _READING.COMPLETED},
        # An emergency is read while its images arrive; what was signed is opened again for over-reading or an addendum.
        ReadingAction.CLAIM: dict.fromkeys([*_UNREAD, _READING.PRELIMINARY, *_REPORTED], _READING.BEING_READ),
        ReadingAction.SIGN_PRELIMINARY: {_READING.BEING_READ: _READING.PRELIMINARY},
        ReadingAction.SIGN_FINAL: {_READING.BEING_READ: _READING.FINAL},
        ReadingAction.ADDEND: {_READING.BEING_READ: _READING.ADDENDED},
        ReadingAction.CANCEL: dict.fromkeys(_UNREAD, _READING.CANCELLED),
        ReadingAction.REINSTATE: {_READING.CANCELLED: _READING.COMPLETED},
    }
)

# Which claims an ending of being read may end: a final report is not signed anew, it gets an addendum.
_ENDS_CLAIM_FROM: Mapping[ReadingAction, frozenset[ReadingStatus]] = {
    ReadingAction.SIGN_PRELIMINARY: frozenset({*_UNREAD, _READING.PRELIMINARY}),
    ReadingAction.SIGN_FINAL: frozenset({*_UNREAD, _READING.PRELIMINARY}),
    ReadingAction.ADDEND: frozenset(_REPORTED),
}


def reading_status_after(
    status: ReadingStatus, action: ReadingAction, *, claimed_from: ReadingStatus | None = None
) -> ReadingStatus:
    """Return the status of a study after an action.

    Parameters
    ----------
    claimed_from
        The status in which it was claimed by whoever reads it; None while nobody does.

    Raises
    ------
    TransitionError
        The action is not possible.
    """
    if action == ReadingAction.RELEASE:
        if status == ReadingStatus.BEING_READ and claimed_from:
            return claimed_from
        raise TransitionError(action.label, status.label)
    after = READING_TRANSITIONS.after(status, action)
    if action in _ENDS_CLAIM_FROM and claimed_from not in _ENDS_CLAIM_FROM[action]:
        raise TransitionError(action.label, claimed_from.label if claimed_from else status.label)
    return after
