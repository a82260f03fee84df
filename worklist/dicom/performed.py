"""What a modality says of a step that it performs.

References
----------
PS3.4 F.7.2 (Modality Performed Procedure Step, table F.7.2-1); PS3.3 C.4.13 to C.4.15
"""

from datetime import datetime
from typing import Any

from django.db.models import Q
from pydicom.dataset import Dataset

from accounts.models import Facility
from dicomkit.temporal import parse_date, parse_time
from worklist.exceptions import PerformedStepAttributeError
from worklist.local_time import zone_of
from worklist.models import ScheduledProcedureStep
from worklist.states import PerformedAction, PerformedStatus

_ACTION_OF: dict[str, PerformedAction] = {
    PerformedStatus.IN_PROGRESS: PerformedAction.UPDATE,
    PerformedStatus.COMPLETED: PerformedAction.COMPLETE,
    PerformedStatus.DISCONTINUED: PerformedAction.DISCONTINUE,
}
_MOST_SERIES = 5000


def beginning(facility: Facility, report: Dataset) -> dict[str, Any]:
    """Return the columns of a step that begins (N-CREATE).

    Raises
    ------
    PerformedStepAttributeError
        A mandatory attribute is missing, or the step does not begin in progress.
    """
    status = _text(report, "PerformedProcedureStepStatus")
    if not status:
        raise PerformedStepAttributeError("PerformedProcedureStepStatus", is_missing=True)
    if status != PerformedStatus.IN_PROGRESS:
        raise PerformedStepAttributeError("PerformedProcedureStepStatus", is_missing=False)
    if not report.get("ScheduledStepAttributesSequence"):
        raise PerformedStepAttributeError("ScheduledStepAttributesSequence", is_missing=True)
    started_at = _moment(
        facility, report, "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime"
    )
    if started_at is None:
        raise PerformedStepAttributeError("PerformedProcedureStepStartDate", is_missing=True)
    return {
        "started_at": started_at,
        "performed_procedure_step_id": _text(report, "PerformedProcedureStepID")[:16],
        "study_instance_uid": _text(report.ScheduledStepAttributesSequence[0], "StudyInstanceUID")[:64],
        "modality": _text(report, "Modality")[:16],
        "station_ae_title": _text(report, "PerformedStationAETitle")[:16],
        "description": _text(report, "PerformedProcedureStepDescription")[:64],
        "performed_series": _series(report),
    }


def scheduled_steps_of(facility: Facility, report: Dataset) -> list[ScheduledProcedureStep]:
    """Return the scheduled steps that a beginning step names; none for an examination without an order."""
    found: dict[int, ScheduledProcedureStep] = {}
    for item in report.get("ScheduledStepAttributesSequence") or []:
        step = _step_of(facility, item)
        if step:
            found[step.pk] = step
    return [found[pk] for pk in sorted(found)]


def progress(facility: Facility, report: Dataset) -> tuple[PerformedAction, dict[str, Any]]:
    """Return what a modality reports of a step that is in progress, and the columns that change (N-SET).

    Raises
    ------
    PerformedStepAttributeError
        The status is not one of the standard, or a step that has ended names no series.
    """
    status = _text(report, "PerformedProcedureStepStatus") or PerformedStatus.IN_PROGRESS
    if status not in _ACTION_OF:
        raise PerformedStepAttributeError("PerformedProcedureStepStatus", is_missing=False)
    action = _ACTION_OF[status]
    columns: dict[str, Any] = {}
    if report.get("PerformedSeriesSequence"):
        columns["performed_series"] = _series(report)
    if action != PerformedAction.UPDATE:
        columns["ended_at"] = _moment(
            facility, report, "PerformedProcedureStepEndDate", "PerformedProcedureStepEndTime"
        )
    if action == PerformedAction.DISCONTINUE:
        reasons = report.get("PerformedProcedureStepDiscontinuationReasonCodeSequence") or []
        columns["discontinuation_code"] = _text(reasons[0], "CodeMeaning")[:64] if reasons else ""
    return action, columns


def _step_of(facility: Facility, item: Dataset) -> ScheduledProcedureStep | None:
    """Return the step that one item names: by the UID that the order gave out, or by the accession number."""
    steps = ScheduledProcedureStep.objects.filter(facility=facility).select_related(
        "facility__department", "requested_procedure__imaging_service_request__patient_record"
    )
    uid, number = _text(item, "StudyInstanceUID"), _text(item, "AccessionNumber")
    by_uid = Q(requested_procedure__study_instance_uid=uid) if uid else Q(pk__in=[])
    by_number = (
        Q(requested_procedure__imaging_service_request__accession_number=number) if number else Q(pk__in=[])
    )
    step_id = _text(item, "ScheduledProcedureStepID")
    for named in (by_uid, by_number):
        found = list(steps.filter(named).order_by("scheduled_at", "pk")[:20])
        exact = [step for step in found if step.scheduled_procedure_step_id == step_id]
        if exact or len(found) == 1:
            return (exact or found)[0]
    return None


def _series(report: Dataset) -> dict[str, int]:
    """Return the number of instances by Series Instance UID."""
    counts: dict[str, int] = {}
    for series in (report.get("PerformedSeriesSequence") or [])[:_MOST_SERIES]:
        uid = _text(series, "SeriesInstanceUID")[:64]
        if uid:
            counts[uid] = len(series.get("ReferencedImageSequence") or []) + len(
                series.get("ReferencedNonImageCompositeSOPInstanceSequence") or []
            )
    return counts


def _moment(facility: Facility, report: Dataset, date_keyword: str, time_keyword: str) -> datetime | None:
    day, at = parse_date(_text(report, date_keyword)), parse_time(_text(report, time_keyword))
    return datetime.combine(day, at, tzinfo=zone_of(facility)) if day and at else None


def _text(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return "" if value is None else str(value).strip()
