"""Sight of one study by its assignment: for a reader of another facility, as long as it is his to read."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.permissions import is_shared
from accounts.roles import Codename
from accounts.services.shares import share_study, unshare_study
from audit.context import current_actor
from worklist.built_in import OPEN
from worklist.models import Assignment, ReadingGrant, ReadingTask

# What reading takes. Taking images away does not belong to it.
_GRANTED = (Codename.VIEW_STUDY, Codename.REPORT_STUDY, Codename.ANNOTATE_STUDY)


def grant_sight(task: ReadingTask, reader: User) -> None:
    """Let a reader see and report the study of a task, and remember what that gave him. Records STUDY_SHARED."""
    study, actor = task.study, current_actor()
    given = [codename for codename in _GRANTED if not is_shared(study, reader, codename)]
    for codename in given:
        share_study(study=study, user=reader, codename=codename, actor=actor)
    ReadingGrant.objects.get_or_create(
        task=task,
        user=reader,
        defaults={"codenames": [str(codename) for codename in given], "granted_at": timezone.now()},
    )


def end_sights(task: ReadingTask) -> None:
    """Take back what an assignment gave to those whose study it no longer is. Records STUDY_UNSHARED."""
    for grant in ReadingGrant.objects.filter(task=task).select_related("user"):
        if task.status in OPEN and grant.user_id in (task.assigned_to_id, task.claimed_by_id):
            continue
        for codename in grant.codenames:
            unshare_study(
                study=task.study, user=grant.user, codename=Codename(codename), actor=current_actor()
            )
        grant.delete()


def putting_back(task: ReadingTask) -> dict[str, Any]:
    """Return what changes beside the claim when a person puts a study back: a guest's assignment ends with it."""
    is_guest = ReadingGrant.objects.filter(task=task, user=task.claimed_by_id).exists()
    if not is_guest or task.assigned_to_id != task.claimed_by_id:
        return {}
    return {"assigned_to": None, "assignment": Assignment.UNDECIDED}
