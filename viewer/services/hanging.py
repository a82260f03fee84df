"""Save and delete hanging protocols."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Facility, User
from viewer.access import may_manage_protocols
from viewer.hanging.protocol import Protocol
from viewer.models import HangingProtocol
from viewer.models.hanging_protocol import Scope

_NOT_ALLOWED = "Protocols of a facility and of its roles are saved by its administrators."


@transaction.atomic
def save_protocol(
    *, protocol: Protocol, author: User, scope: Scope, facility: Facility | None = None, role: str = ""
) -> HangingProtocol:
    """Save a protocol; one of the same name, for the same people, is replaced.

    Anybody saves for himself; for a facility or a role of it, whoever administers the facility.

    Raises
    ------
    PermissionDenied
        The author does not administer the facility.
    """
    if scope != Scope.USER and (facility is None or not may_manage_protocols(author, facility)):
        raise PermissionDenied(_NOT_ALLOWED)
    saved, _ = HangingProtocol.objects.update_or_create(
        scope=scope,
        user=author if scope == Scope.USER else None,
        facility=None if scope == Scope.USER else facility,
        role=role if scope == Scope.ROLE else "",
        name=protocol.name,
        defaults={"body": protocol.as_json(), "author_name": author.get_full_name()},
    )
    return saved


@transaction.atomic
def delete_protocol(*, protocol: HangingProtocol, user: User) -> None:
    """Delete a protocol. Whoever may save it may delete it.

    Raises
    ------
    PermissionDenied
        The user may not.
    """
    is_own = protocol.scope == Scope.USER and protocol.user_id == user.pk
    if not is_own and (protocol.facility is None or not may_manage_protocols(user, protocol.facility)):
        raise PermissionDenied(_NOT_ALLOWED)
    protocol.delete()
