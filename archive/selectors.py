"""Reads of the archive. All that reach a user begin at `archive.access`."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, QuerySet, Sum, When

from accounts.models import User
from archive.access import visible_studies
from archive.models import ArrivalConflict, Instance, Patient, Series, Study
from archive.storage import blob_store
from dicomkit.priors import StudyTraits


@dataclass(frozen=True)
class StoredInstance:
    """Where the bytes of an instance are, and the study that decides who may see them."""

    sop_instance_uid: str
    study_instance_uid: str
    sha256: str
    number_of_frames: int


def find_study(user: User | AnonymousUser, study_instance_uid: str) -> Study | None:
    """Return a study that the user may see, or None: it does not exist, or is not theirs to know of."""
    return (
        visible_studies(user).select_related("facility").filter(study_instance_uid=study_instance_uid).first()
    )


def studies_of_patient(user: User | AnonymousUser, study: Study) -> QuerySet[Study]:
    """Return the studies of a study's patient that the user may see, the latest first.

    A patient is an ID with its issuer; the same person under another issuer is found where the two were linked.
    """
    return studies_of_person(user, study.patient_record_id)


def studies_of_person(user: User | AnonymousUser, patient_pk: int) -> QuerySet[Study]:
    """Return the studies of a patient, and of the identities linked with it, that the user may see, the latest first."""
    return (
        visible_studies(user)
        .select_related("facility")
        .filter(patient_record__in=identities_of_person(patient_pk))
        .order_by("-study_moment", "-pk")
    )


def identities_of_person(patient_pk: int) -> list[int]:
    """Return the keys of all identities of one person: the patient, and those linked with it. Costs one query."""
    linkage = Patient.objects.filter(pk=patient_pk, linkage__isnull=False).values("linkage")
    linked = Patient.objects.filter(linkage__in=linkage).exclude(pk=patient_pk)
    return [patient_pk, *linked.values_list("pk", flat=True)]


def study_traits(studies: Sequence[Study]) -> dict[str, StudyTraits]:
    """Return by UID what decides how relevant studies are to each other. Costs one query."""
    rows = Series.objects.filter(study__in=[study.pk for study in studies]).values_list(
        "study_id", "laterality", "series_description", "protocol_name"
    )
    lateralities: dict[int, set[str]] = defaultdict(set)
    texts: dict[int, set[str]] = defaultdict(set)
    for study_pk, laterality, *described in rows:
        lateralities[study_pk].add(laterality)
        texts[study_pk].update(text for text in described if text)
    return {
        study.study_instance_uid: StudyTraits(
            study_instance_uid=study.study_instance_uid,
            moment=study.study_moment if study.study_date else None,
            modalities=frozenset(study.modalities_in_study.split("\\")) - {""},
            body_parts=frozenset(study.body_parts_examined.split("\\")) - {""},
            lateralities=frozenset(lateralities[study.pk] - {""}),
            texts=(study.study_description, *sorted(texts[study.pk])),
        )
        for study in studies
    }


def find_series(user: User | AnonymousUser, series_instance_uid: str) -> Series | None:
    """Return a series of a study that the user may see, or None."""
    return (
        Series.objects.filter(
            series_instance_uid=series_instance_uid, is_withdrawn=False, study__in=visible_studies(user)
        )
        .select_related("study__facility")
        .first()
    )


def series_of(study: Study) -> QuerySet[Series]:
    """Return the series of a study in the order of their numbers."""
    return Series.objects.filter(study=study, is_withdrawn=False).order_by("series_number", "pk")


def series_of_patient(
    user: User | AnonymousUser, study: Study, *, modalities: Collection[str]
) -> QuerySet[Series]:
    """Return the series of some modalities that the user may see of the patient of a study, its own studies' first."""
    return (
        Series.objects.filter(
            study__patient_record__in=identities_of_person(study.patient_record_id),
            is_withdrawn=False,
            study__in=visible_studies(user),
            modality__in=modalities,
        )
        .select_related("study")
        .order_by(Case(When(study=study, then=0), default=1), "-study__study_moment", "series_number", "pk")
    )


def series_without_images(study: Study) -> set[int]:
    """Return the keys of a study's series that hold objects, but no image among them."""
    sums = (
        Instance.objects.filter(series__study=study)
        .values("series_id")
        .annotate(frames=Sum("number_of_frames"))
    )
    return {row["series_id"] for row in sums if not row["frames"]}


def instances_of_study(study: Study) -> QuerySet[Instance]:
    """Return all instances of a study with their series, in the order of series and instance numbers.

    Those of one series share it, and times are left out: a CT of a thousand images is read whenever it is opened.
    """
    return (
        Instance.objects.filter(series__study=study)
        .select_related("blob")
        .prefetch_related("series")
        .defer("received_at", "blob__size_bytes", "blob__created_at")
        .order_by("series__series_number", "series_id", "instance_number", "pk")
    )


def instances_of_classes(study: Study, sop_class_uids: Collection[str]) -> QuerySet[Instance]:
    """Return a study's instances of some SOP classes with their blobs, those that came last first."""
    return (
        Instance.objects.filter(series__study=study, sop_class_uid__in=sop_class_uids)
        .select_related("blob")
        .order_by("-pk")
    )


def instances_by_study(
    studies: Sequence[Study], sop_class_uids: Collection[str]
) -> dict[int, list[Instance]]:
    """Return by key of the study its instances of some SOP classes, those that came last first. Costs one query."""
    found: dict[int, list[Instance]] = defaultdict(list)
    instances = Instance.objects.filter(
        series__study__in=[study.pk for study in studies], sop_class_uid__in=sop_class_uids
    )
    for instance in instances.select_related("series").order_by("-pk"):
        found[instance.series.study_id].append(instance)
    return dict(found)


def stored_instance(sop_instance_uid: str) -> StoredInstance | None:
    """Return where an instance is. Not filtered by user: for workers, and for callers that check the study next."""
    row = (
        Instance.kept.filter(sop_instance_uid=sop_instance_uid)
        .values_list(
            "sop_instance_uid", "series__study__study_instance_uid", "blob__sha256", "number_of_frames"
        )
        .first()
    )
    return StoredInstance(*row) if row else None


def open_blob(sha256: str) -> BinaryIO:
    """Open the bytes of a blob.

    Raises
    ------
    BlobNotFoundError
        The store has lost it.
    """
    return blob_store().open(sha256)


def is_storage_usable() -> bool:
    """Tell whether the blob store can take an instance now."""
    return blob_store().is_writable()


def open_conflicts() -> QuerySet[ArrivalConflict]:
    """Return the conflicts that nobody has decided yet."""
    return ArrivalConflict.objects.filter(resolved_at__isnull=True)
