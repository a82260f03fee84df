"""What can be filled in on the page on which a study is put right, and what can be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from archive.models import CorrectionKind, Study
from worklist.rejection_reasons import grouped_reasons
from worklist.suggestions import Suggestion

Words = str | Promise


@dataclass(frozen=True)
class Act:
    """One thing to be done with a group: the kind of correction, and what its button says."""

    kind: str
    label: Words


@dataclass(frozen=True)
class Group:
    """Fields that belong to the same idea, with the acts that use them."""

    title: Words
    fields: tuple[str, ...]
    acts: tuple[Act, ...]


@dataclass(frozen=True)
class ShownGroup:
    """A group on the page; it stands open where it was refused."""

    title: Words
    fields: list[forms.BoundField]
    acts: tuple[Act, ...]
    is_open: bool


_GROUPS = (
    Group(_("Reject what is chosen"), ("reason_code",), (Act(CorrectionKind.REJECT, _("Preview")),)),
    Group(
        _("Match with an order"),
        ("order", "order_accession"),
        (
            Act(CorrectionKind.MATCH_ORDER, _("Preview: match")),
            Act(CorrectionKind.PART_ORDER, _("Preview: take it from its order")),
        ),
    ),
    Group(
        _("Split off what is chosen"),
        ("new_description", "new_accession", "new_order"),
        (Act(CorrectionKind.SPLIT, _("Preview: split off")),),
    ),
    Group(
        _("Move series or merge studies"),
        ("other_study",),
        (
            Act(CorrectionKind.MOVE_SERIES, _("Preview: move the series chosen there")),
            Act(CorrectionKind.MERGE_STUDIES, _("Preview: merge the whole study into it")),
        ),
    ),
    Group(
        _("Other patient: move, merge, link"),
        ("other_patient_id", "other_issuer", "other_name", "other_birth_date", "other_sex"),
        (
            Act(CorrectionKind.MOVE_STUDY, _("Preview: move this study")),
            Act(CorrectionKind.MERGE_PATIENTS, _("Preview: merge this patient into that one")),
            Act(CorrectionKind.LINK_PATIENTS, _("Preview: the same person at another site")),
            Act(CorrectionKind.UNLINK_PATIENTS, _("Preview: end the link")),
        ),
    ),
    Group(
        _("Demographics, in all studies of the patient"),
        ("patient_name", "birth_date", "sex"),
        (Act(CorrectionKind.EDIT_PATIENT, _("Preview")),),
    ),
    Group(
        _("Accession number, description, side, body part"),
        ("accession_number", "study_description", "laterality", "body_part"),
        (Act(CorrectionKind.EDIT_STUDY, _("Preview")),),
    ),
)


class CorrectionForm(forms.Form):
    """All that can be filled in. It is never bound: the plan of a correction says what is missing."""

    reason = forms.CharField(label=_("Reason, kept with the correction"), max_length=200)
    images = forms.CharField(widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(label=_("Coded reason"))
    order = forms.ChoiceField(label=_("Order of this study"))
    order_accession = forms.CharField(label=_("Or another order: accession number"), max_length=16)
    new_description = forms.CharField(label=_("Description of the new study"), max_length=64)
    new_accession = forms.CharField(label=_("Accession number of the new study"), max_length=16)
    new_order = forms.ChoiceField(label=_("Order of the new study"))
    other_study = forms.CharField(
        label=_("Other study: accession number or Study Instance UID"), max_length=64
    )
    other_patient_id = forms.CharField(label=_("Patient ID"), max_length=64)
    other_issuer = forms.CharField(label=_("Issuer of Patient ID"), max_length=64)
    other_name = forms.CharField(label=_("Name, where the patient is new"), max_length=324)
    other_birth_date = forms.DateField(label=_("Birth date, where the patient is new"))
    other_sex = forms.CharField(label=_("Sex, where the patient is new"), max_length=16)
    patient_name = forms.CharField(label=_("Name"), max_length=324)
    birth_date = forms.DateField(label=_("Birth date"))
    sex = forms.CharField(label=_("Sex"), max_length=16)
    accession_number = forms.CharField(label=_("Accession number"), max_length=16)
    study_description = forms.CharField(label=_("Description"), max_length=64)
    laterality = forms.CharField(label=_("Side of the series chosen"), max_length=2)
    body_part = forms.CharField(label=_("Body part of the series chosen"), max_length=16)

    def __init__(
        self, *, study: Study, typed: Mapping[str, str], suggestions: Iterable[Suggestion] = ()
    ) -> None:
        as_it_is = {
            "patient_name": study.patient_name,
            "birth_date": study.patient_birth_date,
            "sex": study.patient_sex,
            "accession_number": study.accession_number,
            "study_description": study.study_description,
        }
        super().__init__(
            initial=as_it_is | dict(typed),
            auto_id="correct-%s",
            label_suffix="",
            use_required_attribute=False,
        )
        self._kind = typed.get("kind", "")
        orders = list(suggestions)
        same_patient = [one for one in orders if not _is_of_another(one, study)]
        self._choose("reason_code", grouped_reasons())
        self._choose("order", [("", gettext("Choose")), *map(_order_choice, orders)])
        self._choose("new_order", [("", gettext("No order")), *map(_order_choice, same_patient)])
        self.fields["other_issuer"].widget.attrs["placeholder"] = study.facility.issuer_of_patient_id
        self.fields["other_name"].widget.attrs["placeholder"] = "Family^Given"
        for name in ("birth_date", "other_birth_date"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"
        self._without = set() if study.patient_record.linkage else {CorrectionKind.UNLINK_PATIENTS}

    def groups(self) -> list[ShownGroup]:
        """Return what is shown below the choice of images, in its order."""
        return [self._shown(group) for group in _GROUPS]

    def _shown(self, group: Group) -> ShownGroup:
        acts = tuple(one for one in group.acts if one.kind not in self._without)
        is_open = self._kind in {one.kind for one in acts}
        return ShownGroup(group.title, [self[name] for name in group.fields], acts, is_open)

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _is_of_another(suggestion: Suggestion, study: Study) -> bool:
    order = suggestion.procedure.imaging_service_request
    return order.patient_record_id != study.patient_record_id


def _order_choice(suggestion: Suggestion) -> tuple[str, str]:
    procedure = suggestion.procedure
    words = [
        procedure.imaging_service_request.accession_number,
        procedure.description,
        *suggestion.warnings,
        *suggestion.reasons,
    ]
    return str(procedure.pk), " · ".join(filter(None, words))
