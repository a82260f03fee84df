"""The only door to authorisation: may this user do that to this object?

The rule is facility membership with a role that allows it. The exception is a share: a row that names one user, one
study and one right, kept by django-guardian in a table with direct foreign keys. A share counts only while its user
holds, at an active facility, a role that may use shares; who has lost the last membership has lost everything.
Nothing follows from ``is_superuser``, which opens the Django admin and no study.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

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


@dataclass(frozen=True)
class _Reach:
    """Facilities of which a user reaches everything, and the rows of shares that count, None where there are none."""

    facility_pks: tuple[int, ...] = ()
    shares: "QuerySet[Any] | None" = None


def filter_visible(queryset: "QuerySet[Model]", user: Visitor, codename: Codename) -> "QuerySet[Model]":
    """Restrict the queryset to what the user may do that to.

    Asks the database at once for the user's memberships, one small query, and writes the keys of the facilities into
    the caller's: with them the database reads a page along the index of facility and date, where a sub-select makes it
    walk through the studies of everybody. A sub-select for shares is added for those only who have any.

    Parameters
    ----------
    queryset
        Of a model with a foreign key ``facility`` and a direct-FK table of user permissions.
    user
        Anybody; who has not signed in, or is deactivated, gets nothing.
    codename
        What is to be done, one at a time.
    """
    reach = _reach_of(queryset.model, user, codename)
    facilities = Q(facility__in=reach.facility_pks)
    shares = Q(pk__in=reach.shares.values("content_object")) if reach.shares is not None else Q()
    if reach.facility_pks:
        return queryset.filter(facilities | shares if shares else facilities)
    return queryset.filter(shares) if shares else queryset.none()


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


def _reach_of(model: type[models.Model], user: Visitor, codename: Codename) -> _Reach:
    """Return where the user may do that, in one query."""
    if user.pk is None or not user.is_active:
        return _Reach()
    shares = _shares(model, user, codename)
    held = list(
        _memberships(user, list(RIGHTS_OF))
        .annotate(has_shares=Exists(shares))
        .values_list("facility_id", "role", "has_shares")
    )
    whole, single = roles_over_facility(codename), roles_over_shares(codename)
    return _Reach(
        facility_pks=tuple(sorted({facility_pk for facility_pk, role, _ in held if role in whole})),
        shares=shares if any(has_shares and role in single for _, role, has_shares in held) else None,
    )


def _shares(model: type[models.Model], user: Visitor, codename: Codename) -> "QuerySet[Any]":
    """Rows that share objects of active facilities with the user."""
    permission = Permission.objects.filter(
        codename=str(codename), content_type__app_label=model._meta.app_label
    )
    rows: QuerySet[Any] = get_user_obj_perms_model(model).objects.filter(
        user=user.pk,
        permission__in=permission.values("pk"),
        content_object__facility__is_active=True,
    )
    return rows
