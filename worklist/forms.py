"""The filter form, and how what it asks for travels in an address without naming a patient."""

import secrets
from typing import Any

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.http import QueryDict

from dicomkit.identity import is_uid
from worklist.built_in import BUILT_IN_OF
from worklist.criteria import UNFILTERED_LIST, Criteria, DatePreset
from worklist.models import PatientClass, Priority
from worklist.states import ReadingStatus

_SEARCHES = "worklist_searches"
_SEARCHES_KEPT = 20


class FilterForm(forms.Form):
    """The filters above the list."""

    list = forms.ChoiceField(required=False, choices=[(key, key) for key in BUILT_IN_OF])
    q = forms.CharField(required=False, max_length=128)
    date_preset = forms.ChoiceField(required=False, choices=[(preset, preset) for preset in DatePreset])
    date_from = forms.DateField(required=False)
    date_to = forms.DateField(required=False)
    modality = forms.CharField(required=False, max_length=16)
    body_part = forms.CharField(required=False, max_length=32)
    facility = forms.CharField(required=False, max_length=16)
    status = forms.MultipleChoiceField(required=False, choices=ReadingStatus.choices)
    priority = forms.TypedMultipleChoiceField(required=False, choices=Priority.choices, coerce=int)
    patient_class = forms.ChoiceField(required=False, choices=PatientClass.choices)
    reader = forms.CharField(required=False, max_length=150)
    subspecialty = forms.CharField(required=False, max_length=24)
    physician = forms.CharField(required=False, max_length=64)
    overdue = forms.BooleanField(required=False)
    arriving = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Take given dates as a range, whatever the preset says, and turn a reversed range round."""
        values = super().clean() or self.cleaned_data
        first, last = values.get("date_from"), values.get("date_to")
        if first and last and first > last:
            values["date_from"], values["date_to"] = last, first
        if values.get("date_preset") == DatePreset.RANGE and not (first or last):
            values["date_preset"] = DatePreset.ALL
        return values


def criteria_of(values: dict[str, Any], *, text: str, physician: str = "") -> Criteria:
    """Return the criteria that cleaned form values ask for; what did not validate does not filter."""
    return Criteria(
        list_key=values.get("list") or UNFILTERED_LIST,
        text=text,
        modality=values.get("modality", ""),
        facility_code=values.get("facility", ""),
        statuses=tuple(values.get("status", ())),
        priorities=tuple(values.get("priority", ())),
        patient_class=values.get("patient_class", ""),
        reader=values.get("reader", ""),
        subspecialty=values.get("subspecialty", ""),
        physician=physician,
        body_part=values.get("body_part", ""),
        is_overdue=values.get("overdue", False),
        is_arriving=values.get("arriving", False),
        date_preset=DatePreset(values.get("date_preset") or DatePreset.ALL),
        date_from=values.get("date_from"),
        date_to=values.get("date_to"),
    )


def address_parameters(criteria: Criteria, session: SessionBase) -> QueryDict:
    """Return the parameters that bring the criteria back.

    The searched text may be a name, and addresses end up in histories and logs: it stays in the session, and the
    address carries a random word for it. The name of a physician is treated likewise.
    """
    parameters = QueryDict(mutable=True)
    values = {
        "list": criteria.list_key if criteria.list_key != UNFILTERED_LIST else "",
        "modality": criteria.modality,
        "body_part": criteria.body_part,
        "facility": criteria.facility_code,
        "patient_class": criteria.patient_class,
        "reader": criteria.reader,
        "subspecialty": criteria.subspecialty,
        "overdue": "1" if criteria.is_overdue else "",
        "arriving": "1" if criteria.is_arriving else "",
        "date_preset": criteria.date_preset if criteria.date_preset != DatePreset.ALL else "",
        "date_from": criteria.date_from.isoformat() if criteria.date_from else "",
        "date_to": criteria.date_to.isoformat() if criteria.date_to else "",
        "s": _kept_search(criteria.text, session) if criteria.text else "",
        "r": _kept_search(criteria.physician, session) if criteria.physician else "",
    }
    parameters.update({name: str(value) for name, value in values.items() if value})
    if criteria.statuses:
        parameters.setlist("status", list(criteria.statuses))
    if criteria.priorities:
        parameters.setlist("priority", [str(priority) for priority in criteria.priorities])
    return parameters


def searched_text(token: str, session: SessionBase) -> str:
    """Return the text for which a search was kept in this session; empty when it is another's or was dropped."""
    return str(session.get(_SEARCHES, {}).get(token, ""))


def _kept_search(text: str, session: SessionBase) -> str:
    searches: dict[str, str] = session.get(_SEARCHES, {})
    for token, kept in searches.items():
        if kept == text:
            return token
    token = secrets.token_urlsafe(9)
    session[_SEARCHES] = dict([*searches.items(), (token, text)][-_SEARCHES_KEPT:])
    return token


def uid_parameter(parameters: QueryDict, name: str) -> str:
    """Return the UID that an address gives under a name; empty where it gives none, or something else."""
    text = parameters.get(name, "")
    return text if is_uid(text) else ""
