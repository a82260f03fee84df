"""Who may manage which people and facilities, and whose audit log a user may read."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Facility, Membership, RightsStamp, User
from accounts.permissions import Visitor, facilities_with
from accounts.roles import Codename


def managed_facilities(user: Visitor) -> "QuerySet[Facility]":
    """Return the facilities whose people the user manages; for a superuser all of them."""
    if user.is_active and user.is_superuser:
        return Facility.objects.all()
    return facilities_with(user, Codename.MANAGE_USERS)


def manageable_users(user: Visitor) -> "QuerySet[User]":
    """Return the users whose account the user may change; for a superuser all of them.

    An administrator changes the accounts of those who belong to the own facilities only, and of nobody who can open
    the admin: setting the password of somebody with more rights would hand those rights over.
    """
    if user.is_active and user.is_superuser:
        return User.objects.all()
    theirs = Membership.objects.filter(user=OuterRef("pk"))
    managed = managed_facilities(user).values("pk")
    return User.objects.filter(
        Exists(theirs.filter(facility__in=managed)),
        ~Exists(theirs.exclude(facility__in=managed)),
        is_staff=False,
        is_superuser=False,
    )


def may_manage_users(user: Visitor) -> bool:
    """Return whether the user manages anybody; a superuser does, also before there is a facility."""
    return (user.is_active and user.is_superuser) or managed_facilities(user).exists()


def audited_facility_codes(user: Visitor) -> Collection[str]:
    """Return the codes of the facilities whose audit log the user may read."""
    return list(facilities_with(user, Codename.VIEW_AUDIT).values_list("code", flat=True))


def rights_stamp() -> int | None:
    """Return the number that grows whenever somebody may have lost a right; None where it is not kept.

    Read it before asking whether a user may see something, and keep it with the answer: the answer holds as long as
    this returns the same number. Costs one query for one row, without the ORM, because every tile asks.
    """
    table = connection.ops.quote_name(RightsStamp._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT value FROM {table}")  # noqa: S608 -- the name is our own
        row = cursor.fetchone()
    return int(row[0]) if row else None
