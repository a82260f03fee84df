"""Reactions of the worklist to the archive's events."""

from django.dispatch import receiver

from archive.events import StudyChanged, study_changed
from worklist.live import StudyNotice, publish


@receiver(study_changed, dispatch_uid="worklist.announce_changed_study")
def announce_changed_study(*, event: StudyChanged, **_: object) -> None:
    """Tell open lists of a new or changed study."""
    publish(StudyNotice(event.study_instance_uid, event.facility_pk))
