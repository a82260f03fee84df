"""Plans that join a study with the order to which it belongs, or take it from one to which it does not."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, Plan, PreviewLine, RowChange, Study
from archive.services.corrections.identifying import doubts_about
from archive.services.corrections.rows import change_of
from archive.services.corrections.words import patient_name
from worklist.models import Priority, ReadingTask, RequestedProcedure
from worklist.services.goals import due_time

_BY_HAND = "by hand"


def plan_matching(*, study: Study, procedure: RequestedProcedure) -> Plan:
    """Return the plan that gives a study the order that a person has chosen, instead of the one that it has.

    Raises
    ------
    CorrectionError
        The order has another study, or is another facility's.
    """
    _require_free(study, procedure)
    present = RequestedProcedure.objects.filter(study=study).select_related("imaging_service_request").first()
    of_task, lines = _as_ordered(study, procedure)
    return _plan(
        CorrectionKind.MATCH_ORDER,
        study,
        changes=[
            *(change_of(present, study=None, matched_by="") if present else []),
            *change_of(procedure, study=study, matched_by=_BY_HAND),
            *of_task,
        ],
        lines=[PreviewLine(_("Order"), order_name(present), order_name(procedure)), *lines],
        doubts=_doubts(study, procedure),
    )


def plan_parting(*, study: Study) -> Plan:
    """Return the plan that takes a study from its order.

    Raises
    ------
    CorrectionError
        It has none.
    """
    present = RequestedProcedure.objects.filter(study=study).select_related("imaging_service_request").first()
    if present is None:
        raise CorrectionError(_("This study belongs to no order."))
    return _plan(
        CorrectionKind.PART_ORDER,
        study,
        changes=change_of(present, study=None, matched_by=""),
        lines=[PreviewLine(_("Order"), order_name(present), "")],
    )


def joined_with(plan: Plan, *, study: Study, procedure: RequestedProcedure) -> Plan:
    """Return the plan of a split whose new study belongs to an order of the same patient.

    Raises
    ------
    CorrectionError
        The order is of somebody else, or has a study.
    """
    _require_free(study, procedure)
    if procedure.imaging_service_request.patient_record_id != study.patient_record_id:
        raise CorrectionError(
            _("The order is of another patient. Split off first, then move the new study to that patient.")
        )
    made = next(row for row in plan.new_rows if row.model == "archive.Study")
    reference = {"study_instance_uid": made.values["study_instance_uid"]}
    joined = change_of(procedure, study=reference, matched_by=_BY_HAND)
    line = PreviewLine(_("Order of the new study"), "", order_name(procedure))
    return replace(plan.with_more(joined), lines=(*plan.lines, line))


def order_name(procedure: RequestedProcedure | None) -> str:
    """Return what an order is called: its accession number and what was asked for."""
    if procedure is None:
        return ""
    request = procedure.imaging_service_request
    return " · ".join(filter(None, [request.accession_number, procedure.description]))


def _require_free(study: Study, procedure: RequestedProcedure) -> None:
    if procedure.imaging_service_request.facility_id != study.facility_id:
        raise CorrectionError(_("The order belongs to another facility."))
    if procedure.study_id is not None:
        raise CorrectionError(_("That order has its study already. Choose another one."))


def _as_ordered(study: Study, procedure: RequestedProcedure) -> tuple[list[RowChange], list[PreviewLine]]:
    """Return how the reading follows what was ordered: its priority, when it is due then, and the kind of patient."""
    task = ReadingTask.objects.filter(pk=study.pk).first()
    if task is None:
        return [], []
    after: dict[str, Any] = {"patient_class": procedure.imaging_service_request.patient_class}
    lines = []
    if task.priority != procedure.priority:
        priority = Priority(procedure.priority)
        due_at = due_time(task.facility_id, priority, task.clock_started_at)
        after |= {"priority": int(priority), "due_at": due_at}
        lines.append(PreviewLine(_("Priority"), str(Priority(task.priority).label), str(priority.label)))
    return change_of(task, **after), lines


def _doubts(study: Study, procedure: RequestedProcedure) -> tuple[str, ...]:
    patient = procedure.imaging_service_request.patient_record
    if patient.pk == study.patient_record_id:
        return ()
    other = _("The order is of another patient: %(patient)s.") % {"patient": patient_name(patient)}
    return (other, *doubts_about(study, patient))


def _plan(
    kind: CorrectionKind,
    study: Study,
    *,
    changes: Iterable[RowChange],
    lines: Iterable[PreviewLine],
    doubts: tuple[str, ...] = (),
) -> Plan:
    return Plan(
        correction_uid=str(uuid4()),
        kind=kind,
        studies={study.study_instance_uid: study.revision},
        changes=tuple(changes),
        lines=tuple(lines),
        doubts=doubts,
    )
