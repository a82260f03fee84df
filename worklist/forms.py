"""The filter form, and how what it asks for travels in an address without naming a patient."""

import secrets
from typing import Any

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from dicomkit.identity import is_uid
from worklist.criteria import COLUMN_OF, DEFAULT_COLUMN, Criteria, DatePreset, Position

_SEARCHES = "worklist_searches"
_SEARCHES_KEPT = 20


class FilterForm(forms.Form):
    """The filters above the list."""

    q = forms.CharField(required=False, max_length=128)
    date_preset = forms.ChoiceField(required=False, choices=[(preset, preset) for preset in DatePreset])
    date_from = forms.DateField(required=False)
    date_to = forms.DateField(required=False)
    modality = forms.CharField(required=False, max_length=16)
    body_part = forms.CharField(required=False, max_length=32)
    facility = forms.CharField(required=False, max_length=16)
    status = forms.CharField(required=False, max_length=16)

    def clean(self) -> dict[str, Any]:
        """Take given dates as a range, whatever the preset says, and turn a reversed range round."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("date_from"), values.get("date_to")
        if first and last and first > last:
            values["date_from"], values["date_to"] = last, first
        if values.get("date_preset") == DatePreset.RANGE and not (first or last):
            values["date_preset"] = DatePreset.ALL
        return values


def criteria_of(values: dict[str, Any], *, text: str) -> Criteria:
    """Return the criteria that cleaned form values ask for; what did not validate does not filter."""
    return Criteria(
        text=text,
        modality=values.get("modality", ""),
        facility_code=values.get("facility", ""),
        status=values.get("status", ""),
        body_part=values.get("body_part", ""),
        date_preset=DatePreset(values.get("date_preset") or DatePreset.ALL),
        date_from=values.get("date_from"),
        date_to=values.get("date_to"),
    )


def address_parameters(criteria: Criteria, session: SessionBase) -> QueryDict:
    """Return the parameters that bring the criteria back.

    The searched text may be a name, and addresses end up in histories and logs: it stays in the session, and the
    address carries a random word for it.
    """
    parameters = QueryDict(mutable=True)
    values = {
        "modality": criteria.modality,
        "body_part": criteria.body_part,
        "facility": criteria.facility_code,
        "status": criteria.status,
        "date_preset": criteria.date_preset if criteria.date_preset != DatePreset.ALL else "",
        "date_from": criteria.date_from.isoformat() if criteria.date_from else "",
        "date_to": criteria.date_to.isoformat() if criteria.date_to else "",
        "s": _kept_search(criteria.text, session) if criteria.text else "",
    }
    parameters.update({name: str(value) for name, value in values.items() if value})
    return parameters


def searched_text(token: str, session: SessionBase) -> str:
    """Return the text for which a search was kept in this session; empty when it is another's or was dropped."""
    return str(session.get(_SEARCHES, {}).get(token, ""))


def position_of(parameters: QueryDict) -> Position:
    """Return the page that an address asks for."""
    column = COLUMN_OF.get(parameters.get("sort", ""), DEFAULT_COLUMN)
    direction = parameters.get("dir", "")
    return Position(
        column=column,
        is_descending=direction == "desc" if direction else column is DEFAULT_COLUMN,
        after_uid=uid_parameter(parameters, "after"),
        before_uid=uid_parameter(parameters, "before"),
        is_last="last" in parameters,
    )


def uid_parameter(parameters: QueryDict, name: str) -> str:
    """Return the UID that an address gives under a name; empty where it gives none, or something else."""
    text = parameters.get(name, "")
    return text if is_uid(text) else ""


def _kept_search(text: str, session: SessionBase) -> str:
    searches: dict[str, str] = session.get(_SEARCHES, {})
    for token, kept in searches.items():
        if kept == text:
            return token
    token = secrets.token_urlsafe(9)
    session[_SEARCHES] = dict([*searches.items(), (token, text)][-_SEARCHES_KEPT:])
    return token
