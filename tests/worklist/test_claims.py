"""Who reads a study: one person at a time, whoever presses when."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from audit.models import AuditEvent
from tests import people
from tests.worklist.department import arrived, at_once, task_of
from worklist.exceptions import (
    ClaimedByOtherError,
    NotYoursError,
    ReasonMissingError,
    TransitionError,
    WorklistError,
)
from worklist.models import Priority, ReadingEvent, ReadingTask
from worklist.services import assignment, reading
from worklist.services.escalation import escalate_overdue
from worklist.services.handover import hand_over
from worklist.services.moves import write
from worklist.states import ReadingAction


@pytest.fixture
def colleague(north: Facility) -> User:
    return people.person("colleague", Role.RADIOLOGIST, display_name="Dr. Colleague")


def test_a_claimed_study_names_its_reader_and_is_refused_to_another(north, radiologist, colleague):
    study = arrived(facility=north)

    reading.claim(study=study, user=colleague)

    with pytest.raises(ClaimedByOtherError, match=r"Dr\. Colleague is reading this study"):
        reading.claim(study=study, user=radiologist)
    task = task_of(study)
    assert (task.status, task.claimed_by, task.claimed_from) == ("being_read", colleague, "checked")


def test_claiming_again_is_no_second_claim(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    reading.claim(study=study, user=radiologist)
    assert ReadingEvent.objects.filter(action="claim").count() == 1


def test_putting_back_leads_to_where_the_study_was(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    task = reading.release(study=study, user=radiologist)
    assert (task.status, task.claimed_by) == ("checked", None)


def test_nobody_ends_the_reading_of_another(north, radiologist, colleague):
    study = arrived(facility=north)
    reading.claim(study=study, user=colleague)
    for end in (
        lambda: reading.release(study=study, user=radiologist),
        lambda: reading.suspend(study=study, user=radiologist),
        lambda: reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_FINAL),
    ):
        with pytest.raises(NotYoursError):
            end()
    assert task_of(study).claimed_by == colleague


def test_a_study_is_taken_over_for_a_reason_only(north, radiologist, colleague):
    study = arrived(facility=north)
    reading.claim(study=study, user=colleague)

    with pytest.raises(ReasonMissingError):
        reading.take_over(study=study, user=radiologist, reason=" ")
    reading.take_over(study=study, user=radiologist, reason="Colleague went home")

    assert task_of(study).claimed_by == radiologist
    assert ReadingEvent.objects.get(action="take_over").reason == "Colleague went home"
    assert not reading.still_reading(study=study, user=colleague)


def test_a_final_report_gets_an_addendum_and_no_second_signature(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_FINAL)
    reading.claim(study=study, user=radiologist)
    with pytest.raises(TransitionError):
        reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_FINAL)
    task = reading.sign(study=study, user=radiologist, action=ReadingAction.ADDEND)
    assert (task.status, task.final_by) == ("addended", radiologist)


def test_a_preliminary_reading_is_read_over_by_another(north, radiologist, colleague):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_PRELIMINARY)
    reading.claim(study=study, user=colleague)
    reading.sign(study=study, user=colleague, action=ReadingAction.SIGN_FINAL)
    task = task_of(study)
    assert (task.preliminary_by, task.final_by, task.status) == (radiologist, colleague, "final")


def test_a_suspended_study_keeps_its_reader_and_what_the_viewer_showed(north, radiologist, colleague):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    reading.suspend(study=study, user=radiologist, layout={"stage": 2})

    with pytest.raises(ClaimedByOtherError):
        reading.claim(study=study, user=colleague)
    task = reading.claim(study=study, user=radiologist)

    assert (task.is_suspended, task.suspended_layout) == (False, {"stage": 2})


@pytest.mark.parametrize("role", [Role.TECHNOLOGIST, Role.REFERRER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_radiologists_claim(north, role):
    study = arrived(facility=north)
    with pytest.raises(PermissionDenied):
        reading.claim(study=study, user=people.person("somebody", role))
    assert task_of(study).status == "checked"


def test_a_radiologist_of_another_facility_claims_nothing_here(north):
    with pytest.raises(PermissionDenied):
        reading.claim(study=arrived(facility=north), user=people.person("far", Role.RADIOLOGIST, at="SOUTH"))


def test_a_claim_goes_back_when_its_viewer_is_gone(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    assert reading.release_stale_claims() == 0

    ReadingTask.objects.update(claim_seen_at=timezone.now() - timedelta(minutes=21))

    assert reading.release_stale_claims() == 1
    assert task_of(study).status == "checked"


def test_a_suspended_study_waits_longer_for_its_reader(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    reading.suspend(study=study, user=radiologist)
    ReadingTask.objects.update(claim_seen_at=timezone.now() - timedelta(hours=3))
    assert reading.release_stale_claims() == 0


def test_a_viewer_that_speaks_up_keeps_its_claim(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    ReadingTask.objects.update(claim_seen_at=timezone.now() - timedelta(minutes=21))
    assert reading.still_reading(study=study, user=radiologist)
    assert reading.release_stale_claims() == 0


def test_a_study_is_assigned_to_those_only_who_may_report_on_it(
    north, radiologist, administrator, technologist
):
    study = arrived(facility=north)
    with pytest.raises(WorklistError, match="may not report"):
        assignment.assign(study=study, reader=technologist, user=administrator)
    with pytest.raises(PermissionDenied):
        assignment.assign(study=study, reader=radiologist, user=technologist)
    assignment.assign(study=study, reader=radiologist, user=administrator)
    assert task_of(study).assigned_to == radiologist


def test_a_new_priority_moves_the_time_by_which_a_study_is_due(north, radiologist):
    study = arrived(facility=north)
    task = assignment.set_priority(study=study, priority=Priority.STAT, user=radiologist)
    assert task.due_at == task.clock_started_at + timedelta(minutes=30)


def test_what_is_overdue_is_escalated_once(north):
    study = arrived(facility=north)
    ReadingTask.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert [escalate_overdue(), escalate_overdue()] == [1, 0]
    assert task_of(study).escalated_at


def test_a_radiologist_gives_a_study_back_with_a_reason(north, radiologist):
    study = arrived(facility=north)
    with pytest.raises(ReasonMissingError):
        hand_over(study=study, user=radiologist, action=ReadingAction.RETURN)
    task = hand_over(
        study=study, user=radiologist, action=ReadingAction.RETURN, reason="Lateral view missing"
    )
    assert (task.status, task.checked_at) == ("completed", None)


def test_every_move_is_on_record_with_its_study(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    record = AuditEvent.objects.filter(event_type="reading_changed").latest("seq")
    assert (record.study_instance_uid, record.facility_code) == (study.study_instance_uid, "NORTH")
    assert record.details["action"] == "claim"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_press_at_once_exactly_one_reads(north):
    study = arrived(facility=north)
    readers = [people.person(f"reader{number}", Role.RADIOLOGIST) for number in range(12)]

    def press(reader: User) -> str:
        try:
            reading.claim(study=study, user=reader)
        except ClaimedByOtherError:
            return "refused"
        return reader.username

    outcomes = at_once([lambda reader=reader: press(reader) for reader in readers])

    winner = task_of(study).claimed_by.username
    assert sorted(outcomes) == sorted(["refused"] * 11 + [winner])
    assert ReadingEvent.objects.filter(action="claim").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_over_at_once_exactly_one_succeeds(north, radiologist):
    study = arrived(facility=north)
    reading.claim(study=study, user=radiologist)
    seen = ReadingTask.objects.get(pk=study.pk)
    readers = [people.person(f"reader{number}", Role.RADIOLOGIST) for number in range(6)]

    def press(reader: User) -> int:
        task = ReadingTask.objects.get(pk=study.pk)
        task.status, task.claimed_by_id = seen.status, seen.claimed_by_id
        try:
            write(task, user=reader, action="take_over", claimed_by=reader)
        except WorklistError:
            return 0
        return 1

    assert sum(at_once([lambda reader=reader: press(reader) for reader in readers])) == 1
