"""One examination with everything that its people need to see together."""

from dataclasses import dataclass

from archive.exceptions import BlobNotFoundError
from archive.models import Series, Study
from archive.selectors import instances_of_classes, open_blob, series_of, series_without_images
from dicomkit.errors import DicomKitError
from dicomkit.part10 import read_header
from dicomkit.sr.dose import DOSE_REPORT_CLASSES, DoseReport, read_dose_report
from worklist.access import Visitor, visible_procedures
from worklist.models import ReadingEvent, ReadingTask, RequestedProcedure, ScheduledProcedureStep
from worklist.states import StepStatus

# A report is a few kilobytes; a study has one for each device that irradiated, rarely more than two.
_MOST_DOSE_REPORTS = 4


@dataclass(frozen=True)
class CheckedSeries:
    """A series as it is looked over before the study is handed on."""

    series: Series
    has_images: bool


def find_procedure(user: Visitor, pk: int) -> RequestedProcedure | None:
    """Return a requested procedure that the user may see, with its order, patient and study."""
    return (
        visible_procedures(user)
        .select_related(
            "imaging_service_request__facility__department",
            "imaging_service_request__patient_record",
            "study__facility",
        )
        .filter(pk=pk)
        .first()
    )


def procedure_of(user: Visitor, study: Study) -> RequestedProcedure | None:
    """Return the procedure to which a study belongs, if the user may see it."""
    return visible_procedures(user).filter(study=study).first()


def steps_of(procedure: RequestedProcedure) -> list[ScheduledProcedureStep]:
    """Return the steps of a procedure in the order of their times."""
    return list(
        ScheduledProcedureStep.objects.filter(requested_procedure=procedure)
        .select_related(
            "facility__department",
            "requested_procedure__imaging_service_request__patient_record",
            "requested_procedure__study__reading__claimed_by",
        )
        .order_by("scheduled_at", "pk")
    )


def task_of(study: Study) -> ReadingTask | None:
    """Return the reading task of a study with the people who have to do with it."""
    return (
        ReadingTask.objects.select_related("claimed_by", "assigned_to", "preliminary_by", "final_by")
        .filter(pk=study.pk)
        .first()
    )


def history_of(study: Study) -> list[ReadingEvent]:
    """Return what has happened to a study, the latest first."""
    return list(
        ReadingEvent.objects.filter(task=study.pk).select_related("user").order_by("-at", "-pk")[:100]
    )


def series_to_check(study: Study) -> list[CheckedSeries]:
    """Return the series of a study with whether there is anything to look at."""
    without = series_without_images(study)
    return [CheckedSeries(one, one.pk not in without) for one in series_of(study)]


def dose_of(study: Study) -> list[DoseReport]:
    """Return what the dose reports of a study say; those that cannot be read are left out."""
    found = []
    for instance in instances_of_classes(study, DOSE_REPORT_CLASSES)[:_MOST_DOSE_REPORTS]:
        try:
            with open_blob(instance.blob.sha256) as file:
                found.append(read_dose_report(read_header(file).dataset))
        except (DicomKitError, BlobNotFoundError):
            continue
    return [one for one in found if one.totals or one.irradiations]


def expected_images(procedure: RequestedProcedure) -> int:
    """Return how many instances the steps of a procedure have announced; 0 while none has."""
    steps = ScheduledProcedureStep.objects.filter(requested_procedure=procedure).exclude(
        status=StepStatus.CANCELLED
    )
    return sum(steps.values_list("expected_instances", flat=True))
