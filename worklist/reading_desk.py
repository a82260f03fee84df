"""What the reader of a study sees of it beside the images, and what he can do with it now."""

from typing import Any

from archive.models import ReceptionStatus, Study
from dicomkit.person_name import display_name
from worklist.access import Visitor, may_correct, may_read
from worklist.models import ReadingTask, RequestedProcedure
from worklist.states import ReadingStatus

JSONObject = dict[str, Any]

_REPORTED = (ReadingStatus.FINAL, ReadingStatus.ADDENDED)


def desk_of(user: Visitor, study: Study) -> JSONObject:
    """Return status, reader, clock, order and notes of a study, and the names of the actions that are possible.

    Three queries, whatever the size of the study.
    """
    task = (
        ReadingTask.objects.select_related("claimed_by", "assigned_to", "final_by", "preliminary_by")
        .filter(pk=study.pk)
        .first()
    )
    if task is None:
        return {"status": None, "actions": []}
    return {
        "status": task.status,
        "status_label": str(ReadingStatus(task.status).label),
        "priority": task.priority,
        "priority_label": str(task.get_priority_display()),
        "due_at": task.due_at.isoformat() if task.status not in _REPORTED else None,
        "is_arriving": study.status == ReceptionStatus.RECEIVING,
        "is_own": task.claimed_by_id is not None and task.claimed_by_id == user.pk,
        "is_suspended": task.is_suspended,
        "claimed_by": task.claimed_by.get_full_name() if task.claimed_by else "",
        "claimed_at": task.claimed_at.isoformat() if task.claimed_at else None,
        "assigned_to": task.assigned_to.get_full_name() if task.assigned_to else "",
        "preliminary_by": task.preliminary_by.get_full_name() if task.preliminary_by else "",
        "final_by": task.final_by.get_full_name() if task.final_by else "",
        "layout": task.suspended_layout if task.claimed_by_id == user.pk else None,
        "technologist_note": task.technologist_note,
        "order": _order_of(study),
        "actions": _actions(user, study, task),
    }


def _order_of(study: Study) -> JSONObject | None:
    procedure = (
        RequestedProcedure.objects.filter(study=study).select_related("imaging_service_request").first()
    )
    if procedure is None:
        return None
    request = procedure.imaging_service_request
    return {
        "description": procedure.description,
        "accession_number": request.accession_number,
        "reason": request.reason,
        "alerts": request.patient_alerts,
        "protocol": procedure.protocol_note,
        "requesting_physician_name": display_name(request.requesting_physician_name),
        "requesting_service": request.requesting_service,
        "patient_class": str(request.get_patient_class_display()) if request.patient_class else "",
        "patient_location": request.patient_location,
    }


def _actions(user: Visitor, study: Study, task: ReadingTask) -> list[str]:
    """Return the names of the addresses that would do something, for buttons; the services decide again."""
    if not may_read(user, study):
        return ["check"] if task.status == ReadingStatus.COMPLETED and may_correct(user, study) else []
    if task.status == ReadingStatus.CANCELLED:
        return []
    if task.claimed_by_id is None:
        # What is signed waits for nobody, so there is no later.
        return ["claim"] if task.status in _REPORTED else ["claim", "skip"]
    if task.claimed_by_id != user.pk:
        return ["take-over"]
    if task.is_suspended:
        return ["claim", "release"]
    signs = ["addend"] if task.claimed_from in _REPORTED else ["final", "preliminary"]
    return [*signs, "suspend", "release"]
