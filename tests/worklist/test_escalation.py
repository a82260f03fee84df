"""A STAT study that is over its time is told to everybody who may read it, and in the end given to them all."""

import json
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from archive.models import ReceptionStatus, Study
from audit.models import AuditEvent
from common.redis_client import redis_client
from tests import factories, people
from tests.worklist.department import task_of, waiting
from worklist.live import CHANNEL, read_notice
from worklist.models import Department, Priority
from worklist.services import assignment, escalation, reading
from worklist.services.escalation import escalate_overdue, mail_overdue_stat, open_overdue_stat_to_all
from worklist.services.next_study import claim_next
from worklist.states import ReadingAction
from worklist.tasks import mail_overdue_stat as mail_task

pytestmark = pytest.mark.django_db


def stat(number, facility, *, over: timedelta = timedelta(minutes=1), **columns) -> Study:
    """Return a STAT study that has been outside its goal for a while."""
    study = factories.study(number, facility=facility, status=ReceptionStatus.COMPLETE)
    waiting(study, **{"priority": Priority.STAT, "due_at": timezone.now() - over, **columns})
    return study


def test_everybody_who_may_read_them_is_told_how_many_and_where(
    north, south, radiologist, technologist, log_in
):
    studies = [stat(number, north) for number in (1, 2)]
    stat(3, north, over=timedelta(minutes=-5))
    stat(4, north, priority=Priority.URGENT)
    stat(5, south)

    told = log_in(radiologist).get("/worklist/overdue-stat/").json()

    assert told["count"] == 2
    page = log_in(radiologist).get(told["list_url"]).content.decode()
    assert [study.study_instance_uid in page for study in studies] == [True, True]
    assert page.count('<tr class="study') == 2
    assert log_in(technologist).get("/worklist/overdue-stat/").json()["count"] == 0
    elsewhere = people.person("elsewhere", Role.RADIOLOGIST, at="SOUTH")
    assert log_in(elsewhere).get("/worklist/overdue-stat/").json()["count"] == 1


def test_what_somebody_has_begun_or_reported_is_no_alarm_any_more(north, radiologist, log_in):
    client, study = log_in(radiologist), stat(1, north)
    reading.claim(study=study, user=radiologist)
    assert client.get("/worklist/overdue-stat/").json()["count"] == 0
    reading.release(study=study, user=radiologist)
    assert client.get("/worklist/overdue-stat/").json()["count"] == 1
    reading.claim(study=study, user=radiologist)
    reading.sign(study=study, user=radiologist, action=ReadingAction.SIGN_FINAL)
    assert client.get("/worklist/overdue-stat/").json()["count"] == 0


def test_open_pages_count_again_when_one_becomes_overdue_and_when_it_is_begun(
    north, radiologist, django_capture_on_commit_callbacks
):
    channel = redis_client().pubsub()
    channel.subscribe(CHANNEL)
    channel.get_message(timeout=2)
    study = stat(1, north)
    stat(2, north, priority=Priority.ROUTINE)

    with django_capture_on_commit_callbacks(execute=True):
        escalate_overdue()
        reading.claim(study=study, user=radiologist)

    messages = [channel.get_message(timeout=2) for _ in range(3)]
    notices = [read_notice(message["data"]) for message in messages]
    assert [(one.study_instance_uid == study.study_instance_uid, one.is_overdue_stat) for one in notices] == [
        (True, True),
        (False, False),
        (True, True),
    ]


def test_an_assigned_stat_that_nobody_begins_is_everybodys_after_the_time_of_its_department(
    north, radiologist
):
    Department.objects.create(facility=north, stat_back_to_all_minutes=10)
    chosen, other = (people.person(name, Role.RADIOLOGIST) for name in ("chosen", "other"))
    late = stat(1, north, over=timedelta(minutes=11), assigned_to=chosen)
    in_time = stat(2, north, over=timedelta(minutes=9), assigned_to=chosen)
    begun = stat(3, north, over=timedelta(minutes=11), assigned_to=chosen)
    reading.claim(study=begun, user=chosen)
    routine = stat(4, north, over=timedelta(hours=3), assigned_to=chosen, priority=Priority.ROUTINE)
    assert claim_next(user=other) is None

    assert [open_overdue_stat_to_all(), open_overdue_stat_to_all()] == [1, 0]

    assert [task_of(one).assigned_to for one in (late, in_time, begun, routine)] == [
        None,
        chosen,
        chosen,
        chosen,
    ]
    assert task_of(late).assignment == "open_to_all"
    assert claim_next(user=other) == late
    record = AuditEvent.objects.filter(event_type="reading_changed", details__action="unassign").get()
    assert record.study_instance_uid == late.study_instance_uid


def test_without_a_department_an_assigned_stat_waits_a_quarter_of_an_hour_more(north, radiologist):
    stat(1, north, over=timedelta(minutes=14), assigned_to=radiologist)
    stat(2, north, over=timedelta(minutes=16), assigned_to=radiologist)
    assert open_overdue_stat_to_all() == 1


def test_a_reader_who_is_given_it_anew_in_this_moment_keeps_it(
    north, radiologist, administrator, monkeypatch
):
    study = stat(1, north, over=timedelta(hours=1), assigned_to=radiologist)
    other = people.person("other", Role.RADIOLOGIST)
    write = escalation.write

    def assigned_first(task, **values):
        assignment.assign(study=study, reader=other, user=administrator)
        return write(task, **values)

    monkeypatch.setattr(escalation, "write", assigned_first)
    assert open_overdue_stat_to_all() == 0
    assert task_of(study).assigned_to == other


def test_the_duty_address_gets_one_message_that_names_no_patient(north, django_capture_on_commit_callbacks):
    Department.objects.create(facility=north, duty_address="duty@hospital.example")
    studies = [stat(number, north) for number in (1, 2)]
    stat(3, north, priority=Priority.ROUTINE)

    with django_capture_on_commit_callbacks() as sent:
        escalate_overdue()
        escalate_overdue()
    assert len(sent) > 0
    mail_task(facility_pk=north.pk, count=2)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (
        ["duty@hospital.example"],
        "North Hospital: 2 STAT studies are overdue",
    )
    words = json.dumps([message.subject, message.body, message.extra_headers])
    for study in studies:
        for secret in (
            study.patient_id,
            study.patient_name,
            study.study_instance_uid,
            study.accession_number,
        ):
            assert not secret or secret not in words


def test_a_message_is_owed_once_for_each_facility_and_only_for_stat(north, south, monkeypatch):
    owed = []
    monkeypatch.setattr(escalation, "enqueue", lambda name, **ids: owed.append(ids))
    stat(1, north)
    stat(2, north)
    stat(3, south, priority=Priority.ROUTINE)
    escalate_overdue()
    escalate_overdue()
    assert owed == [{"facility_pk": north.pk, "count": 2}]


@pytest.mark.parametrize("address", ["", None])
def test_no_message_is_sent_where_no_address_is_given(north, address):
    if address is not None:
        Department.objects.create(facility=north, duty_address=address)
    mail_overdue_stat(facility_pk=north.pk, count=1)
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_asked_again(north, monkeypatch):
    Department.objects.create(facility=north, duty_address="duty@hospital.example")

    def away(*_args, **_options):
        raise SMTPServerDisconnected

    monkeypatch.setattr(escalation, "send_mail", away)
    outcome = mail_task.apply(kwargs={"facility_pk": north.pk, "count": 1})
    assert outcome.state in {"RETRY", "FAILURE"}
    assert isinstance(outcome.result, SMTPServerDisconnected)
