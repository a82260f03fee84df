"""What an address of the list asks for: the list, its filters, its order and the page."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from accounts.models import User
from worklist.access import visible_lists
from worklist.built_in import BUILT_IN_OF
from worklist.columns import COLUMN_OF, Column
from worklist.criteria import Criteria, Position, criteria_from_json
from worklist.forms import FilterForm, address_parameters, criteria_of, searched_text, uid_parameter
from worklist.models import SavedList


@dataclass(frozen=True)
class Asked:
    """One page of one list.

    Attributes
    ----------
    saved
        The saved list that the criteria are those of, unchanged.
    kept
        The parameters that bring the criteria back, without order and page.
    """

    criteria: Criteria
    position: Position
    saved: SavedList | None
    kept: QueryDict

    @property
    def list_key(self) -> str:
        """The key of the tab."""
        return str(self.saved.list_uid) if self.saved else self.criteria.list_key

    @property
    def is_usual_order(self) -> bool:
        """Whether the list stands in the order in which it opens."""
        column, is_descending = usual_order(self.criteria, self.saved)
        return (self.position.column, self.position.is_descending) == (column, is_descending)


def asked_of(parameters: QueryDict, *, user: User, session: SessionBase) -> Asked:
    """Return what an address asks for; what it asks in vain is left out."""
    saved = saved_list_of(user, parameters.get("saved", ""))
    criteria = criteria_of_saved(saved) if saved else _criteria_of(parameters, session)
    if saved:
        kept = QueryDict(mutable=True)
        kept["saved"] = str(saved.list_uid)
    else:
        kept = address_parameters(criteria, session)
    return Asked(criteria, _position_of(parameters, *usual_order(criteria, saved)), saved, kept)


def usual_order(criteria: Criteria, saved: SavedList | None) -> tuple[Column, bool]:
    """Return the order in which a list opens: the column, and whether from the largest down."""
    built_in = BUILT_IN_OF[criteria.list_key]
    order = _part(saved, "order") if saved else {}
    column = COLUMN_OF.get(str(order.get("column", "")))
    return (column, bool(order.get("is_descending"))) if column else (built_in.column, built_in.is_descending)


def saved_list_of(user: User, list_uid: str) -> SavedList | None:
    """Return a saved list that the user has."""
    if not list_uid:
        return None
    try:
        return visible_lists(user).filter(list_uid=UUID(list_uid)).first()
    except ValueError:
        return None


def criteria_of_saved(saved: SavedList) -> Criteria:
    """Return what a saved list asks for; a list that cannot be read asks for nothing, and so shows everything."""
    try:
        criteria = criteria_from_json(_part(saved, "criteria"))
    except (ValueError, TypeError):
        return Criteria()
    return criteria if criteria.list_key in BUILT_IN_OF else Criteria()


def _part(saved: SavedList, name: str) -> dict[str, Any]:
    part = saved.asked.get(name) if isinstance(saved.asked, dict) else None
    return part if isinstance(part, dict) else {}


def _criteria_of(parameters: QueryDict, session: SessionBase) -> Criteria:
    form = FilterForm(parameters)
    form.is_valid()
    text, physician = (searched_text(parameters.get(name, ""), session) for name in ("s", "r"))
    return criteria_of(form.cleaned_data, text=text, physician=physician)


def _position_of(parameters: QueryDict, usual: Column, usually_descending: bool) -> Position:
    column = COLUMN_OF.get(parameters.get("sort", ""), usual)
    direction = parameters.get("dir", "")
    is_usual = usually_descending if column is usual else column.descends
    return Position(
        column=column,
        is_descending=direction == "desc" if direction else is_usual,
        after_uid=uid_parameter(parameters, "after"),
        before_uid=uid_parameter(parameters, "before"),
        is_last="last" in parameters,
    )
