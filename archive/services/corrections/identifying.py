"""Plans that put right who somebody is and what a study is called; merge, link and part identities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, NewRow, Patient, Plan, PreviewLine, RowChange, Series, Study
from archive.services.corrections.received import corrected, identity_columns
from archive.services.corrections.rows import change_of
from archive.services.corrections.words import counted_studies, patient_name, series_name, shown

_WORDS = {
    "patient_name": gettext_lazy("Patient name"),
    "patient_birth_date": gettext_lazy("Birth date"),
    "patient_sex": gettext_lazy("Sex"),
    "patient_id": gettext_lazy("Patient ID"),
    "issuer_of_patient_id": gettext_lazy("Issuer of Patient ID"),
    "accession_number": gettext_lazy("Accession number"),
    "study_description": gettext_lazy("Study description"),
    "referring_physician_name": gettext_lazy("Referring physician"),
    "study_id": gettext_lazy("Study ID"),
    "series_description": gettext_lazy("Series description"),
    "body_part_examined": gettext_lazy("Body part"),
    "laterality": gettext_lazy("Laterality"),
}


@dataclass(frozen=True)
class Demographics:
    """What is known of a person; the identity is not part of it."""

    patient_name: str
    patient_birth_date: date | None
    patient_sex: str

    def columns(self) -> dict[str, Any]:
        """Return them by column."""
        return {
            "patient_name": self.patient_name,
            "patient_birth_date": self.patient_birth_date,
            "patient_sex": self.patient_sex,
        }


def plan_moving_study(*, study: Study, patient: Patient) -> Plan:
    """Return the plan that gives a study to another patient, with that patient's identity and demographics.

    Parameters
    ----------
    patient
        Stored already, or not saved yet: then the plan makes it. The study's own patient is possible where the study
        is called otherwise.

    Raises
    ------
    CorrectionError
        The patient was merged into another one.
    """
    if patient.merged_into_id is not None:
        raise CorrectionError(_("This patient was merged into another one. Choose that one."))
    new_rows = () if patient.pk else (_patient_row(patient),)
    reference = _patient_lookup(patient)
    changes = _under_patient(study, patient, reference)
    pks = [study.patient_record_id, *([patient.pk] if patient.pk else [])]
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.MOVE_STUDY,
        studies={study.study_instance_uid: study.revision},
        patient_pks=tuple(dict.fromkeys(pks)),
        new_rows=new_rows,
        changes=tuple(changes),
        lines=(
            PreviewLine(_("Patient"), patient_name(study.patient_record), patient_name(patient)),
            *_lines(study, changes),
        ),
        notes=() if patient.pk else (_("This patient is new here."),),
        doubts=doubts_about(study, patient),
    )


def doubts_about(one: Study | Patient, patient: Patient) -> tuple[str, ...]:
    """Return what speaks against a stored patient being the person of a study, or another patient.

    A new patient is as it is written down.
    """
    if not patient.pk:
        return ()
    doubts = []
    born = one.patient_birth_date, patient.patient_birth_date
    if all(born) and born[0] != born[1]:
        doubts.append(_("The birth dates differ."))
    sex = one.patient_sex, patient.patient_sex
    if all(sex) and sex[0] != sex[1]:
        doubts.append(_("The sexes differ."))
    return tuple(doubts)


def plan_editing_study(
    *, study: Study, columns: Mapping[str, str], series: Mapping[str, Mapping[str, str]]
) -> Plan:
    """Return the plan that corrects what a study and its series are called.

    Parameters
    ----------
    columns
        Of the study: accession number, description, referring physician, study ID.
    series
        By Series Instance UID the columns description, body part and laterality.
    """
    changes = change_of(study, **corrected(study, **columns))
    lines = _lines(study, changes)
    rows = Series.objects.filter(study=study, series_instance_uid__in=series).order_by("series_number", "pk")
    for row in rows:
        of_series = change_of(row, **corrected(row, **series[row.series_instance_uid]))
        changes += of_series
        lines += [
            PreviewLine(
                _("%(what)s of %(series)s") % {"what": line.what, "series": series_name(row)},
                line.before,
                line.after,
            )
            for line in _lines(row, of_series)
        ]
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.EDIT_STUDY,
        studies={study.study_instance_uid: study.revision},
        changes=tuple(changes),
        lines=tuple(lines),
    )


def plan_editing_patient(*, patient: Patient, demographics: Demographics) -> Plan:
    """Return the plan that corrects the demographics of a patient, in the record and in every study."""
    changes = change_of(patient, **demographics.columns())
    lines = _lines(patient, changes)
    edited = Patient(
        pk=patient.pk, patient_id=patient.patient_id, issuer_of_patient_id=patient.issuer_of_patient_id
    )
    for name, value in demographics.columns().items():
        setattr(edited, name, value)
    studies = _studies_of(patient)
    changed = 0
    for study in studies:
        of_study = _under_patient(study, edited, _patient_lookup(patient))
        changed += bool(of_study)
        changes += of_study
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.EDIT_PATIENT,
        studies={study.study_instance_uid: study.revision for study in studies},
        patient_pks=(patient.pk,),
        changes=tuple(changes),
        lines=(
            *lines,
            PreviewLine(_("Studies that are called otherwise"), counted_studies(changed), _("corrected")),
        ),
    )


def plan_merging_patients(*, patient: Patient, into: Patient) -> Plan:
    """Return the plan that makes one identity of two: the second survives, the studies of the first go under it.

    Raises
    ------
    CorrectionError
        They are the same, or one was merged already.
    """
    if patient.pk == into.pk:
        raise CorrectionError(_("Choose two different patients."))
    if patient.merged_into_id is not None or into.merged_into_id is not None:
        raise CorrectionError(_("One of the two was merged already. Choose the one that survived."))
    studies = _studies_of(patient)
    changes = change_of(patient, merged_into=into)
    for study in studies:
        changes += _under_patient(study, into, _patient_lookup(into))
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.MERGE_PATIENTS,
        studies={study.study_instance_uid: study.revision for study in studies},
        patient_pks=(patient.pk, into.pk),
        changes=tuple(changes),
        lines=(
            PreviewLine(_("Patient"), patient_name(patient), patient_name(into)),
            PreviewLine(
                _("Their studies"), counted_studies(len(studies)), _("under the patient that survives")
            ),
        ),
        notes=(_("What still arrives under the first identity goes under the one that survives."),),
        doubts=doubts_about(patient, into),
    )


def plan_linking_patients(*, patient: Patient, other: Patient) -> Plan:
    """Return the plan that says: two identities are one person. Each keeps its studies and its access.

    Raises
    ------
    CorrectionError
        They are the same identity, or linked already.
    """
    if patient.pk == other.pk:
        raise CorrectionError(_("Choose two different patients."))
    if patient.linkage is not None and patient.linkage == other.linkage:
        raise CorrectionError(_("These two are linked already."))
    linkage = patient.linkage or other.linkage or uuid4()
    groups = [one.linkage for one in (patient, other) if one.linkage is not None]
    everyone = {one.pk: one for one in (patient, other, *Patient.objects.filter(linkage__in=groups))}
    changes: list[RowChange] = []
    for __, one in sorted(everyone.items()):
        changes += change_of(one, linkage=linkage)
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.LINK_PATIENTS,
        studies={},
        patient_pks=(patient.pk, other.pk),
        changes=tuple(changes),
        lines=(
            PreviewLine(
                patient_name(patient),
                _("a person of its own"),
                _("the same person as %(patient)s") % {"patient": patient_name(other)},
            ),
        ),
        notes=(_("The identities stay apart. Priors of both show together to whoever may see them."),),
        doubts=doubts_about(patient, other),
    )


def plan_unlinking_patient(*, patient: Patient) -> Plan:
    """Return the plan that takes an identity out of those of a person."""
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.UNLINK_PATIENTS,
        studies={},
        patient_pks=(patient.pk,),
        changes=tuple(change_of(patient, linkage=None)),
        lines=(
            PreviewLine(
                patient_name(patient), _("linked with identities of other sites"), _("a person of its own")
            ),
        ),
    )


def _under_patient(study: Study, patient: Patient, reference: dict[str, Any]) -> list[RowChange]:
    """Return the changes that put a study under a patient."""
    columns = identity_columns(study, patient)
    if patient.pk != study.patient_record_id:
        columns["patient_record"] = reference
    return change_of(study, **columns)


def _studies_of(patient: Patient) -> list[Study]:
    return list(
        Study.objects.filter(patient_record=patient).select_related("facility").order_by("study_instance_uid")
    )


def _lines(row: Study | Series | Patient, changes: list[RowChange]) -> list[PreviewLine]:
    own = changes[0].after if changes else {}
    return [
        PreviewLine(str(words), shown(getattr(row, name)), shown(own[name]))
        for name, words in _WORDS.items()
        if name in own
    ]


def _patient_lookup(patient: Patient) -> dict[str, Any]:
    if patient.pk:
        return {"pk": patient.pk}
    return {
        "issuer_of_patient_id": patient.issuer_of_patient_id,
        "patient_id": patient.patient_id,
        "unidentified_study_uid": "",
    }


def _patient_row(patient: Patient) -> NewRow:
    born = patient.patient_birth_date
    return NewRow(
        "archive.Patient",
        _patient_lookup(patient)
        | {
            "patient_name": patient.patient_name,
            "patient_birth_date": born.isoformat() if born else None,
            "patient_sex": patient.patient_sex,
        },
    )
