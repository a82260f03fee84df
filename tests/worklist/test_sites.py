"""A radiologist of several facilities has one list; each study keeps the clock, the goal and the time zone of its own."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Membership
from accounts.roles import Role
from archive.models import ReceptionStatus
from tests import factories
from tests.worklist.department import arrived, task_of, waiting
from viewer.hanging.stored import protocols_of
from viewer.models import HangingProtocol
from worklist.local_time import zone_name
from worklist.models import Department, Priority, ReadingGoal

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_both(radiologist, south):
    Membership.objects.create(user=radiologist, facility=south, role=Role.RADIOLOGIST)
    return radiologist


def read_since(number, facility, reader, moment):
    """Return a study that somebody has been reading since a moment."""
    study = factories.study(number, facility=facility, status=ReceptionStatus.COMPLETE)
    waiting(study, status="being_read", claimed_by=reader, claimed_at=moment)
    return study


def test_a_reader_of_several_sites_sees_the_studies_of_all_with_their_site(north, south, of_both, log_in):
    arrived(1, facility=north)
    arrived(2, facility=south)
    page = log_in(of_both).get("/worklist/?list=unread").content.decode()
    assert page.count('<tr class="study') == 2
    assert '<td class="cell--facility"><bdi>NORTH</bdi>' in page
    assert '<td class="cell--facility"><bdi>SOUTH</bdi>' in page


def test_a_reader_of_one_site_is_spared_the_column(north, radiologist, log_in):
    arrived(1, facility=north)
    assert "cell--facility" not in log_in(radiologist).get("/worklist/").content.decode()


def test_times_are_those_of_the_site_and_name_their_zone_where_sites_differ(north, south, of_both, log_in):
    Department.objects.create(facility=north, time_zone="Europe/Vienna")
    Department.objects.create(facility=south, time_zone="Asia/Tokyo")
    moment = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
    studies = [read_since(1, north, of_both, moment), read_since(2, south, of_both, moment)]

    client = log_in(of_both)
    page = client.get("/worklist/").content.decode()
    row = client.get(f"/worklist/rows/{studies[1].study_instance_uid}/").content.decode()

    assert "since 2026-01-15 09:30 CET" in page
    assert "since 2026-01-15 17:30 JST" in page
    assert "since 2026-01-15 17:30 JST" in row
    assert "SOUTH JST" in row


def test_no_zone_is_named_where_all_sites_share_it(north, south, of_both, log_in):
    for facility in (north, south):
        Department.objects.create(facility=facility, time_zone="Europe/Vienna")
    read_since(1, north, of_both, datetime(2026, 1, 15, 8, 30, tzinfo=UTC))
    page = log_in(of_both).get("/worklist/").content.decode()
    assert "since 2026-01-15 09:30" in page
    assert "CET" not in page


def test_each_site_has_its_own_clock(north, south):
    ReadingGoal.objects.create(facility=south, priority=Priority.ROUTINE, minutes=90)
    here, there = task_of(arrived(1, facility=north)), task_of(arrived(2, facility=south))
    assert here.due_at - here.clock_started_at == timedelta(hours=24)
    assert there.due_at - there.clock_started_at == timedelta(minutes=90)


def test_the_list_is_narrowed_to_one_site(north, south, of_both, log_in):
    arrived(1, facility=north)
    arrived(2, facility=south)
    page = log_in(of_both).get("/worklist/?facility=SOUTH").content.decode()
    assert page.count('<tr class="study') == 1


def test_a_zone_without_a_name_of_its_own_is_told_by_its_distance_from_utc():
    moment = datetime(2026, 1, 15, 8, 30, tzinfo=UTC)
    assert zone_name(moment.astimezone(ZoneInfo("Asia/Dubai"))) == "UTC+04"
    assert zone_name(moment.astimezone(ZoneInfo("Europe/Vienna"))) == "CET"


def test_a_hanging_protocol_of_a_site_hangs_the_studies_of_that_site(north, south, of_both):
    body = {"name": "North only", "version": 1}
    HangingProtocol.objects.create(scope="facility", facility=north, name="North only", body=body)
    assert [row.name for row in protocols_of(of_both, north.pk)] == ["North only"]
    assert list(protocols_of(of_both, south.pk)) == []
