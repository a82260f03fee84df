"""Forms of the technologist's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility
from worklist.local_time import zone_of
from worklist.models import PatientClass, Priority
from worklist.services.orders import Order, OrderedPatient, OrderedProcedure, OrderedStep


class DayForm(forms.Form):
    """Which day and what of it; what does not validate does not narrow."""

    facility = forms.CharField(required=False, max_length=16)
    day = forms.DateField(required=False)
    modality = forms.CharField(required=False, max_length=16)
    station = forms.CharField(required=False, max_length=16)
    status = forms.CharField(required=False, max_length=16)
    stuck = forms.BooleanField(required=False)


class OrderForm(forms.Form):
    """An order that a person enters: one examination of one patient."""

    facility = forms.ModelChoiceField(
        queryset=Facility.objects.none(), to_field_name="code", empty_label=None
    )
    patient_id = forms.CharField(label=_("Patient ID"), max_length=64)
    family_name = forms.CharField(max_length=64)
    given_name = forms.CharField(max_length=64, required=False)
    patient_birth_date = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    patient_sex = forms.ChoiceField(
        label=_("Sex"),
        required=False,
        choices=[("", "Unknown"), ("F", "Female"), ("M", "Male"), ("O", "Other")],
    )
    patient_class = forms.ChoiceField(label=_("Patient class"), required=False, choices=PatientClass.choices)
    patient_location = forms.CharField(label=_("Ward or clinic"), max_length=64, required=False)
    description = forms.CharField(label=_("Examination"), max_length=128)
    modality = forms.CharField(max_length=16, widget=forms.TextInput(attrs={"list": "modalities"}))
    body_part_examined = forms.CharField(label=_("Body part"), max_length=32, required=False)
    laterality = forms.ChoiceField(
        required=False, choices=[("", "None"), ("R", "Right"), ("L", "Left"), ("B", "Both")]
    )
    priority = forms.TypedChoiceField(
        choices=Priority.choices, initial=Priority.ROUTINE, coerce=lambda value: Priority(int(value))
    )
    scheduled_at = forms.DateTimeField(
        label=_("Date and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    station_ae_title = forms.CharField(label=_("Station (AE title)"), max_length=16, required=False)
    accession_number = forms.CharField(
        max_length=16, required=False, help_text=_("Left blank, one is given.")
    )
    requesting_physician_name = forms.CharField(label=_("Ordered by"), max_length=64, required=False)
    requesting_service = forms.CharField(label=_("Department that orders"), max_length=64, required=False)
    reason = forms.CharField(
        label=_("Reason and clinical question"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    patient_alerts = forms.CharField(
        label=_("Allergies and alerts"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    protocol_note = forms.CharField(
        label=_("Protocol"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, facilities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].queryset = facilities  # type: ignore[attr-defined]

    def clean_modality(self) -> str:
        """Take modalities as the standard writes them."""
        return str(self.cleaned_data["modality"]).strip().upper()

    def order(self) -> Order:
        """Return the order that the valid form describes; its time is that of the facility's clocks."""
        values = self.cleaned_data
        facility: Facility = values["facility"]
        names = [values[name].replace("^", " ").strip() for name in ("family_name", "given_name")]
        procedure = OrderedProcedure(
            **{
                name: values[name]
                for name in (
                    "description",
                    "modality",
                    "body_part_examined",
                    "laterality",
                    "priority",
                    "protocol_note",
                )
            },
            steps=[
                OrderedStep(
                    scheduled_at=values["scheduled_at"].replace(tzinfo=zone_of(facility)),
                    station_ae_title=values["station_ae_title"],
                )
            ],
        )
        return Order(
            patient=OrderedPatient(
                patient_name="^".join(names).rstrip("^"),
                **{name: values[name] for name in ("patient_id", "patient_birth_date", "patient_sex")},
            ),
            procedures=[procedure],
            patient_class=PatientClass(values["patient_class"]),
            **{
                name: values[name]
                for name in (
                    "accession_number",
                    "patient_location",
                    "requesting_physician_name",
                    "requesting_service",
                    "reason",
                    "patient_alerts",
                )
            },
        )
