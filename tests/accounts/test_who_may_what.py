"""Who may do what to which study: whole sets for each role, shares, and outsiders who get nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from accounts.models import Facility, User
from accounts.permissions import facilities_with, filter_visible, holds, is_shared, may, may_on, require
from accounts.roles import RIGHTS_OF, Codename, Role
from accounts.services.shares import share_study, unshare_study
from archive.models.study import Study
from audit.actors import Actor
from audit.models import AuditEvent
from tests.accounts.studies import study
from tests.people import facility, person, superuser

pytestmark = pytest.mark.django_db

ADMIN = Actor.system("test")
ON_STUDIES = [
    Codename.VIEW_STUDY,
    Codename.DOWNLOAD_STUDY,
    Codename.UPLOAD_STUDY,
    Codename.EDIT_STUDY,
    Codename.REPORT_STUDY,
    Codename.ANNOTATE_STUDY,
]
# Written out by hand: a change of the catalogue must be made in two places, and seen by whoever reads this one.
OVER_OWN_FACILITY = {
    Role.RADIOLOGIST: {
        "view_study",
        "download_study",
        "upload_study",
        "report_study",
        "annotate_study",
        "assign_reading",
    },
    Role.TECHNOLOGIST: {"view_study", "upload_study", "edit_study", "annotate_study", "manage_orders"},
    Role.REFERRER: set(),
    Role.ADMINISTRATOR: {
        "view_study",
        "download_study",
        "upload_study",
        "edit_study",
        "override_final",
        "manage_orders",
        "assign_reading",
        "manage_users",
    },
    Role.AUDITOR: {"view_audit"},
}
OVER_SHARES = {
    Role.RADIOLOGIST: {"view_study", "download_study", "report_study", "annotate_study"},
    Role.TECHNOLOGIST: {"view_study"},
    Role.REFERRER: {"view_study", "download_study"},
    Role.ADMINISTRATOR: {"view_study"},
    Role.AUDITOR: set(),
}


@pytest.fixture(autouse=True)
def studies() -> dict[int, Study]:
    """Two studies in the north, two in the south."""
    return {1: study(1), 2: study(2), 3: study(3, at="SOUTH"), 4: study(4, at="SOUTH")}


def visible(user: Any, codename: Codename = Codename.VIEW_STUDY) -> set[int]:
    """Return the last numbers of the UIDs of all studies that the user may do that to."""
    uids = filter_visible(Study.objects.all(), user, codename).values_list("study_instance_uid", flat=True)
    found = [int(uid.rsplit(".", 1)[1]) for uid in uids]
    assert len(found) == len(set(found)), "a study came twice"
    return set(found)


def test_the_catalogue_names_every_role() -> None:
    assert set(RIGHTS_OF) == set(Role) == set(OVER_OWN_FACILITY) == set(OVER_SHARES)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("codename", ON_STUDIES)
def test_a_role_reaches_all_of_its_facility_or_nothing(role: Role, codename: Codename) -> None:
    user = person("somebody", role, at="NORTH")

    assert visible(user, codename) == ({1, 2} if codename in OVER_OWN_FACILITY[role] else set())


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("codename", Codename)
def test_facilities_and_may_follow_the_catalogue(role: Role, codename: Codename) -> None:
    user = person("somebody", role, at="NORTH")
    north, south = facility("NORTH"), facility("SOUTH")
    allowed = codename in OVER_OWN_FACILITY[role]

    assert list(facilities_with(user, codename)) == ([north] if allowed else [])
    assert may(user, codename, north.pk) is allowed
    assert may(user, codename, south.pk) is False
    assert holds(user, codename) is (allowed or codename in OVER_SHARES[role])


@pytest.mark.parametrize(
    "make",
    [
        lambda: AnonymousUser(),
        lambda: person("outsider"),
        lambda: superuser(),
        lambda: person("staff", is_staff=True),
        lambda: person("former", Role.RADIOLOGIST, is_active=False),
    ],
    ids=["not signed in", "outsider", "superuser", "staff", "deactivated radiologist"],
)
def test_outsiders_get_nothing(make: Callable[[], Any]) -> None:
    user = make()

    for codename in Codename:
        assert visible(user, codename) == set()
        assert not facilities_with(user, codename).exists()
        assert not holds(user, codename)


def test_an_inactive_facility_shows_nothing_to_anybody(studies: dict[int, Study]) -> None:
    member = person("member", Role.RADIOLOGIST, at="NORTH")
    elsewhere = person("elsewhere", Role.REFERRER, at="SOUTH")
    share_study(study=studies[1], user=elsewhere, codename=Codename.VIEW_STUDY, actor=ADMIN)
    assert (visible(member), visible(elsewhere)) == ({1, 2}, {1})

    Facility.objects.filter(code="NORTH").update(is_active=False)

    assert (visible(member), visible(elsewhere)) == (set(), set())


def test_a_user_deactivated_in_the_meantime_gets_nothing_through_an_object_loaded_before() -> None:
    reader = person("reader", Role.RADIOLOGIST, at="NORTH")
    loaded_before = User.objects.get(pk=reader.pk)

    User.objects.filter(pk=reader.pk).update(is_active=False)

    assert visible(loaded_before) == set()
    assert not may(loaded_before, Codename.VIEW_STUDY, facility("NORTH").pk)
    assert not holds(loaded_before, Codename.VIEW_STUDY)


def test_roles_at_two_facilities_add_up_without_repetition() -> None:
    user = person("both", Role.RADIOLOGIST, at="NORTH")
    user.memberships.create(facility=facility("NORTH"), role=Role.TECHNOLOGIST)
    user.memberships.create(facility=facility("SOUTH"), role=Role.TECHNOLOGIST)

    assert visible(user) == {1, 2, 3, 4}
    assert visible(user, Codename.REPORT_STUDY) == {1, 2}
    assert visible(user, Codename.EDIT_STUDY) == {1, 2, 3, 4}


def test_a_referrer_sees_what_was_shared_and_nothing_else(studies: dict[int, Study]) -> None:
    referrer = person("referrer", Role.REFERRER, at="NORTH")
    assert visible(referrer) == set()

    share_study(study=studies[2], user=referrer, codename=Codename.VIEW_STUDY, actor=ADMIN)
    share_study(study=studies[3], user=referrer, codename=Codename.VIEW_STUDY, actor=ADMIN)

    assert visible(referrer) == {2, 3}
    assert visible(referrer, Codename.EDIT_STUDY) == set()
    assert visible(person("another", Role.REFERRER, at="NORTH")) == set()

    unshare_study(study=studies[2], user=referrer, codename=Codename.VIEW_STUDY, actor=ADMIN)
    assert visible(referrer) == {3}


@pytest.mark.parametrize("role", Role)
def test_a_share_adds_to_what_the_role_reaches(role: Role, studies: dict[int, Study]) -> None:
    user = person("somebody", role, at="NORTH")

    share_study(study=studies[3], user=user, codename=Codename.VIEW_STUDY, actor=ADMIN)

    own = {1, 2} if "view_study" in OVER_OWN_FACILITY[role] else set()
    shared = {3} if "view_study" in OVER_SHARES[role] else set()
    assert visible(user) == own | shared


def test_a_share_ends_with_the_last_membership(studies: dict[int, Study]) -> None:
    referrer = person("referrer", Role.REFERRER)
    share_study(study=studies[1], user=referrer, codename=Codename.VIEW_STUDY, actor=ADMIN)

    referrer.memberships.all().delete()

    assert visible(referrer) == set()
    assert is_shared(studies[1], referrer, Codename.VIEW_STUDY)


def test_one_object_is_judged_like_the_whole(studies: dict[int, Study]) -> None:
    reader = person("reader", Role.RADIOLOGIST, at="NORTH")

    assert may_on(reader, Codename.VIEW_STUDY, studies[1])
    assert not may_on(reader, Codename.VIEW_STUDY, studies[3])
    require(reader, Codename.VIEW_STUDY, studies[1])
    with pytest.raises(PermissionDenied):
        require(reader, Codename.EDIT_STUDY, studies[1])


def test_sharing_and_its_end_are_recorded_once(studies: dict[int, Study]) -> None:
    referrer = person("referrer", Role.REFERRER)
    for _ in range(2):
        share_study(study=studies[3], user=referrer, codename=Codename.VIEW_STUDY, actor=ADMIN)
    for _ in range(2):
        unshare_study(study=studies[3], user=referrer, codename=Codename.VIEW_STUDY, actor=ADMIN)

    events = AuditEvent.objects.order_by("seq")
    assert [event.event_type for event in events] == ["study_shared", "study_unshared"]
    for event in events:
        assert (event.patient_id, event.study_instance_uid, event.facility_code) == (
            "P3",
            "1.2.840.3",
            "SOUTH",
        )
        assert event.details == {"username": "referrer", "user_pk": referrer.pk, "codename": "view_study"}


def test_a_page_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    reader = User.objects.get(pk=person("reader", Role.RADIOLOGIST).pk)

    with django_assert_num_queries(2):
        assert len(filter_visible(Study.objects.all(), reader, Codename.VIEW_STUDY)[:50]) == 2
