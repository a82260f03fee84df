"""What a correction of stored images means for their orders and their reading."""

from django.utils.translation import gettext as _

from archive.models import Contribution, CorrectionKind, Plan, RowChange, Study
from worklist.models import ImagingServiceRequest, ReadingTask, RequestedProcedure
from worklist.states import ReadingStatus

_REPORTED = (ReadingStatus.FINAL, ReadingStatus.ADDENDED)


def contribution_to(plan: Plan, *, lock: bool) -> Contribution:
    """Return the studies whose report is final, and the orders that change with a plan.

    Parameters
    ----------
    lock
        Keep the reading tasks from being signed until the caller's transaction has ended.
    """
    tasks = ReadingTask.objects.filter(study__study_instance_uid__in=plan.studies).order_by("pk")
    found = list((tasks.select_for_update(of=("self",)) if lock else tasks).select_related("study"))
    final = {
        task.study.study_instance_uid
        for task in found
        if task.status in _REPORTED or task.claimed_from in _REPORTED
    }
    notes = (
        [_("Somebody is reading a study that changes.")] if any(task.claimed_by_id for task in found) else []
    )
    changes, more = _orders(plan)
    return Contribution(changes=tuple(changes), notes=(*notes, *more), locked_study_uids=frozenset(final))


def _orders(plan: Plan) -> tuple[list[RowChange], list[str]]:
    match plan.kind:
        case CorrectionKind.MERGE_PATIENTS:
            return _orders_of_merged_patient(plan)
        case CorrectionKind.MERGE_STUDIES:
            return _order_of_merged_study(plan)
        case CorrectionKind.MOVE_STUDY:
            return _order_of_other_patient(plan)
    return [], []


def _orders_of_merged_patient(plan: Plan) -> tuple[list[RowChange], list[str]]:
    """Put the orders of an identity under the one that survives."""
    changes = [
        RowChange(
            request._meta.label,
            {"pk": request.pk},
            {"patient_record": dict(merged.key)},
            {"patient_record": merged.after["merged_into"]},
        )
        for merged in plan.changes_of("archive.Patient")
        for request in ImagingServiceRequest.objects.filter(
            **{f"patient_record__{name}": value for name, value in merged.key.items()}
        ).order_by("pk")
    ]
    return changes, [
        _("Orders that go with the studies: %(number)d.") % {"number": len(changes)}
    ] if changes else []


def _order_of_merged_study(plan: Plan) -> tuple[list[RowChange], list[str]]:
    """Let an order follow the images to a study that has none."""
    merged = next((one for one in plan.changes_of("archive.Study") if "merged_into" in one.after), None)
    # When a merge is undone, what followed it goes back by its own plan.
    if merged is None or merged.after["merged_into"] is None:
        return [], []
    target = merged.after["merged_into"]
    procedure = _procedure_of(str(merged.key["study_instance_uid"]))
    if procedure is None:
        return [], []
    if _procedure_of(target["study_instance_uid"]):
        return [], [_("Both studies have an order. The one of the study that goes stays with it.")]
    change = RowChange(
        procedure._meta.label, {"pk": procedure.pk}, {"study": dict(merged.key)}, {"study": target}
    )
    return [change], [_("The order goes with the images.")]


def _order_of_other_patient(plan: Plan) -> tuple[list[RowChange], list[str]]:
    """Take a study from the order of a patient to whom it does not belong."""
    changes = []
    for moved in plan.changes_of("archive.Study"):
        procedure = _procedure_of(str(moved.key["study_instance_uid"]))
        if procedure is None or "patient_record" not in moved.after:
            continue
        owner = {"pk": procedure.imaging_service_request.patient_record_id}
        if owner != moved.after["patient_record"]:
            changes.append(
                RowChange(
                    procedure._meta.label,
                    {"pk": procedure.pk},
                    {"study": dict(moved.key), "matched_by": procedure.matched_by},
                    {"study": None, "matched_by": ""},
                )
            )
    return changes, [_("It is taken from its order, which is of the other patient.")] if changes else []


def _procedure_of(study_instance_uid: str) -> RequestedProcedure | None:
    study = Study.objects.filter(study_instance_uid=study_instance_uid)
    return (
        RequestedProcedure.objects.filter(study__in=study).select_related("imaging_service_request").first()
    )
