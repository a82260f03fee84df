"""The manifest of a study: everything that the reading page knows before it has a pixel."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NotRequired, TypedDict

from django.urls import reverse

from archive.models import Instance, Series, Study
from archive.presentation import age_of
from dicomkit.body_regions import regions_of_parts
from dicomkit.person_name import display_name
from viewer.documents.kinds import document_kind, document_sentence, document_title, file_suffix
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
    body_regions: list[str]
    laterality: str
    thumbnail_url: str
    frame_time_ms: float | None
    images: list[dict[str, Any]]


class OtherBody(TypedDict):
    """An object that has no picture of its own, or is shown over those of others.

    `kind` is that of `viewer.documents.kinds.DocumentKind`; `sentence` says why a document is not shown, `title` what
    its class is called; `file_url` is empty for one that carries no file.
    """

    sop_instance_uid: str
    modality: str
    description: str
    kind: str
    title: str
    sentence: str
    series_number: int | None
    instance_number: int | None
    file_url: str


class ManifestBody(TypedDict):
    """The whole manifest. What is about reading the study is left out where another study asks for its images."""

    study: StudyBody
    series: list[SeriesBody]
    other: list[OtherBody]
    patient_studies: NotRequired[list[PatientStudyBody]]
    hanging: NotRequired[list[HangingBody]]


# What the page does not need of the stored attributes of an image.
_NOT_SENT = {"number_of_frames", "frame_time_ms", "voi", "phase", "slide", "anatomic_region"}


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
        series += [_series_body(one, part) for part in _apart(images)]
        other += [
            _other_body(one, instance)
            for instance in members
            if not instance.image_attributes or instance.sop_instance_uid in laid_over
        ]
    return {"study": _study_body(study), "series": series, "other": other}


def _apart(images: list[StackImage]) -> list[list[StackImage]]:
    """Return the images that a reader scrolls through together: thumbnail, overview and label of a slide by themselves."""
    together = [image for image in images if not _is_accessory(image)]
    return ([together] if together else []) + [[image] for image in images if _is_accessory(image)]


def _is_accessory(image: StackImage) -> bool:
    return image.slide is not None and image.slide.flavour != "VOLUME"


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
    first = images[0]
    is_accessory = first.slide is not None and _is_accessory(first)
    flavour = first.slide.flavour.capitalize() if first.slide is not None else ""
    thumbnail_url = reverse("viewer:thumbnail", args=[series.series_instance_uid])
    return {
        # What lies beside the tissue is listed as a series by itself, and needs a name of its own on the page.
        "series_instance_uid": first.sop_instance_uid if is_accessory else series.series_instance_uid,
        "series_number": series.series_number,
        "series_description": f"{flavour} of the slide" if is_accessory else series.series_description,
        "modality": series.modality,
        "body_part_examined": series.body_part_examined,
        "body_regions": _body_regions(series, first),
        "laterality": series.laterality,
        "thumbnail_url": _coarsest_url(first) if is_accessory else thumbnail_url,
        "frame_time_ms": first.attributes["frame_time_ms"],
        "images": [_image_body(image) for image in images],
    }


def _body_regions(series: Series, image: StackImage) -> list[str]:
    """Return the regions that the series shows, by Body Part Examined and by the code of the anatomic region."""
    # An image stored by an older release has no anatomic region.
    parts = (series.body_part_examined, image.attributes.get("anatomic_region", ""))
    return sorted(regions_of_parts(parts))


def _image_body(image: StackImage) -> dict[str, Any]:
    kept = {key: value for key, value in image.attributes.items() if key not in _NOT_SENT}
    return kept | {
        "sop_instance_uid": image.sop_instance_uid,
        "instance_number": image.instance_number,
        "frame_number": image.frame_number,
        "marks_url": _marks_url(image),
        "tile_url": _tile_url(image),
        "title": image.slide.title if image.slide is not None else image.attributes.get("title", ""),
        "voi": [_voi_body(image, index, voi) for index, voi in enumerate(image.attributes["voi"])],
    }


def _tile_url(image: StackImage) -> str | None:
    """Return where the tiles of a slide are, with {level}, {column} and {row}; None where they are at the usual place."""
    if image.slide is None:
        return None
    url = reverse("viewer:slide", args=[image.sop_instance_uid, image.frame_number, 0, 0, 0])
    return url.removesuffix("0/0/0.png") + "{level}/{column}/{row}.png"


def _coarsest_url(image: StackImage) -> str:
    coarsest = image.attributes["levels"] - 1
    return reverse("viewer:slide", args=[image.sop_instance_uid, image.frame_number, coarsest, 0, 0])


def _marks_url(image: StackImage) -> str | None:
    """Return where overlays and shutter are; None for an image with neither, as one stored by an older release."""
    attributes = image.attributes
    if image.slide is not None:
        return None
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
        "kind": document_kind(instance.sop_class_uid),
        "title": document_title(instance.sop_class_uid),
        "sentence": document_sentence(instance.sop_class_uid),
        "series_number": series.series_number,
        "instance_number": instance.instance_number,
        "file_url": _file_url(instance),
    }


def _file_url(instance: Instance) -> str:
    if not file_suffix(instance.sop_class_uid):
        return ""
    return reverse("viewer:document_file", args=[instance.sop_instance_uid])
