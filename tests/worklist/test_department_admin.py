"""Administrators set up how a department assigns and escalates in Django's admin, for their own facility only."""

import pytest

from accounts.roles import Role
from audit.models import AuditEvent
from tests import people
from worklist.models import Department, Reader, ReadingWeight

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(north, log_in):
    return log_in(people.person("chief", Role.ADMINISTRATOR, is_staff=True))


def test_a_department_takes_readers_from_another_facility(admin, north, south):
    Department.objects.create(facility=north)
    answer = admin.post(
        f"/admin/worklist/department/{north.pk}/change/",
        {
            "facility": north.pk,
            "time_zone": "Europe/Vienna",
            "stale_claim_minutes": 20,
            "assigns_automatically": "on",
            "readers_from": [south.pk],
            "stat_back_to_all_minutes": 5,
            "duty_address": "duty@hospital.example",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    department = Department.objects.get()
    assert (department.assigns_automatically, department.stat_back_to_all_minutes) == (True, 5)
    assert list(department.readers_from.all()) == [south]
    details = AuditEvent.objects.filter(event_type="facility_changed").latest("seq").details
    assert details["readers_from"] == str(south)


def test_the_pages_say_in_words_what_is_set(admin, north):
    Department.objects.create(facility=north)
    page = admin.get(f"/admin/worklist/department/{north.pk}/change/").content.decode()
    assert "are assigned to the readers on duty" in page
    assert "nothing about a patient" in page
    weight = admin.get("/admin/worklist/readingweight/add/").content.decode()
    assert "Beside a film, which is 1" in weight


def test_subspecialties_are_chosen_by_name_and_duty_set_here_does_not_lapse(admin, north, radiologist):
    assert "Head and spine" in admin.get("/admin/worklist/reader/add/").content.decode()
    form = {
        "user": radiologist.pk,
        "facility": north.pk,
        "subspecialties": ["neuro", "chest"],
        "is_on_duty": "on",
        "share_percent": 50,
    }
    assert admin.post("/admin/worklist/reader/add/", form).status_code == 302
    reader = Reader.objects.get()
    assert (reader.subspecialties, reader.is_on_duty, reader.on_duty_since) == (
        ["neuro", "chest"],
        True,
        None,
    )
    assert admin.post("/admin/worklist/reader/add/", {**form, "subspecialties": ["magic"]}).status_code == 200


def test_nobody_sets_up_the_department_of_another_facility(admin, north, south):
    Department.objects.create(facility=south)
    assert admin.get(f"/admin/worklist/department/{south.pk}/change/").status_code in {302, 403, 404}
    answer = admin.post(
        "/admin/worklist/readingweight/add/", {"facility": south.pk, "modality": "CT", "weight": 2}
    )
    assert answer.status_code == 200
    assert not ReadingWeight.objects.exists()
