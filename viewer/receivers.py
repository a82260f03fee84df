"""Reactions of the viewer to the archive's events, and to logins."""

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from archive.events import StudyReceived, correction_planned, study_received
from archive.models import Contribution, Plan, RowChange, Series, Study
from common.tasks import TaskName, enqueue
from viewer.look import remember_look
from viewer.models import Annotation, Evidence, RevisionRelease
from viewer.stored_preferences import preferences_of


@receiver(study_received, dispatch_uid="viewer.warm_received_study")
def warm_received_study(*, event: StudyReceived, **_: object) -> None:
    """Render the first pictures of each series again, now that its middle image is known."""
    series = Series.objects.filter(study__study_instance_uid=event.study_instance_uid)
    for uid in series.values_list("series_instance_uid", flat=True):
        enqueue(TaskName.WARM_SERIES, subject_uid=uid)


@receiver(pre_delete, sender=Study, dispatch_uid="viewer.release_revisions")
def release_revisions(*, instance: Study, **_: object) -> None:
    """Let the history of what readers drew leave with the study that it is about, in the transaction that deletes it."""
    keys = Annotation.objects.filter(instance__series__study=instance).values_list("pk", flat=True)
    RevisionRelease.objects.bulk_create([RevisionRelease(annotation_id=key) for key in keys])


@receiver(post_delete, sender=Study, dispatch_uid="viewer.end_release")
def end_release(**_: object) -> None:
    """Guard every revision again."""
    RevisionRelease.objects.all().delete()


@receiver(user_logged_in, dispatch_uid="viewer.bring_look")
def bring_look(*, request: HttpRequest, user: User, **_: object) -> None:
    """Let the pages look as the user keeps it, on whatever computer."""
    remember_look(request, preferences_of(user))


@receiver(correction_planned, dispatch_uid="viewer.let_evidence_follow")
def let_evidence_follow(*, plan: Plan, **_: object) -> Contribution:
    """Let what was made of readers' marks belong to the study to which its instances go."""
    followed = {
        evidence.pk: (evidence._meta.label, moved)
        for moved in plan.changes_of("archive.Series")
        if "study" in moved.after
        for evidence in Evidence.objects.filter(**moved.key).order_by("pk")
    }
    return Contribution(
        changes=tuple(
            RowChange(label, {"pk": pk}, {"study": moved.before["study"]}, {"study": moved.after["study"]})
            for pk, (label, moved) in followed.items()
        )
    )
