"""Every protocol that a user sees, with whose it is: for the menu and for managing them."""

from typing import TypedDict

from django.utils.translation import gettext

from accounts.models import User
from accounts.roles import Role
from viewer.access import facilities_with_protocols
from viewer.hanging.builtin import BUILT_IN
from viewer.hanging.selection import HangingBody, hanging_body
from viewer.hanging.stored import candidates_of, listed_protocols
from viewer.models import HangingProtocol
from viewer.models.hanging_protocol import Scope


class ListedBody(HangingBody):
    """A protocol in the list: whose it is, in codes and in words, who saved it last, and whether the user may change it."""

    facility: str
    role: str
    whose: str
    author_name: str
    may_change: bool


class OwnersBody(TypedDict):
    """For whom a user may save."""

    facilities: list[dict[str, str]]
    roles: list[dict[str, str]]


def listing_of(user: User) -> list[ListedBody]:
    """Return the protocols of a user, of his roles and facilities, those that he manages, and the built-in ones."""
    managed = set(facilities_with_protocols(user).values_list("pk", flat=True))
    stored = [
        _listed(body, row, row.scope == Scope.USER or row.facility_id in managed)
        for row in listed_protocols(user)
        for body in map(hanging_body, candidates_of([row]))
    ]
    built_in = [
        ListedBody(
            **hanging_body(one),
            facility="",
            role="",
            whose=gettext("Built in"),
            author_name="",
            may_change=False,
        )
        for one in BUILT_IN
    ]
    return [*stored, *built_in]


def owners_of(user: User) -> OwnersBody:
    """Return the facilities and roles for which a user may save."""
    managed = facilities_with_protocols(user)
    return {
        "facilities": [{"code": one.code, "name": one.name} for one in managed],
        "roles": [{"value": value, "name": str(label)} for value, label in Role.choices],
    }


def _listed(body: HangingBody, row: HangingProtocol, may_change: bool) -> ListedBody:
    facility = row.facility
    return ListedBody(
        **body,
        facility=facility.code if facility else "",
        role=row.role,
        whose=_whose(row),
        author_name=row.author_name,
        may_change=may_change,
    )


def _whose(row: HangingProtocol) -> str:
    if row.facility is None:
        return gettext("Me")
    if row.scope == Scope.ROLE:
        return gettext("%(role)s at %(facility)s") % {
            "role": Role(row.role).label,
            "facility": row.facility.name,
        }
    return gettext("Everybody at %(facility)s") % {"facility": row.facility.name}
