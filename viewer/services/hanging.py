"""Save, change and delete hanging protocols."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Facility, User
from viewer.access import may_manage_protocols
from viewer.exceptions import InvalidProtocolError
from viewer.hanging.protocol import Protocol
from viewer.models import HangingProtocol
from viewer.models.hanging_protocol import Scope

_NOT_ALLOWED = gettext_noop("Protocols of a facility and of its roles are saved by its administrators.")


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
    _check_owner(author, scope, facility)
    saved, _ = HangingProtocol.objects.update_or_create(
        **_owner_columns(author, scope, facility, role),
        name=protocol.name,
        defaults={"body": protocol.as_json(), "author_name": author.get_full_name()},
    )
    return saved


@transaction.atomic
def change_protocol(
    *,
    stored: HangingProtocol,
    protocol: Protocol,
    author: User,
    scope: Scope,
    facility: Facility | None = None,
    role: str = "",
) -> None:
    """Give a stored protocol another name, other criteria or other people. It keeps its address.

    Whoever may save for both those who had it and those who get it may do this.

    Raises
    ------
    PermissionDenied
        The author may not.
    InvalidProtocolError
        These people have another protocol of that name.
    """
    _check_stored(author, stored)
    _check_owner(author, scope, facility)
    owner = _owner_columns(author, scope, facility, role)
    if HangingProtocol.objects.filter(**owner, name=protocol.name).exclude(pk=stored.pk).exists():
        raise InvalidProtocolError("name", "is the name of another protocol of the same people")
    columns = {
        **owner,
        "name": protocol.name,
        "body": protocol.as_json(),
        "author_name": author.get_full_name(),
    }
    for column, value in columns.items():
        setattr(stored, column, value)
    stored.save()


@transaction.atomic
def delete_protocol(*, protocol: HangingProtocol, user: User) -> None:
    """Delete a protocol. Whoever may save it may delete it.

    Raises
    ------
    PermissionDenied
        The user may not.
    """
    _check_stored(user, protocol)
    protocol.delete()


def _check_owner(user: User, scope: Scope, facility: Facility | None) -> None:
    """Refuse what is for others, unless the user administers their facility."""
    if scope != Scope.USER and (facility is None or not may_manage_protocols(user, facility)):
        raise PermissionDenied(_NOT_ALLOWED)


def _check_stored(user: User, stored: HangingProtocol) -> None:
    """Refuse what is stored for others, unless the user administers their facility."""
    if stored.scope != Scope.USER or stored.user_id != user.pk:
        _check_owner(user, Scope.FACILITY, stored.facility)


def _owner_columns(author: User, scope: Scope, facility: Facility | None, role: str) -> dict[str, Any]:
    """Return whose a protocol is, as columns of its row."""
    is_own = scope == Scope.USER
    return {
        "scope": scope,
        "user": author if is_own else None,
        "facility": None if is_own else facility,
        "role": role if scope == Scope.ROLE else "",
    }
