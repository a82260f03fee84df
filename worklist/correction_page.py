"""What the pages of corrections show: what can be chosen, what was rejected, what was corrected, and who is compared."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from archive.access import correctable_corrections, correctable_studies
from archive.models import Correction, Instance, Patient, Plan, Series, Study
from archive.selectors import series_of, series_without_images
from archive.services.corrections.words import study_name
from dicomkit.key_object import KEY_OBJECT_SELECTION_DOCUMENT
from dicomkit.person_name import display_name
from worklist.forms_correction import CorrectionForm
from worklist.suggestions import suggestions_for

_MOST_CORRECTIONS = 50
_MOST_REJECTED_IMAGES = 200


@dataclass(frozen=True)
class ChoosableSeries:
    """A series to choose, as a whole or some images of it.

    Attributes
    ----------
    thumbnail_url
        Empty where it holds no image.
    chosen_images
        How many single images were chosen before the form came back.
    """

    series: Series
    thumbnail_url: str
    is_chosen: bool
    chosen_images: int


@dataclass(frozen=True)
class Compared:
    """One thing that is known of two people."""

    what: str
    one: str
    other: str
    differs: bool = False


def head_of(study: Study) -> dict[str, Any]:
    """Return what every page of corrections says of its study."""
    return {"study": study, "name": display_name(study.patient_name)}


def page_of(
    study: Study,
    *,
    user: User,
    typed: Mapping[str, str],
    series: Collection[str] = (),
    refusal: str = "",
) -> dict[str, Any]:
    """Return the page on which a correction is chosen, with what was typed and chosen before."""
    form = CorrectionForm(study=study, typed=typed, suggestions=suggestions_for(study))
    return head_of(study) | {
        "form": form,
        "series": choosable_series(study, images=typed.get("images", "").split(), series=series),
        "refusal": refusal,
        "rejections": _rejections(study),
        "history": list(history_of(study, user)[:_MOST_CORRECTIONS]),
    }


def choosable_series(
    study: Study, *, images: Collection[str] = (), series: Collection[str] = ()
) -> list[ChoosableSeries]:
    """Return the series of a study with what was chosen of each."""
    without_images = series_without_images(study)
    chosen = Counter(
        Instance.objects.filter(series__study=study, sop_instance_uid__in=images).values_list(
            "series_id", flat=True
        )
        if images
        else ()
    )
    return [
        ChoosableSeries(
            one,
            "" if one.pk in without_images else reverse("viewer:thumbnail", args=[one.series_instance_uid]),
            one.series_instance_uid in series,
            chosen[one.pk],
        )
        for one in series_of(study)
    ]


def images_of(series: Series) -> list[dict[str, Any]]:
    """Return the images of a series that can be chosen, each with the address of its coarsest picture."""
    columns = ("sop_instance_uid", "instance_number", "number_of_frames", "image_attributes")
    instances = Instance.objects.filter(series=series).order_by("instance_number", "pk").only(*columns)
    return [
        {"uid": one.sop_instance_uid, "number": one.instance_number, "url": picture_url(one)}
        for one in instances
    ]


def picture_url(instance: Instance) -> str:
    """Return the address of the coarsest picture of an instance; empty where it shows nothing."""
    if not instance.number_of_frames:
        return ""
    level = (instance.image_attributes or {}).get("levels", 1) - 1
    return reverse("viewer:tile", args=[instance.sop_instance_uid, 1, level, 0, 0])


def history_of(study: Study, user: User) -> QuerySet[Correction]:
    """Return the corrections of a study and of its patient of which the user may know, the latest first."""
    of_both = Q(studies=study) | Q(patients=study.patient_record_id)
    return (
        correctable_corrections(user)
        .filter(of_both)
        .distinct()
        .select_related("author", "undone_by")
        .order_by("-made_at")
    )


def identities_of(plan: Plan, user: User) -> list[Compared]:
    """Return the two people of a plan side by side; nothing where it is about one."""
    patients = Patient.objects.in_bulk(plan.patient_pks)
    if len(patients) != 2:
        return []
    one, other = (patients[pk] for pk in plan.patient_pks)
    who = zip(_identity(one).items(), _identity(other).values(), strict=True)
    known = zip(_known(one, user).items(), _known(other, user).values(), strict=True)
    return [
        *(
            Compared(what, first, second, bool(first and second) and first != second)
            for (what, first), second in who
        ),
        *(Compared(what, first, second) for (what, first), second in known),
    ]


def _identity(patient: Patient) -> dict[str, str]:
    born = patient.patient_birth_date
    return {
        gettext("Name"): display_name(patient.patient_name),
        gettext("Patient ID"): patient.patient_id,
        gettext("Issuer of Patient ID"): patient.issuer_of_patient_id,
        gettext("Birth date"): born.isoformat() if born else "",
        gettext("Sex"): patient.patient_sex,
    }


def _known(patient: Patient, user: User) -> dict[str, str]:
    """Return what the archive has of a patient, of what the user may correct."""
    studies = correctable_studies(user).filter(patient_record=patient, is_withdrawn=False)
    latest = studies.order_by("-study_moment").first()
    return {
        gettext("Studies"): str(studies.count()),
        gettext("Latest study"): study_name(latest) if latest else "",
    }


def _rejections(study: Study) -> list[dict[str, Any]]:
    """Return what was rejected of a study, by rejection, with the picture of each image."""
    found: dict[int, dict[str, Any]] = {}
    rejected = (
        Instance.kept.filter(series__study=study, rejection__isnull=False)
        .exclude(sop_class_uid=KEY_OBJECT_SELECTION_DOCUMENT)
        .select_related("rejection__author", "series")
        .order_by("-rejection__made_at", "series__series_number", "instance_number", "pk")
    )
    for one in rejected[:_MOST_REJECTED_IMAGES]:
        assert one.rejection is not None
        group = found.setdefault(one.rejection.pk, {"correction": one.rejection, "images": []})
        group["images"].append({"row": one, "url": picture_url(one)})
    return list(found.values())
