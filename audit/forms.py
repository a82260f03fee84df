"""The auditor's search."""

from django import forms

from audit.selectors import LogFilter
from audit.vocabulary import CODES_OF

EVENT_CHOICES = [("", "All events"), *((event.value, codes.label) for event, codes in CODES_OF.items())]


class LogFilterForm(forms.Form):
    """What to look for. It is sent by POST and kept in the session: patient IDs do not belong in addresses."""

    first_day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    username = forms.CharField(label="User or device", required=False, max_length=150)
    patient_id = forms.CharField(label="Patient ID", required=False, max_length=64)
    study_instance_uid = forms.CharField(label="Study Instance UID", required=False, max_length=64)
    event_type = forms.ChoiceField(label="Event", required=False, choices=EVENT_CHOICES)
    refused_only = forms.BooleanField(label="Refused and failed only", required=False)

    def log_filter(self) -> LogFilter:
        """Return the search of a valid form."""
        return LogFilter(**self.cleaned_data)
