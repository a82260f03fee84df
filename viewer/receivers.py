"""Reactions of the viewer to the archive's events."""

from django.dispatch import receiver

from archive.events import StudyReceived, study_received
from archive.models import Series
from common.tasks import TaskName, enqueue


@receiver(study_received, dispatch_uid="viewer.warm_received_study")
def warm_received_study(*, event: StudyReceived, **_: object) -> None:
    """Render the first pictures of each series again, now that its middle image is known."""
    series = Series.objects.filter(study__study_instance_uid=event.study_instance_uid)
    for uid in series.values_list("series_instance_uid", flat=True):
        enqueue(TaskName.WARM_SERIES, subject_uid=uid)
