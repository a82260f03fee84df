"""Small archives to correct, and what is compared of them before and after."""

import io
from typing import Any

import pydicom
from django.db import models
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from archive.models import Correction, Instance, Patient, Plan, Series, Study, StudySearchTerm
from archive.services.corrections.carrying_out import carry_out, preview
from archive.services.outgoing import outgoing_file
from archive.storage.configured import blob_store
from tests.dicom_samples import about, image, part10
from tests.factories import store

# What tells of the passing of time, and never goes back.
_TIMES = {"updated_at", "last_instance_at", "revision", "status"}


def two_studies(facility: Facility) -> tuple[Study, Study]:
    """Store two studies of two patients: series 1 with two images and series 2 with one; series 1 with one."""
    store(
        *(image(about(1), series=series, number=number) for series, number in ((1, 1), (1, 2), (2, 1))),
        image(about(2)),
        facility=facility,
    )
    return study(1), study(2)


def study(number: int) -> Study:
    """Return the study of a number as it is now."""
    return Study.objects.get(study_instance_uid=about(number).study_instance_uid)


def series_of(row: Study) -> list[str]:
    """Return the UIDs of a study's series as they are now, in the order of their numbers."""
    found = Series.objects.filter(study=row).order_by("series_number")
    return list(found.values_list("series_instance_uid", flat=True))


def images_of(row: Study) -> list[str]:
    """Return the UIDs of the images of a study that are shown."""
    found = Instance.objects.filter(series__study=row).order_by("series__series_number", "instance_number")
    return list(found.values_list("sop_instance_uid", flat=True))


def correct(plan: Plan, user: User, *, reason: str = "wrong at the scanner", **options: Any) -> Correction:
    """Carry out a plan that the user has looked at."""
    seen = preview(plan=plan, user=user)
    return carry_out(plan=plan, user=user, reason=reason, token=seen.token, **options)


def sent(sop_instance_uid: str) -> Dataset:
    """Return an instance as it leaves."""
    instance = Instance.kept.select_related("series__study", "blob").get(sop_instance_uid=sop_instance_uid)
    with outgoing_file(instance) as file:
        return pydicom.dcmread(io.BytesIO(file.read()))  # noqa: TID251 -- the judge


def stored_bytes(sop_instance_uid: str) -> bytes:
    """Return the blob of an instance."""
    with blob_store().open(Instance.kept.get(sop_instance_uid=sop_instance_uid).blob.sha256) as file:
        return file.read()


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return all that the archive says of patients and images, to compare exactly."""
    rows: dict[str, list[dict[str, Any]]] = {}
    models_compared: tuple[type[models.Model], ...] = (Patient, Study, Series, Instance)
    for model in models_compared:
        rows[model.__name__] = [
            {name: value for name, value in row.items() if name not in _TIMES}
            for row in model._base_manager.order_by("pk").values()
        ]
    terms = StudySearchTerm.objects.order_by("study_id", "term").values("study_id", "term")
    return rows | {"terms": list(terms)}


def file_of(study_number: int, /, **place: Any) -> bytes:
    """Return an image of the study of a number, as its modality sends it."""
    return part10(image(about(study_number), **place))
