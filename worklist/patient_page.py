"""One person as the page of a patient shows it: identities side by side, and where they differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from archive.access import visible_patients
from archive.models import Patient, Study
from archive.selectors import identities_of_person
from archive.services.corrections.received import as_came, usual_issuer
from dicomkit.person_name import display_name, fold
from worklist.access import Visitor
from worklist.timeline import TimelineStudy

_MOST_MERGES = 20


@dataclass(frozen=True)
class Identity:
    """One identity of the person.

    Attributes
    ----------
    sites
        Where it has studies that the user may see.
    number_of_studies
        Of those that the user may see.
    is_linked
        The user may see another identity of the person, of another issuer.
    is_merged
        It was merged into another one, and its studies are there.
    called_otherwise
        Names that some of its studies carry instead.
    """

    patient: Patient
    sites: tuple[str, ...]
    number_of_studies: int
    is_linked: bool
    is_merged: bool
    called_otherwise: tuple[str, ...]


@dataclass(frozen=True)
class ComparedCell:
    """What one identity says, and whether the first one says something else."""

    text: str
    differs: bool


@dataclass(frozen=True)
class ComparedRow:
    """One attribute of all identities."""

    label: str
    cells: list[ComparedCell]


def survivor_of(patient_pk: int) -> Patient | None:
    """Return a patient, or the one into whom it was merged at last."""
    found = Patient.objects.select_related("merged_into").filter(pk=patient_pk).first()
    for _step in range(_MOST_MERGES):
        if found is None or found.merged_into_id is None:
            return found
        found = Patient.objects.select_related("merged_into").get(pk=found.merged_into_id)
    return found


def identities_of(user: Visitor, patient: Patient, timeline: Sequence[TimelineStudy]) -> list[Identity]:
    """Return the identities of a person that the user may know of, the patient first.

    Those are the identities under which the user may see a study, and those that were merged away under which such
    a study came.
    """
    linked = visible_patients(user).filter(pk__in=identities_of_person(patient.pk)).order_by("pk")
    known = sorted(linked, key=lambda one: one.pk != patient.pk)
    studies = [entry.study for entry in timeline]
    came = {_came_as(study) for study in studies}
    merged = Patient.objects.filter(merged_into__in=[one.pk for one in known]).order_by("pk")
    return [
        *(_identity(one, studies, is_linked=len(known) > 1) for one in known),
        *(_merged(one) for one in merged if _key(one) in came),
    ]


def compared(identities: Sequence[Identity]) -> list[ComparedRow]:
    """Return what the identities say, attribute by attribute, with what is other than at the first one marked.

    What one of them does not say is no difference; case and accents of a name are none.
    """
    rows = [
        ComparedRow(str(label), _cells([text(one) for one in identities], marks))
        for label, text, marks in _ATTRIBUTES
    ]
    return [row for row in rows if any(cell.text for cell in row.cells)]


def _cells(texts: list[str], marks_differences: bool) -> list[ComparedCell]:
    first = fold(texts[0]) if texts else ""
    return [
        ComparedCell(text, marks_differences and bool(first and text) and fold(text) != first)
        for text in texts
    ]


_Text = Callable[[Identity], str]
_ATTRIBUTES: tuple[tuple[object, _Text, bool], ...] = (
    (gettext_lazy("Patient ID"), lambda one: one.patient.patient_id, True),
    (gettext_lazy("Issuer of Patient ID"), lambda one: one.patient.issuer_of_patient_id, True),
    (gettext_lazy("Name"), lambda one: display_name(one.patient.patient_name), True),
    (gettext_lazy("Birth date"), lambda one: _born(one.patient), True),
    (gettext_lazy("Sex"), lambda one: one.patient.patient_sex, True),
    (gettext_lazy("Sites"), lambda one: ", ".join(one.sites), False),
    (gettext_lazy("Studies"), lambda one: "" if one.is_merged else str(one.number_of_studies), False),
    (gettext_lazy("Some images say"), lambda one: " · ".join(one.called_otherwise), False),
    (gettext_lazy("State"), lambda one: _state(one), False),
)


def _born(patient: Patient) -> str:
    born = patient.patient_birth_date
    return date_format(born, "SHORT_DATE_FORMAT") if born else ""


def _state(identity: Identity) -> str:
    if identity.is_merged:
        return gettext("merged; its studies are under the identity that survived")
    return gettext("linked with other identities") if identity.is_linked else ""


def _identity(patient: Patient, studies: Sequence[Study], *, is_linked: bool) -> Identity:
    own = [study for study in studies if study.patient_record_id == patient.pk]
    usual = fold(display_name(patient.patient_name))
    names = {display_name(study.patient_name) for study in own}
    return Identity(
        patient=patient,
        sites=tuple(sorted({study.facility.name for study in own})),
        number_of_studies=len(own),
        is_linked=is_linked,
        is_merged=False,
        called_otherwise=tuple(sorted(name for name in names if name and fold(name) != usual)),
    )


def _merged(patient: Patient) -> Identity:
    return Identity(
        patient=patient, sites=(), number_of_studies=0, is_linked=False, is_merged=True, called_otherwise=()
    )


def _key(patient: Patient) -> tuple[str, str, str]:
    return patient.issuer_of_patient_id, patient.patient_id, patient.unidentified_study_uid


def _came_as(study: Study) -> tuple[str, str, str]:
    """Return the identity under which the files of a study came."""
    patient_id = as_came(study, "PatientID")
    issuer = as_came(study, "IssuerOfPatientID") or usual_issuer(study)
    return issuer, patient_id, "" if patient_id else study.study_instance_uid
