"""Every pair of status and action, of each of the three tables."""

import pytest

from worklist.exceptions import TransitionError
from worklist.states import (
    PERFORMED_TRANSITIONS,
    STEP_TRANSITIONS,
    PerformedAction,
    PerformedStatus,
    ReadingAction,
    ReadingStatus,
    StepAction,
    StepStatus,
    reading_status_after,
)

STEP = {
    ("scheduled", "arrive"): "arrived",
    ("scheduled", "start"): "in_progress",
    ("scheduled", "cancel"): "cancelled",
    ("arrived", "leave"): "scheduled",
    ("arrived", "start"): "in_progress",
    ("arrived", "cancel"): "cancelled",
    ("in_progress", "complete"): "completed",
    ("in_progress", "discontinue"): "discontinued",
    ("completed", "reopen"): "in_progress",
    ("discontinued", "start"): "in_progress",
    ("cancelled", "reinstate"): "scheduled",
}
PERFORMED = {
    ("IN PROGRESS", "update"): "IN PROGRESS",
    ("IN PROGRESS", "complete"): "COMPLETED",
    ("IN PROGRESS", "discontinue"): "DISCONTINUED",
}
READING = {
    ("in_progress", "complete"): "completed",
    ("in_progress", "discontinue"): "discontinued",
    ("in_progress", "check"): "checked",
    ("in_progress", "claim"): "being_read",
    ("in_progress", "cancel"): "cancelled",
    ("completed", "reopen"): "in_progress",
    ("completed", "check"): "checked",
    ("completed", "claim"): "being_read",
    ("completed", "cancel"): "cancelled",
    ("checked", "reopen"): "in_progress",
    ("checked", "return"): "completed",
    ("checked", "claim"): "being_read",
    ("checked", "cancel"): "cancelled",
    ("discontinued", "reopen"): "in_progress",
    ("discontinued", "check"): "checked",
    ("discontinued", "claim"): "being_read",
    ("discontinued", "cancel"): "cancelled",
    ("preliminary", "claim"): "being_read",
    ("final", "claim"): "being_read",
    ("addended", "claim"): "being_read",
    ("cancelled", "reinstate"): "completed",
}
UNREAD = ["in_progress", "completed", "checked", "discontinued"]
REPORTED = ["final", "addended"]
# What ends being read, by the status in which the study was claimed.
ENDING = {(was, "release"): was for was in [*UNREAD, "preliminary", *REPORTED]}
ENDING |= {(was, "sign_preliminary"): "preliminary" for was in [*UNREAD, "preliminary"]}
ENDING |= {(was, "sign_final"): "final" for was in [*UNREAD, "preliminary"]}
ENDING |= {(was, "addend"): "addended" for was in REPORTED}


@pytest.mark.parametrize("action", StepAction.values)
@pytest.mark.parametrize("status", StepStatus.values)
def test_a_step_moves_as_its_table_says_and_in_no_other_way(status: str, action: str):
    _check(lambda: STEP_TRANSITIONS.after(StepStatus(status), StepAction(action)), STEP.get((status, action)))


@pytest.mark.parametrize("action", PerformedAction.values)
@pytest.mark.parametrize("status", PerformedStatus.values)
def test_a_performed_step_that_has_ended_is_never_changed(status: str, action: str):
    _check(
        lambda: PERFORMED_TRANSITIONS.after(PerformedStatus(status), PerformedAction(action)),
        PERFORMED.get((status, action)),
    )


@pytest.mark.parametrize("action", ReadingAction.values)
@pytest.mark.parametrize("status", [one for one in ReadingStatus.values if one != "being_read"])
def test_a_study_that_nobody_reads_moves_as_its_table_says(status: str, action: str):
    _check(
        lambda: reading_status_after(ReadingStatus(status), ReadingAction(action)),
        READING.get((status, action)),
    )


@pytest.mark.parametrize("action", ReadingAction.values)
@pytest.mark.parametrize("claimed_from", [*UNREAD, "preliminary", *REPORTED])
def test_a_study_that_is_being_read_ends_as_its_claim_allows(claimed_from: str, action: str):
    _check(
        lambda: reading_status_after(
            ReadingStatus.BEING_READ, ReadingAction(action), claimed_from=ReadingStatus(claimed_from)
        ),
        ENDING.get((claimed_from, action)),
    )


def test_the_possible_actions_of_a_status_are_those_of_the_table():
    assert STEP_TRANSITIONS.possible(StepStatus.ARRIVED) == ["leave", "start", "cancel"]


def _check(move, expected: str | None):
    if expected:
        assert move() == expected
    else:
        with pytest.raises(TransitionError, match="is not possible"):
            move()
