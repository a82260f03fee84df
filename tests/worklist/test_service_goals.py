"""Turn-around times against figures computed here from the same values, and the display on the wall."""

import csv
import statistics
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from tests import people
from tests.worklist.department import arrived, order, step_of
from worklist.models import Priority, ReadingTask, ScheduledProcedureStep
from worklist.services.escalation import escalate_overdue
from worklist.turnaround import GROUPING_OF, Period, turnarounds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


def became_final(
    number: int, minutes: int, *, facility: Facility, at: datetime = NOON, **columns: object
) -> None:
    """Store a study whose reading took so many minutes and ended at a moment."""
    study = arrived(number, facility=facility)
    started = at - timedelta(minutes=minutes)
    ReadingTask.objects.filter(pk=study.pk).update(
        status="final",
        final_at=at,
        clock_started_at=started,
        due_at=started + timedelta(minutes=60),
        **columns,
    )


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11])
def test_the_percentiles_are_those_of_the_nearest_rank(north: Facility, radiologist: User, count: int):
    minutes = [7 * number % 97 + 3 for number in range(1, count + 1)]
    for number, took in enumerate(minutes):
        became_final(number, took, facility=north)

    (found,) = turnarounds(radiologist, period=MARCH, grouping=GROUPING_OF["modality"])

    ordered = sorted(minutes)
    assert found.median == timedelta(minutes=statistics.median_low(minutes))
    assert found.ninetieth == timedelta(minutes=ordered[-(-9 * count // 10) - 1])
    assert found.longest == timedelta(minutes=max(minutes))
    assert found.outside == sum(took > 60 for took in minutes)


def test_groups_are_kept_apart(north: Facility, radiologist: User):
    became_final(1, 10, facility=north, priority=Priority.STAT)
    became_final(2, 200, facility=north, priority=Priority.ROUTINE)
    found = {
        one.group: one.median
        for one in turnarounds(radiologist, period=MARCH, grouping=GROUPING_OF["priority"])
    }
    assert found == {"STAT": timedelta(minutes=10), "Routine": timedelta(minutes=200)}


def test_days_come_in_their_order(north: Facility, radiologist: User):
    for number in (3, 1, 2):
        became_final(number, 10, facility=north, at=NOON + timedelta(days=number))
    found = turnarounds(radiologist, period=MARCH, grouping=GROUPING_OF["day"])
    assert [one.group for one in found] == ["2026-03-03", "2026-03-04", "2026-03-05"]


def test_what_became_final_outside_of_the_days_is_not_counted(north: Facility, radiologist: User):
    became_final(1, 10, facility=north, at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    became_final(2, 10, facility=north, at=datetime(2026, 4, 1, tzinfo=UTC))
    assert turnarounds(radiologist, period=MARCH, grouping=GROUPING_OF["modality"]) == []


def test_the_service_of_another_facility_is_not_shown(north: Facility, south: Facility, radiologist: User):
    became_final(1, 10, facility=south)
    assert turnarounds(radiologist, period=MARCH, grouping=GROUPING_OF["modality"]) == []
    assert turnarounds(radiologist, period=MARCH, grouping=GROUPING_OF["modality"], facility=south) == []


@pytest.fixture
def page(radiologist: User) -> Client:
    client = Client()
    client.force_login(radiologist)
    return client


def test_the_page_shows_what_the_table_for_spreadsheets_holds(north: Facility, page: Client):
    became_final(1, 45, facility=north)
    asked = "?first=2026-03-01&last=2026-03-31&by=modality"
    text = page.get(f"/worklist/goals/{asked}").content.decode()
    assert "45 min" in text
    rows = list(csv.reader(StringIO(page.get(f"/worklist/goals/table.csv{asked}").content.decode())))
    assert rows[1] == ["CT", "1", "45.0", "45.0", "45.0", "0"]


def test_a_reader_named_like_a_formula_is_text_in_the_table(north: Facility, page: Client):
    reader = people.person("+1", Role.RADIOLOGIST)
    became_final(1, 45, facility=north, final_by=reader)
    text = page.get("/worklist/goals/table.csv?first=2026-03-01&last=2026-03-31&by=reader").content.decode()
    assert "\r\n'+1,1," in text


def test_technologists_are_not_shown_how_fast_readers_are(north: Facility, technologist: User):
    client = Client()
    client.force_login(technologist)
    assert client.get("/worklist/goals/").status_code == 403


def test_the_wall_counts_what_waits_and_names_no_patient(north: Facility, page: Client):
    arrived(1, facility=north)
    arrived(2, facility=north)
    ReadingTask.objects.filter(study__study_instance_uid="1.2.3.1").update(
        priority=Priority.STAT, due_at=timezone.now() - timedelta(minutes=1)
    )
    request = order(facility=north, patient_id="P9")
    ScheduledProcedureStep.objects.filter(pk=step_of(request).pk).update(
        status="in_progress", started_at=timezone.now() - timedelta(hours=2)
    )
    text = page.get("/worklist/wall/").content.decode()
    assert "1 outside the goal" in text
    assert "wall__stuck" in text
    assert "Family" not in text
    assert "P1" not in text


def test_what_was_rejected_as_a_whole_waits_for_nobody(north: Facility, page: Client):
    study = arrived(1, facility=north)
    ReadingTask.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    type(study).objects.update(is_withdrawn=True)
    assert "outside the goal" not in page.get("/worklist/wall/?part=1").content.decode()
    assert escalate_overdue() == 0


def test_the_cost_of_the_wall_does_not_grow(north: Facility, page: Client, django_assert_max_num_queries):
    for number in range(20):
        arrived(number, facility=north)
    with django_assert_max_num_queries(14):
        assert page.get("/worklist/wall/?part=1").status_code == 200


def test_the_wall_of_another_facility_is_not_shown(north: Facility, south: Facility, page: Client):
    text = page.get("/worklist/wall/?facility=SOUTH&part=1").content.decode()
    assert "North Hospital" in text
