"""Rows of the list as the template shows them."""

from dataclasses import dataclass
from datetime import date, time

from django.urls import reverse

from archive.models import ReceptionStatus, Study
from archive.presentation import age_of
from dicomkit.person_name import display_name
from worklist.modalities import split_modalities


@dataclass(frozen=True)
class Row:
    """One study of the list, as text.

    `notes` are the modalities of objects about the images, shown briefly.
    """

    study_instance_uid: str
    patient_name: str
    patient_id: str
    age: str
    sex: str
    study_date: date | None
    study_time: time | None
    study_description: str
    modalities: list[str]
    notes: list[str]
    body_part: str
    accession_number: str
    number_of_series: int
    number_of_instances: int
    status: str
    status_label: str
    facility_code: str
    viewer_url: str


def row_of(study: Study) -> Row:
    """Return the row of a study; its facility must have been selected with it."""
    modalities, notes = split_modalities(study.modalities_in_study)
    return Row(
        study_instance_uid=study.study_instance_uid,
        patient_name=display_name(study.patient_name),
        patient_id=study.patient_id,
        age=age_of(study),
        sex=study.patient_sex,
        study_date=study.study_date,
        study_time=study.study_time,
        study_description=study.study_description,
        modalities=modalities,
        notes=notes,
        body_part=study.body_parts_examined.replace("\\", ", "),
        accession_number=study.accession_number,
        number_of_series=study.number_of_study_related_series,
        number_of_instances=study.number_of_study_related_instances,
        status=study.status,
        status_label=str(ReceptionStatus(study.status).label),
        facility_code=study.facility.code,
        viewer_url=reverse("viewer:study", args=[study.study_instance_uid]),
    )
