"""Builders of users, facilities and memberships; plain rows, without the services' audit events."""

from accounts.models import Facility, Membership, User
from accounts.roles import Role

PASSWORD = "correct horse battery staple"


def facility(code: str = "NORTH", *, is_active: bool = True) -> Facility:
    """Return the facility of that code; made on first use."""
    made, _ = Facility.objects.get_or_create(
        code=code, defaults={"name": f"{code.title()} Clinic", "is_active": is_active}
    )
    return made


def person(username: str, role: Role | None = None, *, at: str = "NORTH", **fields: object) -> User:
    """Return a new user, with one role at one facility where a role is given."""
    user = User.objects.create_user(username=username, password=PASSWORD, **fields)
    if role is not None:
        Membership.objects.create(user=user, facility=facility(at), role=role)
    return user


def superuser(username: str = "root") -> User:
    """Return a new user who may open all of the admin, and is nothing else."""
    return person(username, is_staff=True, is_superuser=True)
