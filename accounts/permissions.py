"""The only door to authorisation: may this user do that to this object?

The rule is facility membership with a role that allows it. The exception is a share: a row that names one user, one
study and one right, kept by django-guardian in a table with direct foreign keys. A share counts only while its user
holds, at an active facility, a role that may use shares; who has lost the last membership has lost everything.
Nothing follows from ``is_superuser``, which opens the Django admin and no study.
"""

from typing import Any, Protocol, TypeVar

from django.contrib.auth.models import AnonymousUser, Permission
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, Q, QuerySet
from guardian.shortcuts import assign_perm, remove_perm  # noqa: TID251 -- this module is the door
from guardian.utils import get_user_obj_perms_model

from accounts.models import Facility, Membership, User
from accounts.roles import RIGHTS_OF, Codename, Role, roles_over_facility, roles_over_shares

Model = TypeVar("Model", bound=models.Model)
Visitor = User | AnonymousUser


class HasFacility(Protocol):
    """An object that belongs to a facility, such as a study."""

    pk: Any
    facility_id: int


def filter_visible(queryset: "QuerySet[Model]", user: Visitor, codename: Codename) -> "QuerySet[Model]":
    """Restrict the queryset to what the user may do that to.

    Costs one query that looks for shares, and a sub-select in the caller's own; the second sub-select for shares is
    added for those only who have any, so that everybody else's page is read along the index of facility and date.

    Parameters
    ----------
    queryset
        Of a model with a foreign key ``facility`` and a direct-FK table of user permissions.
    user
        Anybody; who has not signed in, or is deactivated, gets nothing.
    codename
        What is to be done, one at a time.
    """
    if user.pk is None or not user.is_active:
        return queryset.none()
    at_facility = Q(facility__in=_memberships(user, roles_over_facility(codename)).values("facility"))
    shares = _shares(queryset.model, user, codename)
    if shares.exists():
        return queryset.filter(at_facility | Q(pk__in=shares.values("content_object")))
    return queryset.filter(at_facility)


def facilities_with(user: Visitor, codename: Codename) -> "QuerySet[Facility]":
    """Return the active facilities at which the user may do that to everything."""
    if user.pk is None or not user.is_active:
        return Facility.objects.none()
    return Facility.objects.filter(
        pk__in=_memberships(user, roles_over_facility(codename)).values("facility")
    )


def may(user: Visitor, codename: Codename, facility_pk: int) -> bool:
    """Return whether the user may do that to everything of the facility. Costs one query."""
    return facilities_with(user, codename).filter(pk=facility_pk).exists()


def may_on(user: Visitor, codename: Codename, obj: models.Model) -> bool:
    """Return whether the user may do that to the object, by membership or by a share."""
    return filter_visible(type(obj)._default_manager.filter(pk=obj.pk), user, codename).exists()


def require(user: Visitor, codename: Codename, obj: models.Model) -> None:
    """Return when the user may do that to the object.

    Raises
    ------
    PermissionDenied
        Otherwise.
    """
    if not may_on(user, codename, obj):
        raise PermissionDenied(f"{codename} is not allowed here")


def active_roles(user: Visitor) -> frozenset[Role]:
    """Return the roles that the user holds at any active facility. Costs one query."""
    if user.pk is None or not user.is_active:
        return frozenset()
    held = _memberships(user, list(RIGHTS_OF)).values_list("role", flat=True).distinct()
    return frozenset(Role(role) for role in held)


def roles_allow(roles: frozenset[Role], codename: Codename) -> bool:
    """Return whether one of the roles allows that anywhere, on a facility or on shares."""
    rights = [RIGHTS_OF[role] for role in roles]
    return any(codename in right.over_facility or codename in right.over_shares for right in rights)


def holds(user: Visitor, codename: Codename) -> bool:
    """Return whether the user may do that anywhere at all. Costs one query."""
    return roles_allow(active_roles(user), codename)


def share(obj: models.Model, user: User, codename: Codename) -> None:
    """Write the permission row. Call ``accounts.services.shares.share_study``, which records it, instead."""
    assign_perm(str(codename), user, obj)


def unshare(obj: models.Model, user: User, codename: Codename) -> None:
    """Remove the permission row. Call ``accounts.services.shares.unshare_study``, which records it, instead."""
    remove_perm(str(codename), user, obj)


def is_shared(obj: models.Model, user: User, codename: Codename) -> bool:
    """Return whether the permission row exists, whatever the user's memberships."""
    rows = get_user_obj_perms_model(obj).objects.filter(user=user, content_object=obj)
    found: bool = rows.filter(permission__codename=str(codename)).exists()
    return found


def _memberships(user: Visitor, roles: list[Role]) -> "QuerySet[Membership]":
    held = Membership.objects.filter(
        user=user.pk, role__in=roles, user__is_active=True, facility__is_active=True
    )
    return held.order_by()


def _shares(model: type[models.Model], user: Visitor, codename: Codename) -> "QuerySet[Any]":
    """Rows that share objects of active facilities with the user, none where no role of theirs may use them."""
    permission = Permission.objects.filter(
        codename=str(codename), content_type__app_label=model._meta.app_label
    )
    rows: QuerySet[Any] = get_user_obj_perms_model(model).objects.filter(
        Exists(_memberships(user, roles_over_shares(codename))),
        user=user.pk,
        permission__in=permission.values("pk"),
        content_object__facility__is_active=True,
    )
    return rows
