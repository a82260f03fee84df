"""The services: what they write, refuse and record."""

from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from accounts.exceptions import UserDeletionError
from accounts.models import Facility, Membership, User
from accounts.roles import Role
from accounts.services.facilities import change_facility, create_facility
from accounts.services.memberships import grant_membership, revoke_membership
from accounts.services.users import change_user, create_user, deactivate_user, reactivate_user, set_password
from audit.actors import Actor
from audit.models import AuditEvent
from tests.people import PASSWORD, facility, person

pytestmark = pytest.mark.django_db

ADMIN = Actor.command("test")


def recorded() -> list[tuple[str, str, dict[str, object]]]:
    events = AuditEvent.objects.order_by("seq")
    return [(event.event_type, event.actor_identifier, event.details) for event in events]


def test_a_user_is_created_with_a_name_in_lower_case_and_recorded() -> None:
    user = create_user(
        username="R.Reader",
        password=PASSWORD,
        email="r@NORTH.example",
        display_name="Reader, R.",
        actor=ADMIN,
    )

    stored = User.objects.get(pk=user.pk)
    assert (stored.username, stored.email, stored.get_full_name()) == (
        "r.reader",
        "r@north.example",
        "Reader, R.",
    )
    assert stored.check_password(PASSWORD)
    assert not stored.is_staff
    assert recorded() == [
        (
            "user_created",
            "test",
            {"username": "r.reader", "user_pk": user.pk, "is_staff": False, "is_superuser": False},
        )
    ]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("r.reader", PASSWORD),
        ("R.READER", PASSWORD),
        ("new", "short"),
        ("söme", PASSWORD),
        ("a b", PASSWORD),
        ("", PASSWORD),
    ],
)
def test_a_taken_or_odd_name_and_a_weak_password_are_refused(username: str, password: str) -> None:
    person("r.reader")

    with pytest.raises(ValidationError):
        create_user(username=username, password=password, actor=ADMIN)

    assert User.objects.count() == 1
    assert recorded() == []


def test_the_database_keeps_names_that_differ_in_case_apart_from_no_others() -> None:
    person("r.reader")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username="R.READER")])


def test_only_what_changes_is_recorded() -> None:
    user = person("r.reader", display_name="Old")
    change_user(user, display_name="New", email="", is_staff=False, is_superuser=True, actor=ADMIN)
    change_user(user, display_name="New", actor=ADMIN)

    user.refresh_from_db()
    assert (user.display_name, user.is_superuser) == ("New", True)
    details = {
        "username": "r.reader",
        "user_pk": user.pk,
        "changed": ["display_name", "is_superuser"],
        "is_superuser": True,
    }
    assert recorded() == [("user_changed", "test", details)]


def test_deactivating_twice_is_recorded_once() -> None:
    user = person("r.reader")
    for _ in range(2):
        deactivate_user(user, actor=ADMIN)
    for _ in range(2):
        reactivate_user(user, actor=ADMIN)

    assert [event_type for event_type, _, _ in recorded()] == ["user_deactivated", "user_reactivated"]


def test_users_are_never_deleted() -> None:
    user = person("r.reader")

    for attempt in (user.delete, User.objects.all().delete, User.objects.filter(pk=user.pk).delete):
        with pytest.raises(UserDeletionError):
            attempt()
    assert User.objects.count() == 1


def test_no_password_reaches_the_log() -> None:
    user = create_user(username="r.reader", password=PASSWORD, actor=ADMIN)
    set_password(user, password="another long password 1", actor=ADMIN)

    assert "password 1" not in str(recorded())
    assert PASSWORD not in str(recorded())
    assert [event_type for event_type, _, _ in recorded()] == ["user_created", "password_changed"]


def test_roles_are_granted_and_revoked_once_and_recorded_with_their_facility() -> None:
    user, north = person("r.reader"), facility("NORTH")
    first = grant_membership(user=user, facility=north, role=Role.RADIOLOGIST, actor=ADMIN)
    assert grant_membership(user=user, facility=north, role="radiologist", actor=ADMIN) == first
    revoke_membership(membership=first, actor=ADMIN)
    revoke_membership(membership=first, actor=ADMIN)

    assert not Membership.objects.exists()
    details = {"username": "r.reader", "user_pk": user.pk, "role": "radiologist"}
    assert recorded() == [("role_granted", "test", details), ("role_revoked", "test", details)]
    assert set(AuditEvent.objects.values_list("facility_code", flat=True)) == {"NORTH"}


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="janitor"):
        grant_membership(user=person("r.reader"), facility=facility(), role="janitor", actor=ADMIN)


@pytest.mark.parametrize("code", ["north", "NORTH CLINIC", "-N", "", "N" * 17, "NORTH\n"])
def test_a_facility_needs_a_plain_code(code: str) -> None:
    with pytest.raises(ValidationError):
        create_facility(code=code, name="North", actor=ADMIN)


def test_the_code_stands_in_for_an_issuer_that_is_not_given() -> None:
    assert create_facility(code="NORTH", name="North", actor=ADMIN).issuer_of_patient_id == "NORTH"
    named = create_facility(code="SOUTH", name="South", issuer_of_patient_id="REGION", actor=ADMIN)
    assert named.issuer_of_patient_id == "REGION"


def test_changing_a_facility_is_recorded() -> None:
    north = facility("NORTH")

    change_facility(north, is_active=False, actor=ADMIN)

    assert not Facility.objects.get().is_active
    assert recorded() == [("facility_changed", "test", {"change": "changed", "is_active": False})]


def test_nothing_happens_that_cannot_be_recorded() -> None:
    user, north = person("r.reader"), facility("NORTH")

    with (
        mock.patch.object(AuditEvent, "save", side_effect=DatabaseError("database or disk is full")),
        pytest.raises(DatabaseError),
    ):
        grant_membership(user=user, facility=north, role=Role.RADIOLOGIST, actor=ADMIN)

    assert not Membership.objects.exists()


def test_the_command_line_leaves_its_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="Root", verbosity=0)

    assert User.objects.get().username == "root"
    assert [(event_type, who) for event_type, who, _ in recorded()] == [("user_created", "createsuperuser")]
