"""All studies of one person that a reader may see, in the order of time, with what has become of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from archive.models import Instance, Study
from archive.presentation import time_between
from archive.selectors import instances_by_study, studies_of_person
from dicomkit.report_classes import REPORT_FORMS
from worklist.access import Visitor, visible_procedures
from worklist.modalities import main_modality, split_modalities
from worklist.models import RequestedProcedure
from worklist.states import ReadingStatus

# Nobody looks further back than this; the list of the patient has the rest.
MOST_STUDIES = 200
# Up to so many days lie between two studies for them to stand so near to each other.
_STEPS_DAYS = (1, 31, 183, 730)


@dataclass(frozen=True)
class StoredReport:
    """A report that came with a study.

    Attributes
    ----------
    form
        "SR", "PDF" or "CDA".
    """

    sop_instance_uid: str
    form: str
    description: str


@dataclass(frozen=True)
class TimelineStudy:
    """One study on the line of time.

    Attributes
    ----------
    modality
        The one by which it is called; colours it.
    procedure
        What was ordered, if the reader may see it.
    step
        0 to 4: how much time lies between it and the study before it, coarsely.
    after
        The same in words; empty for the first study and where a date is missing.
    """

    study: Study
    viewer_url: str
    modality: str
    modalities: list[str]
    status: str
    status_label: str
    procedure: RequestedProcedure | None
    reports: list[StoredReport]
    step: int
    after: str


def timeline_of(user: Visitor, patient_pk: int) -> list[TimelineStudy]:
    """Return the latest studies of a person that a user may see, the oldest first.

    Costs six queries, however many studies there are.
    """
    latest = studies_of_person(user, patient_pk).select_related("facility", "patient_record", "reading")
    studies = list(latest[:MOST_STUDIES])[::-1]
    reports = instances_by_study(studies, REPORT_FORMS.keys())
    procedures = _procedures_of(user, studies)
    found, before = [], None
    for study in studies:
        found.append(_entry(study, before, procedures.get(study.pk), reports.get(study.pk, [])))
        before = study.study_date
    return found


def _procedures_of(user: Visitor, studies: Sequence[Study]) -> dict[int, RequestedProcedure]:
    ordered = visible_procedures(user).filter(study__in=[study.pk for study in studies])
    return {one.study_id: one for one in ordered.select_related("imaging_service_request") if one.study_id}


def _entry(
    study: Study, before: date | None, procedure: RequestedProcedure | None, reports: Sequence[Instance]
) -> TimelineStudy:
    task = getattr(study, "reading", None)
    status = ReadingStatus(task.status if task else ReadingStatus.IN_PROGRESS)
    known = before is not None and study.study_date is not None
    days = (study.study_date - before).days if known else 0  # type: ignore[operator]  # both are known
    return TimelineStudy(
        study=study,
        viewer_url=reverse("viewer:study", args=[study.study_instance_uid]),
        modality=main_modality(study.modalities_in_study),
        modalities=split_modalities(study.modalities_in_study)[0],
        status=status.value,
        status_label=str(status.label),
        procedure=procedure,
        reports=[
            StoredReport(
                one.sop_instance_uid, REPORT_FORMS[one.sop_class_uid].value, one.series.series_description
            )
            for one in reports
        ],
        step=sum(days > limit for limit in _STEPS_DAYS),
        after=time_between(before, study.study_date) if known else "",  # type: ignore[arg-type]  # both are known
    )
