"""How a user wants the worklist, and the lists that a user has."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import active_roles
from accounts.roles import Role
from worklist.access import visible_lists
from worklist.asking import criteria_of_saved
from worklist.built_in import BUILT_IN
from worklist.criteria import UNFILTERED_LIST, Criteria
from worklist.models import ListSettings, SavedList


@dataclass(frozen=True)
class Tab:
    """A list that a user can open."""

    key: str
    label: str
    hint: str
    parameter: str
    criteria: Criteria
    saved: SavedList | None = None

    @property
    def query(self) -> str:
        """The query of its address."""
        return f"{self.parameter}={self.key}"


def settings_of(user: User) -> ListSettings:
    """Return the settings of a user; the usual ones where nothing was changed."""
    return ListSettings.objects.filter(user=user).first() or ListSettings(user=user)


def tabs_of(user: User, order: Sequence[str] = ()) -> list[Tab]:
    """Return the lists of a user: those put in order by the user first, then the built-in and the saved ones."""
    built_in = [
        Tab(one.key, str(one.label), str(one.hint), "list", Criteria(list_key=one.key)) for one in BUILT_IN
    ]
    saved = [
        Tab(str(one.list_uid), one.name, _whose(one), "saved", criteria_of_saved(one), one)
        for one in visible_lists(user).select_related("facility")
    ]
    place = {key: number for number, key in enumerate(order)}
    return sorted([*built_in, *saved], key=lambda tab: place.get(tab.key, len(place)))


def start_address(user: User) -> str:
    """Return what is shown after signing in: the list that was chosen, else what the role works from."""
    if Role.TECHNOLOGIST in active_roles(user) and not settings_of(user).first_list:
        return reverse("worklist:examinations")
    return list_address(user)


def list_address(user: User) -> str:
    """Return the list that comes first: the one that was chosen, else the one that the role works from."""
    chosen = settings_of(user).first_list
    tab = next((tab for tab in tabs_of(user) if tab.key == chosen), None)
    if tab:
        query = tab.query
    elif Role.RADIOLOGIST in active_roles(user):
        query = "list=unread"
    else:
        query = f"list={UNFILTERED_LIST}"
    return f"{reverse('worklist:list')}?{query}"


def _whose(saved: SavedList) -> str:
    if saved.facility is None:
        return _("Your own list.")
    words = {"facility": saved.facility.name, "author": saved.author_name, "role": saved.get_role_display()}
    if saved.role:
        return _("For the role %(role)s at %(facility)s, saved by %(author)s.") % words
    return _("For everybody at %(facility)s, saved by %(author)s.") % words
