"""Save, rename and delete lists; keep how a user wants the worklist."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Facility, User
from worklist.access import may_save_lists
from worklist.criteria import Criteria, Position
from worklist.exceptions import WorklistError
from worklist.models import ListSettings, SavedList, Scope

_NOT_ALLOWED = gettext_lazy("Lists of a facility and of its roles are saved by its administrators.")


@transaction.atomic
def save_list(
    *,
    name: str,
    criteria: Criteria,
    position: Position,
    author: User,
    scope: Scope,
    facility: Facility | None = None,
    role: str = "",
) -> SavedList:
    """Save what is asked under a name; a list of the same name, for the same people, is replaced.

    Raises
    ------
    PermissionDenied
        It is for others, and the author does not administer their facility.
    WorklistError
        The name is empty or too long.
    """
    if scope != Scope.USER and (facility is None or not may_save_lists(author, facility)):
        raise PermissionDenied(str(_NOT_ALLOWED))
    order = {"column": position.column.key, "is_descending": position.is_descending}
    saved, _ = SavedList.objects.update_or_create(
        scope=scope,
        user=author if scope == Scope.USER else None,
        facility=None if scope == Scope.USER else facility,
        role=role if scope == Scope.ROLE else "",
        name=_good_name(name),
        defaults={
            "asked": {"criteria": criteria.as_json(), "order": order},
            "author_name": author.get_full_name(),
        },
    )
    return saved


def rename_list(*, saved: SavedList, name: str, user: User) -> None:
    """Give a saved list another name. Whoever may save it may rename it.

    Raises
    ------
    PermissionDenied
        The user may not.
    WorklistError
        The name is empty, too long, or another list has it.
    """
    _must_own(saved, user)
    saved.name, saved.author_name = _good_name(name), user.get_full_name()
    try:
        with transaction.atomic():
            saved.save(update_fields=["name", "author_name", "updated_at"])
    except IntegrityError:
        raise WorklistError(_("Another list has this name. Choose a different one.")) from None


def delete_list(*, saved: SavedList, user: User) -> None:
    """Delete a saved list. Whoever may save it may delete it.

    Raises
    ------
    PermissionDenied
        The user may not.
    """
    _must_own(saved, user)
    saved.delete()


def keep_settings(
    *,
    user: User,
    columns: Sequence[str] | None = None,
    tabs: Sequence[str] | None = None,
    first_list: str | None = None,
) -> None:
    """Keep how a user wants the worklist; what is None stays as it is."""
    given: dict[str, Any] = {"columns": columns, "tabs": tabs, "first_list": first_list}
    changed = {name: value for name, value in given.items() if value is not None}
    ListSettings.objects.update_or_create(user=user, defaults=changed)


def _good_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 60:
        raise WorklistError(_("Give the list a name of up to 60 characters."))
    return name


def _must_own(saved: SavedList, user: User) -> None:
    is_own = saved.scope == Scope.USER and saved.user_id == user.pk
    if not is_own and (saved.facility is None or not may_save_lists(user, saved.facility)):
        raise PermissionDenied(str(_NOT_ALLOWED))
