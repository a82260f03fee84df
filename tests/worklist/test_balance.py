"""Studies go by themselves to the reader on duty whose they are and who has least to do, where a department wants that."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from archive.models import ReceptionStatus, Study
from audit.models import AuditEvent
from tests import factories, people
from tests.worklist.department import at_once, task_of, waiting
from worklist.models import Assignment, Department, Priority, Reader, ReadingEvent, ReadingTask, ReadingWeight
from worklist.services import assignment, reading
from worklist.services.balance import assign_ready_study, assign_waiting_studies
from worklist.services.duty import set_duty
from worklist.states import ReadingStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def department(north: Facility) -> Department:
    return Department.objects.create(facility=north, assigns_automatically=True)


def reader(name: str, *subspecialties: str, at: str = "NORTH", **columns: object) -> User:
    """Return a radiologist on duty."""
    user = people.person(name, Role.RADIOLOGIST, at=at, display_name=f"Dr. {name.title()}")
    Reader.objects.create(
        user=user,
        facility=people.facility(at),
        subspecialties=list(subspecialties),
        **{"is_on_duty": True, **columns},
    )
    return user


def ready(number: int, facility: Facility, **columns: object) -> Study:
    """Return a study that is ready to be read, of which the lists say what they are told."""
    study = factories.study(number, facility=facility, status=ReceptionStatus.COMPLETE)
    waiting(study, **{"modality": "CT", **columns})
    return study


def readers_of_all() -> list[str]:
    tasks = ReadingTask.objects.order_by("pk").select_related("assigned_to")
    return [task.assigned_to.username if task.assigned_to else "" for task in tasks]


def test_a_study_goes_to_the_reader_of_its_subspecialty_and_says_why(department, north):
    reader("general")
    reader("neuro", "neuro", "chest")
    study = ready(1, north, subspecialty="neuro")

    assign_ready_study(study.study_instance_uid)

    task = task_of(study)
    assert (task.assigned_to.username, task.reader_name, task.assignment) == (
        "neuro",
        "Dr. Neuro",
        "automatic",
    )
    event = ReadingEvent.objects.get(task=task)
    assert (event.action, event.reason, event.user) == (
        "assign",
        "assigned automatically: neuro, 0 waiting",
        None,
    )
    record = AuditEvent.objects.filter(event_type="reading_changed").latest("seq")
    assert record.details["reason"] == "assigned automatically: neuro, 0 waiting"


def test_without_its_subspecialty_on_duty_a_study_goes_to_who_reads_everything(department, north):
    reader("abdomen", "abdomen")
    reader("general")
    reader("asleep", "neuro", is_on_duty=False)
    study = ready(1, north, subspecialty="neuro")
    assign_ready_study(study.study_instance_uid)
    assert readers_of_all() == ["general"]
    assert "general, 0 waiting" in ReadingEvent.objects.get().reason


def test_what_nobody_on_duty_reads_stays_with_everybody(department, north):
    reader("abdomen", "abdomen")
    ready(1, north, subspecialty="neuro")
    ready(2, north, subspecialty="")
    assert assign_waiting_studies() == 1
    assert readers_of_all() == ["", "abdomen"]


def test_work_is_shared_by_weight_and_equals_take_turns_in_one_order(department, north):
    """Two films weigh as much as one CT: after a CT for the first, both films go to the second."""
    reader("first")
    reader("second")
    for number, modality in enumerate(["CT", "CR", "CR", "CR", "CR"], start=1):
        assign_ready_study(ready(number, north, modality=modality).study_instance_uid)
    assert readers_of_all() == ["first", "second", "second", "first", "second"]


def test_the_administrator_says_what_a_study_weighs(department, north):
    ReadingWeight.objects.create(facility=north, modality="CR", weight=5)
    reader("first")
    reader("second")
    for number, modality in enumerate(["CR", "CT", "CT", "CT"], start=1):
        assign_ready_study(ready(number, north, modality=modality).study_instance_uid)
    assert readers_of_all() == ["first", "second", "second", "second"]


def test_half_a_share_is_half_the_work(department, north):
    reader("whole")
    reader("half", share_percent=50)
    for number in range(1, 7):
        ready(number, north)
    assign_waiting_studies()
    assert sorted(readers_of_all()) == ["half"] * 2 + ["whole"] * 4


def test_nothing_is_assigned_where_the_department_does_not_want_it(north):
    Department.objects.create(facility=north)
    reader("eager")
    study = ready(1, north)
    assign_ready_study(study.study_instance_uid)
    assert assign_waiting_studies() == 0
    assert readers_of_all() == [""]


def test_what_is_claimed_decided_by_a_person_final_or_not_ready_is_left_alone(
    department, north, administrator
):
    eager = reader("eager")
    chosen = people.person("chosen", Role.RADIOLOGIST)
    reading.claim(study=ready(1, north), user=chosen)
    assignment.assign(study=ready(2, north), reader=chosen, user=administrator)
    given_back = ready(3, north)
    assignment.assign(study=given_back, reader=chosen, user=administrator)
    assignment.assign(study=given_back, reader=None, user=administrator)
    ready(4, north, status=ReadingStatus.FINAL)
    ready(5, north, status=ReadingStatus.COMPLETED)
    ready(6, north, status=ReadingStatus.IN_PROGRESS, priority=Priority.STAT)
    ready(7, north, status=ReadingStatus.COMPLETED, priority=Priority.STAT)

    assert assign_waiting_studies() == 1

    assert readers_of_all() == ["", "chosen", "", "", "", "", eager.username]


def test_a_stat_that_is_assigned_is_in_the_unread_list_of_everybody(department, north, log_in):
    reader("first")
    second = reader("second")
    study = ready(1, north, priority=Priority.STAT)
    assign_waiting_studies()
    page = log_in(second).get("/worklist/?list=unread").content.decode()
    assert study.study_instance_uid in page
    assert "Dr. First" in page


def test_an_assigned_study_is_among_its_readers_own(department, north, log_in):
    first = reader("first")
    study = ready(1, north)
    assign_waiting_studies()
    assert study.study_instance_uid in log_in(first).get("/worklist/?list=mine").content.decode()


def test_only_who_may_report_there_gets_anything(department, north):
    Membership.objects.filter(user=reader("left")).delete()
    for name, role in [("technologist2", Role.TECHNOLOGIST), ("retired", Role.RADIOLOGIST)]:
        user = people.person(name, role, is_active=name != "retired")
        Reader.objects.create(user=user, facility=north, is_on_duty=True)
    ready(1, north)
    assert assign_waiting_studies() == 0


def test_who_goes_away_gives_back_what_he_has_not_begun(department, north):
    first = reader("first")
    studies = [ready(number, north) for number in (1, 2, 3)]
    assign_waiting_studies()
    reading.claim(study=studies[0], user=first)
    assignment.assign(study=studies[2], reader=first, user=first)

    set_duty(user=first, is_on_duty=False)

    assert [(task.assigned_to, task.assignment) for task in ReadingTask.objects.order_by("pk")] == [
        (first, Assignment.AUTOMATIC),
        (None, Assignment.UNDECIDED),
        (first, Assignment.BY_HAND),
    ]
    assert task_of(studies[0]).claimed_by == first
    assert (
        AuditEvent.objects.filter(event_type="facility_changed").latest("seq").details["is_on_duty"]
        == "False"
    )


def test_what_a_reader_who_is_gone_had_goes_to_another_and_else_to_all(department, north):
    first = reader("first")
    ready(1, north)
    assign_waiting_studies()
    Reader.objects.filter(user=first).update(is_on_duty=False)
    assert assign_waiting_studies() == 1
    assert readers_of_all() == [""]

    second = reader("second")
    Reader.objects.filter(user=second).update(is_on_duty=True)
    assert [assign_waiting_studies(), assign_waiting_studies()] == [1, 0]
    assert readers_of_all() == ["second"]


def test_duty_that_a_reader_forgot_to_end_lapses(department, north):
    first = reader("first", is_on_duty=False)
    set_duty(user=first, is_on_duty=True)
    Reader.objects.update(on_duty_since=timezone.now() - timedelta(hours=15))
    ready(1, north)
    assert assign_waiting_studies() == 0
    assert not Reader.objects.get().is_on_duty


def test_a_reader_says_in_the_list_whether_he_reads_now(department, north, radiologist, log_in):
    client = log_in(radiologist)
    assert "I am reading now" in client.get("/worklist/").content.decode()

    answer = client.post("/worklist/duty/", {"on_duty": "1", "next": "/worklist/?list=mine"})

    assert answer["Location"] == "/worklist/?list=mine"
    assert Reader.objects.get(user=radiologist).is_on_duty
    assert re.search(r'value="1"\s+aria-pressed="true"', client.get("/worklist/").content.decode())
    assert client.post("/worklist/duty/", {"next": "https://elsewhere.example/"})["Location"] == "/worklist/"
    assert not Reader.objects.get(user=radiologist).is_on_duty


def test_duty_is_nothing_for_who_does_not_read_there(department, technologist, log_in):
    with pytest.raises(PermissionDenied):
        set_duty(user=technologist, is_on_duty=True)
    client = log_in(technologist)
    assert "I am reading now" not in client.get("/worklist/").content.decode()
    assert client.post("/worklist/duty/", {"on_duty": "1"}).status_code == 403


def test_duty_is_not_asked_where_nothing_is_assigned_automatically(north, radiologist, log_in):
    assert "I am reading now" not in log_in(radiologist).get("/worklist/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_assign_each_study_once_and_evenly(north):
    Department.objects.create(facility=north, assigns_automatically=True)
    for name in ("first", "second", "third"):
        reader(name)
    studies = [ready(number, north) for number in range(1, 10)]

    at_once(
        [lambda one=one: assign_ready_study(one.study_instance_uid) for one in studies]
        + [assign_waiting_studies]
    )

    assert sorted(readers_of_all()) == ["first"] * 3 + ["second"] * 3 + ["third"] * 3
    assert ReadingEvent.objects.filter(action="assign").count() == 9


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_never_lost_to_an_assignment_at_the_same_moment(north):
    Department.objects.create(facility=north, assigns_automatically=True)
    reader("eager")
    quick = people.person("quick", Role.RADIOLOGIST)
    studies = [ready(number, north) for number in range(1, 7)]

    def claim(study: Study) -> None:
        reading.claim(study=study, user=quick)

    at_once(
        [lambda one=one: claim(one) for one in studies] + [assign_waiting_studies, assign_waiting_studies]
    )

    assert [task_of(study).claimed_by for study in studies] == [quick] * 6
