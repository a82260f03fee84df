"""Write annotations so that nobody overwrites what somebody else has written meanwhile.

A change names the revision that it started from, and the database makes it only while that is still the newest.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from archive.models import Instance, Study
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from dicomkit.uid import is_valid_uid
from viewer.exceptions import AnnotationConflictError, AnnotationNotFoundError, InvalidAnnotationError
from viewer.live import MarkNotice, publish
from viewer.models import Annotation, AnnotationRevision
from viewer.selectors import first_image_of_series, image_of_study

MOST_ANNOTATIONS = 5000
"""Of one study, those that are not deleted."""


@dataclass(frozen=True)
class AnnotationContent:
    """What is drawn, and where; checked by `viewer.annotations.content_of`.

    Attributes
    ----------
    points
        (column, row) in pixels of the whole frame, as many as the kind has.
    length_mm
        Of a calibration line; None for every other kind.
    series_instance_uid, plane
        Of a mark on a plane through a series, which is on no image; see `viewer.annotation_planes`.
    """

    kind: str
    sop_instance_uid: str
    frame_number: int
    points: tuple[tuple[float, float], ...]
    text: str = ""
    length_mm: float | None = None
    series_instance_uid: str = ""
    plane: dict[str, Any] | None = None

    def drawn(self) -> dict[str, Any]:
        """Return what may change of it, as columns."""
        return {
            "points": [list(point) for point in self.points],
            "text": self.text,
            "length_mm": self.length_mm,
            "plane": self.plane,
        }


@dataclass(frozen=True)
class SavedAnnotation:
    """An annotation as it is now, and whether it was made just now."""

    annotation: Annotation
    is_new: bool


@transaction.atomic
def save_annotation(
    *,
    study: Study,
    annotation_uid: str,
    content: AnnotationContent,
    revision: int,
    author: User,
    actor: Actor,
) -> SavedAnnotation:
    """Make or change an annotation of a study. The caller has checked that the author may annotate the study.

    Writes the annotation and a revision of it, and records ANNOTATION_CREATED or ANNOTATION_CHANGED. What is sent a
    second time, because the answer to the first was lost, changes nothing. A deleted annotation comes back when the
    revision of its deletion is named.

    Parameters
    ----------
    revision
        The one that the change starts from; 0 for a new annotation.

    Raises
    ------
    AnnotationConflictError
        The annotation has another revision by now. Nothing is written.
    InvalidAnnotationError
        The image is not of this study, or has no such frame; the annotation would move to another image or become
        another kind; or the study has too many.
    """
    found = _find(study, annotation_uid)
    image = _place_of(study, content, found)
    if image is None:
        raise InvalidAnnotationError("This study has no such image. Reload the study, and draw it again.")
    if found is None:
        if revision != 0:
            raise AnnotationConflictError
        return SavedAnnotation(_create(study, image, annotation_uid, content, author, actor), is_new=True)
    is_moved = (found.plane is None) != (content.plane is None)
    place = (image.pk, content.frame_number, content.kind)
    if is_moved or (found.instance_id, found.frame_number, found.kind) != place:
        raise InvalidAnnotationError(
            "An annotation stays on its image and of its kind. Make a new one, and delete this one."
        )
    if not found.is_deleted and _says(found, content) and revision in (found.revision, found.revision - 1):
        return SavedAnnotation(found, is_new=False)
    _write(found, revision, EventType.ANNOTATION_CHANGED, study, author, actor, **content.drawn())
    return SavedAnnotation(found, is_new=False)


@transaction.atomic
def delete_annotation(
    *, study: Study, annotation_uid: str, revision: int, author: User, actor: Actor
) -> None:
    """Mark an annotation as deleted; its history stays. The caller has checked that the author may annotate the study.

    Counts the revision up and records ANNOTATION_DELETED. Does nothing where it is deleted already.

    Raises
    ------
    AnnotationNotFoundError
        The study has never had it.
    AnnotationConflictError
        It has another revision by now. Nothing is written.
    """
    found = _find(study, annotation_uid)
    if found is None:
        raise AnnotationNotFoundError(annotation_uid)
    if not found.is_deleted:
        _write(found, revision, EventType.ANNOTATION_DELETED, study, author, actor, is_deleted=True)


def _find(study: Study, annotation_uid: str) -> Annotation | None:
    return Annotation.objects.filter(annotation_uid=annotation_uid, instance__series__study=study).first()


def _place_of(study: Study, content: AnnotationContent, found: Annotation | None) -> Instance | None:
    """Return the image that an annotation names; a mark on a plane keeps the one that it has named from the start."""
    if content.plane is None:
        return image_of_study(study, content.sop_instance_uid, content.frame_number)
    series_uid = content.series_instance_uid
    if (
        found is not None
        and found.plane is not None
        and found.instance.series.series_instance_uid == series_uid
    ):
        return found.instance
    return first_image_of_series(study, series_uid)


def _says(annotation: Annotation, content: AnnotationContent) -> bool:
    return all(getattr(annotation, column) == value for column, value in content.drawn().items())


def _create(
    study: Study, image: Instance, annotation_uid: str, content: AnnotationContent, author: User, actor: Actor
) -> Annotation:
    if not is_valid_uid(annotation_uid):
        raise InvalidAnnotationError("The identifier of an annotation is a DICOM UID, such as 2.25.<number>.")
    _refuse_beyond_most(study)
    annotation = Annotation(
        annotation_uid=annotation_uid,
        instance=image,
        frame_number=content.frame_number,
        kind=content.kind,
        revision=1,
        author=author,
        author_name=author.get_full_name(),
        changed_at=timezone.now(),
        **content.drawn(),
    )
    try:
        with transaction.atomic():
            annotation.save()
    except IntegrityError:
        # Somebody was faster; or it is of another study, of which this author may know nothing.
        raise AnnotationConflictError from None
    _keep_history(annotation, EventType.ANNOTATION_CREATED, study, actor)
    return annotation


def _refuse_beyond_most(study: Study) -> None:
    """Count under a lock on the study, so that two authors do not both make the last one."""
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    kept = Annotation.objects.filter(instance__series__study=study, is_deleted=False)
    if kept.count() >= MOST_ANNOTATIONS:
        raise InvalidAnnotationError(
            f"This study has {MOST_ANNOTATIONS:,} annotations, and more are not kept. Delete some first."
        )


def _write(
    annotation: Annotation,
    revision: int,
    event_type: EventType,
    study: Study,
    author: User,
    actor: Actor,
    **columns: Any,
) -> None:
    """Write columns while the revision is still the newest one, in a single statement of the database."""
    written = {
        "is_deleted": False,
        "revision": revision + 1,
        "author": author,
        "author_name": author.get_full_name(),
        "changed_at": timezone.now(),
        **columns,
    }
    if not Annotation.objects.filter(pk=annotation.pk, revision=revision).update(**written):
        raise AnnotationConflictError
    annotation.refresh_from_db()
    _keep_history(annotation, event_type, study, actor)


def _keep_history(annotation: Annotation, event_type: EventType, study: Study, actor: Actor) -> None:
    AnnotationRevision.objects.create(
        annotation=annotation,
        revision=annotation.revision,
        points=annotation.points,
        plane=annotation.plane,
        text=annotation.text,
        length_mm=annotation.length_mm,
        is_deleted=annotation.is_deleted,
        author=annotation.author,
        author_name=annotation.author_name,
        changed_at=annotation.changed_at,
    )
    notice = MarkNotice(study.study_instance_uid, annotation.annotation_uid, annotation.revision)
    transaction.on_commit(partial(publish, notice))
    record_event(
        event_type,
        actor=actor,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={
            "annotation_uid": annotation.annotation_uid,
            "kind": annotation.kind,
            "revision": annotation.revision,
        },
    )
