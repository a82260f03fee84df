"""The auditor's search."""

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.selectors import LogFilter
from audit.vocabulary import CODES_OF

EVENT_CHOICES = [("", _("All events")), *((event.value, codes.label) for event, codes in CODES_OF.items())]


class LogFilterForm(forms.Form):
    """What to look for. It is sent by POST and kept in the session: patient IDs do not belong in addresses."""

    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    username = forms.CharField(label=_("User or device"), required=False, max_length=150)
    patient_id = forms.CharField(label=_("Patient ID"), required=False, max_length=64)
    study_instance_uid = forms.CharField(label=_("Study Instance UID"), required=False, max_length=64)
    event_type = forms.ChoiceField(label=_("Event"), required=False, choices=EVENT_CHOICES)
    refused_only = forms.BooleanField(label=_("Refused and failed only"), required=False)

    def log_filter(self) -> LogFilter:
        """Return the search of a valid form."""
        return LogFilter(**self.cleaned_data)
