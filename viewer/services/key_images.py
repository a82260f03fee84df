"""Mark frames as key images, and take the mark away."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from archive.models import Study
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from viewer.exceptions import InvalidAnnotationError
from viewer.live import MarkNotice, publish
from viewer.models import KeyImage
from viewer.selectors import image_of_study


@transaction.atomic
def mark_key_image(
    *, study: Study, sop_instance_uid: str, frame_number: int, author: User, actor: Actor
) -> None:
    """Mark a frame; the first who marks it is its author. The caller has checked that the author may annotate the study.

    Records KEY_IMAGE_MARKED, unless it is marked already.

    Raises
    ------
    InvalidAnnotationError
        The study has no such frame.
    """
    image = image_of_study(study, sop_instance_uid, frame_number)
    if image is None:
        raise InvalidAnnotationError("This study has no such image. Reload the study.")
    _, is_new = KeyImage.objects.get_or_create(
        instance=image,
        frame_number=frame_number,
        defaults={"author": author, "author_name": author.get_full_name(), "changed_at": timezone.now()},
    )
    if is_new:
        _record(EventType.KEY_IMAGE_MARKED, study, sop_instance_uid, frame_number, actor)


@transaction.atomic
def unmark_key_image(*, study: Study, sop_instance_uid: str, frame_number: int, actor: Actor) -> None:
    """Take the mark away. Records KEY_IMAGE_UNMARKED; does nothing where there is no mark."""
    removed, _ = KeyImage.objects.filter(
        instance__series__study=study, instance__sop_instance_uid=sop_instance_uid, frame_number=frame_number
    ).delete()
    if removed:
        _record(EventType.KEY_IMAGE_UNMARKED, study, sop_instance_uid, frame_number, actor)


def _record(
    event_type: EventType, study: Study, sop_instance_uid: str, frame_number: int, actor: Actor
) -> None:
    transaction.on_commit(partial(publish, MarkNotice(study.study_instance_uid)))
    record_event(
        event_type,
        actor=actor,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study.study_instance_uid,
        facility_code=study.facility.code,
        details={"sop_instance_uid": sop_instance_uid, "frame_number": frame_number},
    )
