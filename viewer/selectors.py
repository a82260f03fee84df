"""Reads of what readers have drawn and marked. The caller has found the study through `archive.selectors`."""

from django.db.models import Q, QuerySet

from archive.models import Instance, Study
from viewer.models import Annotation, KeyImage


def annotations_of_study(study: Study) -> QuerySet[Annotation]:
    """Return the annotations of a study that are not deleted, in the order in which they were made.

    Those of rejected images come back with the images. A mark on a plane belongs to the series, whichever image its
    row names.
    """
    return (
        Annotation.objects.filter(instance__series__study=study, is_deleted=False)
        .filter(Q(instance__rejection__isnull=True) | Q(plane__isnull=False))
        .select_related("instance__series")
        .order_by("pk")
    )


def annotation_of_study(study: Study, annotation_uid: str) -> Annotation | None:
    """Return an annotation of a study; None where there is none, or it is deleted."""
    return annotations_of_study(study).filter(annotation_uid=annotation_uid).first()


def key_images_of_study(study: Study) -> QuerySet[KeyImage]:
    """Return the key images of a study in the order in which they were marked."""
    marked = KeyImage.objects.filter(instance__series__study=study, instance__rejection__isnull=True)
    return marked.select_related("instance").order_by("pk")


def image_of_study(study: Study, sop_instance_uid: str, frame_number: int) -> Instance | None:
    """Return an image of a study that has a frame of that number."""
    return Instance.objects.filter(
        series__study=study, sop_instance_uid=sop_instance_uid, number_of_frames__gte=max(1, frame_number)
    ).first()


def first_image_of_series(study: Study, series_instance_uid: str) -> Instance | None:
    """Return the image of a series of a study that came first."""
    images = Instance.objects.filter(
        series__study=study, series__series_instance_uid=series_instance_uid, number_of_frames__gte=1
    )
    return images.order_by("pk").first()
