"""What arrived after a correction and followed it: it goes back when the correction is undone."""

from archive.models import Correction, CorrectionKind, Instance, Patient, RowChange, Series, Study
from archive.services.corrections.received import as_came, came_with, restored
from archive.services.corrections.rows import change_of


def followers_of(correction: Correction) -> list[RowChange]:
    """Return the changes of rows that came later and that the correction had led elsewhere."""
    match correction.kind:
        case CorrectionKind.MERGE_STUDIES:
            return _series_that_followed(correction)
        case CorrectionKind.REJECT:
            return _images_that_followed(correction)
        case CorrectionKind.MERGE_PATIENTS:
            return _studies_that_followed(correction)
    return []


def _images_that_followed(correction: Correction) -> list[RowChange]:
    """Return the images that a sender rejected before they came."""
    hidden = {change.key["sop_instance_uid"] for change in correction.as_plan.changes_of("archive.Instance")}
    late = Instance.kept.filter(rejection=correction).exclude(series__modality="KO")
    return [
        change
        for one in late.order_by("pk")
        if one.sop_instance_uid not in hidden
        for change in change_of(one, rejection=None)
    ]


def _series_that_followed(correction: Correction) -> list[RowChange]:
    changes = []
    plan = correction.as_plan
    moved = {change.key["series_instance_uid"] for change in plan.changes_of("archive.Series")}
    for merged in Study.objects.filter(study_instance_uid__in=plan.studies, merged_into__isnull=False):
        late = Series.objects.filter(study=merged.merged_into).exclude(series_instance_uid__in=moved)
        for series in late:
            if came_with(series) == merged.study_instance_uid:
                changes += change_of(series, study=merged, received_attributes={})
    return changes


def _studies_that_followed(correction: Correction) -> list[RowChange]:
    changes = []
    plan = correction.as_plan
    moved = {change.key["study_instance_uid"] for change in plan.changes_of("archive.Study")}
    for merged in Patient.objects.filter(pk__in=plan.patient_pks, merged_into__isnull=False):
        late = Study.objects.filter(patient_record=merged.merged_into).exclude(study_instance_uid__in=moved)
        for study in late:
            if as_came(study, "PatientID") == merged.patient_id:
                changes += change_of(study, patient_record=merged, **restored(study))
    return changes
