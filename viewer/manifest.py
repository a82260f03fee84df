"""The manifest of a study: everything that the reading page knows before it has a pixel."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NotRequired, TypedDict

from django.urls import reverse

from archive.models import Instance, Series, Study
from archive.presentation import age_of
from dicomkit.person_name import display_name
from viewer.hanging.selection import HangingBody
from viewer.patient_studies import PatientStudyBody
from viewer.regions.listing import segmentations_over_images
from viewer.stack import StackImage, stack_of


class PatientBody(TypedDict):
    """The patient, as the study's own images name them."""

    patient_id: str
    issuer_of_patient_id: str
    name: str
    birth_date: str | None
    sex: str
    age: str


class StudyBody(TypedDict):
    """The study."""

    study_instance_uid: str
    study_date: str | None
    study_time: str | None
    study_description: str
    accession_number: str
    modalities: list[str]
    facility: dict[str, str]
    patient: PatientBody


class SeriesBody(TypedDict):
    """A series with its images in reading order."""

    series_instance_uid: str
    series_number: int | None
    series_description: str
    modality: str
    body_part_examined: str
    laterality: str
    thumbnail_url: str
    frame_time_ms: float | None
    images: list[dict[str, Any]]


class OtherBody(TypedDict):
    """An object that has no picture of its own, or is shown over those of others."""

    sop_instance_uid: str
    modality: str
    description: str


class ManifestBody(TypedDict):
    """The whole manifest. What is about reading the study is left out where another study asks for its images."""

    study: StudyBody
    series: list[SeriesBody]
    other: list[OtherBody]
    patient_studies: NotRequired[list[PatientStudyBody]]
    hanging: NotRequired[list[HangingBody]]


# What the page does not need of the stored attributes of an image.
_NOT_SENT = {"number_of_frames", "frame_time_ms", "voi", "ultrasound_regions", "magnification", "phase"}


def manifest_of(study: Study, instances: Iterable[Instance]) -> ManifestBody:
    """Return the manifest of a study.

    Parameters
    ----------
    study
        With its facility.
    instances
        All of the study, with series and blob, those of one series next to each other.
    """
    series: list[SeriesBody] = []
    other: list[OtherBody] = []
    everything = list(instances)
    # A segmentation by itself is black and white; it is read over the images that it is about.
    laid_over = segmentations_over_images(everything)
    for one, group in groupby(everything, key=lambda instance: instance.series):
        members = list(group)
        images = stack_of([instance for instance in members if instance.sop_instance_uid not in laid_over])
        if images:
            series.append(_series_body(one, images))
        other += [
            _other_body(one, instance)
            for instance in members
            if not instance.image_attributes or instance.sop_instance_uid in laid_over
        ]
    return {"study": _study_body(study), "series": series, "other": other}


def _study_body(study: Study) -> StudyBody:
    return {
        "study_instance_uid": study.study_instance_uid,
        "study_date": study.study_date.isoformat() if study.study_date else None,
        "study_time": study.study_time.isoformat("seconds") if study.study_time else None,
        "study_description": study.study_description,
        "accession_number": study.accession_number,
        "modalities": [modality for modality in study.modalities_in_study.split("\\") if modality],
        "facility": {"code": study.facility.code, "name": study.facility.name},
        "patient": {
            "patient_id": study.patient_id,
            "issuer_of_patient_id": study.issuer_of_patient_id,
            "name": display_name(study.patient_name),
            "birth_date": study.patient_birth_date.isoformat() if study.patient_birth_date else None,
            "sex": study.patient_sex,
            "age": age_of(study),
        },
    }


def _series_body(series: Series, images: list[StackImage]) -> SeriesBody:
    return {
        "series_instance_uid": series.series_instance_uid,
        "series_number": series.series_number,
        "series_description": series.series_description,
        "modality": series.modality,
        "body_part_examined": series.body_part_examined,
        "laterality": series.laterality,
        "thumbnail_url": reverse("viewer:thumbnail", args=[series.series_instance_uid]),
        "frame_time_ms": images[0].attributes["frame_time_ms"],
        "images": [_image_body(image) for image in images],
    }


def _image_body(image: StackImage) -> dict[str, Any]:
    kept = {key: value for key, value in image.attributes.items() if key not in _NOT_SENT}
    return kept | {
        "sop_instance_uid": image.sop_instance_uid,
        "instance_number": image.instance_number,
        "frame_number": image.frame_number,
        "marks_url": _marks_url(image),
        "voi": [_voi_body(image, index, voi) for index, voi in enumerate(image.attributes["voi"])],
    }


def _marks_url(image: StackImage) -> str | None:
    """Return where overlays and shutter are; None for an image with neither, as one stored by an older release."""
    attributes = image.attributes
    if not attributes.get("overlays") and attributes.get("shutter_grey") is None:
        return None
    return reverse("viewer:marks", args=[image.sop_instance_uid, image.frame_number])


def _voi_body(image: StackImage, index: int, voi: dict[str, Any]) -> dict[str, Any]:
    if not voi.get("is_lut"):
        return voi
    return {
        "label": voi["label"],
        "lut_url": reverse("viewer:lookup", args=[image.sop_instance_uid, image.frame_number, index]),
    }


def _other_body(series: Series, instance: Instance) -> OtherBody:
    return {
        "sop_instance_uid": instance.sop_instance_uid,
        "modality": series.modality,
        "description": series.series_description,
    }
