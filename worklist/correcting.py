"""From what a person has filled in to the plan of a correction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from archive.access import correctable_patients, correctable_studies
from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, Instance, Patient, Plan, Study
from archive.services.corrections import identifying, rearranging, rejecting
from dicomkit.identity import is_uid
from dicomkit.key_object import KEY_OBJECT_SELECTION_DOCUMENT
from dicomkit.temporal import parse_date
from worklist.access import visible_procedures
from worklist.models import RequestedProcedure
from worklist.order_plans import joined_with, plan_matching, plan_parting


@dataclass(frozen=True)
class Filled:
    """What was filled in: of which study, by whom, the values by name, and what was chosen: series, single images, and rejected
    images that come back.
    """

    study: Study
    user: User
    values: Mapping[str, str]
    series: tuple[str, ...]
    restored: tuple[str, ...] = ()

    @property
    def images(self) -> tuple[str, ...]:
        """The SOP Instance UIDs of single images, which one field holds: a form has only so many fields."""
        return tuple(dict.fromkeys(self.values.get("images", "").split()))

    def text(self, name: str, most: int = 64) -> str:
        """Return one value without padding."""
        return self.values.get(name, "").strip()[:most]


def plan_of(kind: str, filled: Filled) -> Plan:
    """Return the plan of a correction.

    Raises
    ------
    CorrectionError
        Something is missing or not possible.
    """
    planner = _PLANNERS.get(kind)
    if planner is None:
        raise CorrectionError(_("Choose what is to be put right."))
    return planner(filled)


def _rejection(filled: Filled) -> Plan:
    of_series = Instance.objects.filter(
        series__study=filled.study, series__series_instance_uid__in=filled.series
    ).values_list("sop_instance_uid", flat=True)
    return rejecting.plan_rejection(
        study=filled.study,
        sop_instance_uids={*of_series, *filled.images},
        reason_code=filled.text("reason_code"),
    )


def _restoring(filled: Filled) -> Plan:
    try:
        rejection_uid = UUID(filled.text("rejection"))
    except ValueError:
        raise CorrectionError(_("Choose what is to be restored.")) from None
    rejected = Instance.kept.filter(
        series__study=filled.study, rejection__correction_uid=rejection_uid
    ).exclude(sop_class_uid=KEY_OBJECT_SELECTION_DOCUMENT)
    if filled.restored:
        rejected = rejected.filter(sop_instance_uid__in=filled.restored)
    return rejecting.plan_restoring(
        study=filled.study, sop_instance_uids=list(rejected.values_list("sop_instance_uid", flat=True))
    )


def _moving_series(filled: Filled) -> Plan:
    return rearranging.plan_moving_series(
        study=filled.study, series_instance_uids=filled.series, target=_other_study(filled)
    )


def _merging_studies(filled: Filled) -> Plan:
    return rearranging.plan_merging_studies(study=filled.study, into=_other_study(filled))


def _splitting(filled: Filled) -> Plan:
    procedure = _procedure(filled, "new_order")
    ordered = procedure.imaging_service_request.accession_number if procedure else ""
    new = rearranging.NewStudy(
        study_description=filled.text("new_description") or (procedure.description if procedure else ""),
        accession_number=filled.text("new_accession", 16) or ordered,
        study_instance_uid=procedure.study_instance_uid if procedure else "",
    )
    plan = rearranging.plan_splitting(
        study=filled.study,
        series_instance_uids=filled.series,
        sop_instance_uids=filled.images,
        new=new,
    )
    return joined_with(plan, study=filled.study, procedure=procedure) if procedure else plan


def _matching(filled: Filled) -> Plan:
    procedure = _procedure(filled, "order") or _procedure_of_number(filled)
    return plan_matching(study=filled.study, procedure=procedure)


def _parting(filled: Filled) -> Plan:
    return plan_parting(study=filled.study)


def _moving_study(filled: Filled) -> Plan:
    return identifying.plan_moving_study(study=filled.study, patient=_other_patient(filled, may_be_new=True))


def _merging_patients(filled: Filled) -> Plan:
    return identifying.plan_merging_patients(patient=filled.study.patient_record, into=_other_patient(filled))


def _linking_patients(filled: Filled) -> Plan:
    return identifying.plan_linking_patients(
        patient=filled.study.patient_record, other=_other_patient(filled)
    )


def _unlinking_patient(filled: Filled) -> Plan:
    return identifying.plan_unlinking_patient(patient=filled.study.patient_record)


def _editing_patient(filled: Filled) -> Plan:
    demographics = identifying.Demographics(
        filled.text("patient_name", 324), _birth_date(filled.text("birth_date")), filled.text("sex", 16)
    )
    return identifying.plan_editing_patient(patient=filled.study.patient_record, demographics=demographics)


def _editing_study(filled: Filled) -> Plan:
    given = {
        "laterality": filled.text("laterality", 16),
        "body_part_examined": filled.text("body_part", 16),
    }
    of_series = {name: value for name, value in given.items() if value}
    return identifying.plan_editing_study(
        study=filled.study,
        columns={
            "accession_number": filled.text("accession_number", 16),
            "study_description": filled.text("study_description"),
        },
        series=dict.fromkeys(filled.series, of_series) if of_series else {},
    )


_PLANNERS: dict[str, Callable[[Filled], Plan]] = {
    CorrectionKind.REJECT: _rejection,
    CorrectionKind.RESTORE: _restoring,
    CorrectionKind.MOVE_SERIES: _moving_series,
    CorrectionKind.MERGE_STUDIES: _merging_studies,
    CorrectionKind.SPLIT: _splitting,
    CorrectionKind.MATCH_ORDER: _matching,
    CorrectionKind.PART_ORDER: _parting,
    CorrectionKind.MOVE_STUDY: _moving_study,
    CorrectionKind.MERGE_PATIENTS: _merging_patients,
    CorrectionKind.LINK_PATIENTS: _linking_patients,
    CorrectionKind.UNLINK_PATIENTS: _unlinking_patient,
    CorrectionKind.EDIT_PATIENT: _editing_patient,
    CorrectionKind.EDIT_STUDY: _editing_study,
}


def _procedure(filled: Filled, name: str) -> RequestedProcedure | None:
    """Return the procedure that was chosen from a list; None where none was."""
    key = filled.text(name)
    if not key:
        return None
    found = visible_procedures(filled.user).filter(pk__in=[int(key)] if key.isdecimal() else [])
    procedure = found.select_related("imaging_service_request__patient_record").first()
    if procedure is None:
        raise CorrectionError(_("There is no such order here."))
    return procedure


def _procedure_of_number(filled: Filled) -> RequestedProcedure:
    """Return the one procedure without a study that an accession number names."""
    number = filled.text("order_accession", 16)
    if not number:
        raise CorrectionError(_("Choose an order, or give its accession number."))
    found = visible_procedures(filled.user).filter(
        study=None,
        imaging_service_request__accession_number=number,
        imaging_service_request__facility=filled.study.facility_id,
    )
    procedures = list(found.select_related("imaging_service_request__patient_record")[:2])
    if len(procedures) != 1:
        raise CorrectionError(_("There is no open order of this number here, or more than one."))
    return procedures[0]


def _other_study(filled: Filled) -> Study:
    """Return the study that was named by accession number or UID, of those that the user may correct."""
    named = filled.text("other_study")
    column = "study_instance_uid" if is_uid(named) and "." in named else "accession_number"
    found = correctable_studies(filled.user).filter(is_withdrawn=False, facility=filled.study.facility_id)
    studies = list(found.filter(**{column: named}).select_related("patient_record")[:2]) if named else []
    if len(studies) != 1:
        raise CorrectionError(
            _("There is no such study here, or more than one. Give its Study Instance UID.")
        )
    return studies[0]


def _other_patient(filled: Filled, *, may_be_new: bool = False) -> Patient:
    patient_id = filled.text("other_patient_id")
    issuer = filled.text("other_issuer") or filled.study.facility.issuer_of_patient_id
    if not patient_id:
        raise CorrectionError(_("Give the Patient ID."))
    found = Patient.objects.filter(patient_id=patient_id, issuer_of_patient_id=issuer)
    patient = correctable_patients(filled.user).filter(pk__in=found.values("pk")).first()
    if patient:
        return patient
    if found.exists() or not may_be_new:
        raise CorrectionError(_("There is no such patient among those whom you may correct."))
    name = filled.text("other_name", 324)
    if not name:
        raise CorrectionError(_("This patient is new here: give the name, too."))
    return Patient(
        patient_id=patient_id,
        issuer_of_patient_id=issuer,
        patient_name=name,
        patient_birth_date=_birth_date(filled.text("other_birth_date")),
        patient_sex=filled.text("other_sex", 16),
    )


def _birth_date(text: str) -> date | None:
    born = parse_date(text)
    if text and born is None:
        raise CorrectionError(_("The birth date is no date."))
    return born
