"""The Django admin writes through the services and grants nothing by itself."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.people import PASSWORD, facility, person, superuser

pytestmark = pytest.mark.django_db

NO_INLINES = {
    "memberships-TOTAL_FORMS": "0",
    "memberships-INITIAL_FORMS": "0",
    "memberships-MIN_NUM_FORMS": "0",
    "memberships-MAX_NUM_FORMS": "1000",
}


@pytest.fixture
def root(browser: Client) -> Client:
    browser.force_login(superuser())
    return browser


@pytest.fixture
def administrator(browser: Client) -> Client:
    """Manages the people of the north and may open the admin."""
    browser.force_login(person("a.admin", Role.ADMINISTRATOR, at="NORTH", is_staff=True))
    return browser


def recorded() -> list[tuple[str, str]]:
    """Return what was recorded beside logins, and of whom."""
    events = AuditEvent.objects.exclude(event_type="login").order_by("seq")
    return [(event.event_type, event.details.get("username", event.facility_code)) for event in events]


def change_form(user: User, **fields: str) -> dict[str, str]:
    form = {"username": user.username, "display_name": user.display_name, "email": user.email, **NO_INLINES}
    for flag in ("is_active", "is_staff", "is_superuser"):
        if getattr(user, flag):
            form[flag] = "on"
    return {**form, **fields}


def test_a_user_with_roles_is_created_and_recorded(root: Client) -> None:
    north = facility("NORTH")
    form = {
        "username": "New.Reader",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "display_name": "Reader, New",
        "email": "",
        **NO_INLINES,
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-facility": str(north.pk),
        "memberships-0-role": "radiologist",
    }

    response = root.post("/admin/accounts/user/add/", form)

    assert response.status_code == 302, response.context["errors"]
    user = User.objects.get(username="new.reader")
    assert user.check_password(PASSWORD)
    assert [str(membership) for membership in user.memberships.all()] == ["new.reader: radiologist at NORTH"]
    assert recorded() == [("user_created", "new.reader"), ("role_granted", "new.reader")]
    assert {event.actor_identifier for event in AuditEvent.objects.all()} == {"root"}


def test_changes_of_a_user_are_recorded_each_as_what_it_is(root: Client) -> None:
    user = person("r.reader", Role.RADIOLOGIST)
    membership = user.memberships.get()
    form = change_form(user, display_name="Reader", is_staff="on") | {
        "memberships-TOTAL_FORMS": "2",
        "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": str(membership.pk),
        "memberships-0-user": str(user.pk),
        "memberships-0-DELETE": "on",
        "memberships-1-user": str(user.pk),
        "memberships-1-facility": str(facility("SOUTH").pk),
        "memberships-1-role": "technologist",
    }
    del form["is_active"]

    response = root.post(f"/admin/accounts/user/{user.pk}/change/", form)

    assert response.status_code == 302, response.context["errors"]
    user.refresh_from_db()
    assert (user.display_name, user.is_staff, user.is_active) == ("Reader", True, False)
    assert [(held.role, held.facility.code) for held in user.memberships.all()] == [("technologist", "SOUTH")]
    assert recorded() == [
        ("user_changed", "r.reader"),
        ("user_deactivated", "r.reader"),
        ("role_revoked", "r.reader"),
        ("role_granted", "r.reader"),
    ]


def test_a_password_set_in_the_admin_is_recorded(root: Client) -> None:
    user = person("r.reader")
    new = "staple battery horse correct"

    response = root.post(
        f"/admin/accounts/user/{user.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"},
    )

    assert response.status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)
    assert recorded() == [("password_changed", "r.reader")]


def test_facilities_are_created_and_changed_and_recorded(root: Client) -> None:
    root.post("/admin/accounts/facility/add/", {"code": "WEST", "name": "West", "is_active": "on"})
    west = Facility.objects.get()
    root.post(
        f"/admin/accounts/facility/{west.pk}/change/", {"name": "Far West", "issuer_of_patient_id": "WEST"}
    )

    west.refresh_from_db()
    assert (west.code, west.name, west.issuer_of_patient_id, west.is_active) == (
        "WEST",
        "Far West",
        "WEST",
        False,
    )
    assert recorded() == [("facility_changed", "WEST")] * 2


def test_memberships_are_granted_and_revoked_also_many_at_once(root: Client) -> None:
    user, north = person("r.reader"), facility("NORTH")
    for role in ("radiologist", "technologist", "auditor"):
        root.post("/admin/accounts/membership/add/", {"user": user.pk, "facility": north.pk, "role": role})
    keys = list(Membership.objects.values_list("pk", flat=True))
    root.post(f"/admin/accounts/membership/{keys[0]}/delete/", {"post": "yes"})
    root.post(
        "/admin/accounts/membership/",
        {"action": "delete_selected", "_selected_action": keys[1:], "post": "yes"},
    )

    assert not Membership.objects.exists()
    assert recorded() == [("role_granted", "r.reader")] * 3 + [("role_revoked", "r.reader")] * 3


def test_users_and_facilities_cannot_be_deleted(root: Client) -> None:
    user, north = person("r.reader"), facility("NORTH")

    assert root.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert root.post(f"/admin/accounts/facility/{north.pk}/delete/", {"post": "yes"}).status_code == 403
    root.post(
        "/admin/accounts/user/", {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    )
    assert User.objects.filter(pk=user.pk).exists()


def test_every_page_of_the_accounts_opens(root: Client) -> None:
    user = person("r.reader", Role.RADIOLOGIST)
    pages = [
        "",
        "accounts/user/",
        "accounts/user/add/",
        f"accounts/user/{user.pk}/change/",
        f"accounts/user/{user.pk}/password/",
        "accounts/user/?q=reader",
        "accounts/facility/",
        "accounts/facility/add/",
        f"accounts/facility/{facility().pk}/change/",
        "accounts/membership/",
        "accounts/membership/add/",
        f"accounts/membership/{user.memberships.get().pk}/change/",
    ]
    assert {page: root.get(f"/admin/{page}").status_code for page in pages} == dict.fromkeys(pages, 200)


def test_every_address_of_the_admin_carries_its_marks() -> None:
    addresses = list(every_address(admin.site.get_urls()))

    assert len(addresses) > 20
    for address in addresses:
        assert getattr(address.callback, "permission_mark", ""), address
        assert getattr(address.callback, "audit_mark", ""), address


def every_address(addresses: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for address in addresses:
        if isinstance(address, URLResolver):
            yield from every_address(address.url_patterns)
        else:
            yield address


def test_who_is_turned_away_from_the_admin_is_recorded(browser: Client) -> None:
    browser.get("/admin/accounts/user/", follow=True)
    assert not AuditEvent.objects.exists()

    browser.force_login(person("r.reader", Role.RADIOLOGIST))
    browser.get("/admin/accounts/user/", follow=True)

    events = AuditEvent.objects.filter(event_type="access_refused")
    assert [(event.actor_identifier, event.outcome) for event in events] == [("r.reader", 4)]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_staff_without_people_to_manage_stay_outside(browser: Client, role: Role) -> None:
    browser.force_login(person("staff", role, is_staff=True))

    assert browser.get("/admin/", follow=True).status_code == 403


def test_an_administrator_who_is_not_staff_stays_outside(browser: Client) -> None:
    browser.force_login(person("a.admin", Role.ADMINISTRATOR))

    assert browser.get("/admin/", follow=True).status_code == 403


def test_an_administrator_manages_the_people_of_the_own_facility_only(administrator: Client) -> None:
    theirs = person("n.reader", Role.RADIOLOGIST, at="NORTH")
    both = person("both", Role.RADIOLOGIST, at="NORTH")
    both.memberships.create(facility=facility("SOUTH"), role=Role.RADIOLOGIST)
    others = [
        both,
        person("s.reader", Role.RADIOLOGIST, at="SOUTH"),
        person("nobody"),
        person("n.staff", Role.RADIOLOGIST, at="NORTH", is_staff=True),
        superuser(),
    ]

    listed = administrator.get("/admin/accounts/user/").context["cl"].queryset
    assert set(listed) == {theirs}
    for user in others:
        for page in ("change", "password"):
            assert administrator.get(f"/admin/accounts/user/{user.pk}/{page}/").status_code in {302, 403, 404}
            administrator.post(
                f"/admin/accounts/user/{user.pk}/{page}/",
                {
                    **change_form(user, display_name="Taken"),
                    "password1": "staple battery 9",
                    "password2": "staple battery 9",
                },
            )
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert user.display_name == ""


def test_an_administrator_cannot_raise_anybody_above_the_facility(administrator: Client) -> None:
    user = person("n.reader", Role.RADIOLOGIST, at="NORTH")
    south = facility("SOUTH")
    myself = User.objects.get(username="a.admin")

    administrator.post(
        f"/admin/accounts/user/{user.pk}/change/",
        change_form(user, is_staff="on", is_superuser="on", display_name="N"),
    )
    administrator.post(
        "/admin/accounts/membership/add/", {"user": user.pk, "facility": south.pk, "role": "auditor"}
    )
    administrator.post("/admin/accounts/facility/add/", {"code": "MINE", "name": "Mine", "is_active": "on"})
    administrator.post(
        "/admin/accounts/membership/add/",
        {"user": myself.pk, "facility": facility("NORTH").pk, "role": "auditor"},
    )

    user.refresh_from_db()
    assert (user.display_name, user.is_staff, user.is_superuser) == ("N", False, False)
    assert not Membership.objects.filter(facility=south).exists()
    assert not Facility.objects.filter(code="MINE").exists()
    assert [membership.role for membership in myself.memberships.all()] == ["administrator"]
