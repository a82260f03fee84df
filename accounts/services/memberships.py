"""Grant and revoke roles at facilities."""

from django.db import transaction

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType


@transaction.atomic
def grant_membership(*, user: User, facility: Facility, role: Role | str, actor: Actor) -> Membership:
    """Give the user the role at the facility. Records ROLE_GRANTED, unless the user holds it already.

    Raises
    ------
    ValueError
        There is no such role.
    """
    membership, is_new = Membership.objects.get_or_create(user=user, facility=facility, role=Role(role).value)
    if is_new:
        _record(EventType.ROLE_GRANTED, membership, actor)
    return membership


@transaction.atomic
def revoke_membership(*, membership: Membership, actor: Actor) -> None:
    """Take the role away. Records ROLE_REVOKED; does nothing where it is gone already."""
    removed, _ = Membership.objects.filter(pk=membership.pk).delete()
    if removed:
        _record(EventType.ROLE_REVOKED, membership, actor)


def _record(event_type: EventType, membership: Membership, actor: Actor) -> None:
    details = {
        "username": membership.user.username,
        "user_pk": membership.user_id,
        "role": str(membership.role),
    }
    record_event(event_type, actor=actor, facility_code=membership.facility.code, details=details)
