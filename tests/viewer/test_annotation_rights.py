"""Who may not annotate a study changes nothing in it, and who may not see it learns nothing of it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from tests.conftest import member
from tests.dicom_samples import about, image
from tests.factories import store
from tests.viewer.annotation_samples import SOP_UID, STUDY, delete, put
from viewer.models import Annotation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(north: Facility) -> None:
    """A study with two images."""
    store(image(), image(number=2), facility=north)


def test_an_identifier_of_another_study_is_not_told_from_one_that_is_taken(
    reader: Client, south: Facility, log_in: Callable[[User], Client]
) -> None:
    store(image(about(2)), facility=south)
    other = log_in(member(Role.RADIOLOGIST, south))
    address = f"/viewer/studies/{about(2).study_instance_uid}/"
    put(other, study=address, sop_instance_uid=image(about(2)).SOPInstanceUID)

    answer = put(reader, revision=0)

    assert (answer.status_code, answer.json()["current"]) == (409, None)
    assert Annotation.objects.get().instance.sop_instance_uid == image(about(2)).SOPInstanceUID


@pytest.mark.parametrize("role", Role)
def test_only_who_may_annotate_writes(
    role: Role, reader: Client, north: Facility, log_in: Callable[[User], Client]
) -> None:
    put(reader)
    user = User.objects.get(username="radiologist.north") if role is Role.RADIOLOGIST else member(role, north)
    browser = log_in(user)
    is_allowed = role in (Role.RADIOLOGIST, Role.TECHNOLOGIST)
    sees = is_allowed or role is Role.ADMINISTRATOR

    assert put(browser, text="theirs", revision=1).status_code == (200 if is_allowed else 403)
    key_image = browser.put(f"{STUDY}key-images/{SOP_UID}/1")
    assert key_image.status_code == (204 if is_allowed else 403)
    page = browser.get(f"{STUDY}annotations.json")
    assert page.status_code == (200 if sees else 404)
    if sees:
        assert [one["may_edit"] for one in page.json()["annotations"]] == [is_allowed]


def test_the_radiologist_of_another_facility_finds_no_such_study(
    reader: Client, south: Facility, log_in: Callable[[User], Client]
) -> None:
    put(reader)
    outsider = log_in(member(Role.RADIOLOGIST, south))

    answers = [
        outsider.get(f"{STUDY}annotations.json"),
        put(outsider, text="x", revision=1),
        delete(outsider, 1),
        outsider.put(f"{STUDY}key-images/{SOP_UID}/1"),
        outsider.delete(f"{STUDY}key-images/{SOP_UID}/1"),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert Annotation.objects.get().text == ""


def test_a_radiologist_of_one_facility_who_sees_another_by_a_lesser_role_cannot_write_there(
    reader: Client, south: Facility, north: Facility, log_in: Callable[[User], Client]
) -> None:
    both = member(Role.RADIOLOGIST, south)
    both.memberships.create(facility=north, role=Role.ADMINISTRATOR)

    answer = put(log_in(both))

    assert (answer.status_code, answer.json()["detail"][:9]) == (403, "Your role")
