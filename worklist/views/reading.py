"""Reading from the list, as JSON: claim, put back, take over, assign, priority, check, skip; one study or many."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from accounts.models import User
from archive.access import visible_studies
from archive.models import Study
from archive.selectors import find_study
from audit.decorators import audited
from audit.vocabulary import EventType
from worklist.exceptions import WorklistError
from worklist.models import ReadingTask
from worklist.views.actions import FOR_MANY, FOR_ONE, Action, Body
from worklist.views.http import body_of, private, refusal, user_of

_AT_ONCE = 200


@require_POST
@audited(EventType.READING_CHANGED, recorded_by_service=True)
@requires(None)
def act(request: HttpRequest, study_instance_uid: str, action: str) -> HttpResponseBase:
    """Do something to one study; answer how it stands then, or 409 with why not."""
    user = user_of(request)
    study = find_study(user, study_instance_uid)
    if study is None or action not in FOR_ONE:
        raise Http404
    try:
        FOR_ONE[action](study, user, body_of(request))
    except (WorklistError, PermissionDenied) as error:
        return refusal(error)
    return private(_standing(study, user))


@require_POST
@audited(EventType.READING_CHANGED, recorded_by_service=True)
@requires(None)
def act_on_many(request: HttpRequest) -> HttpResponseBase:
    """Do the same to several studies, each by itself; answer for each what came of it."""
    user = user_of(request)
    try:
        body = body_of(request)
        action, uids = _asked(body)
    except WorklistError as error:
        return refusal(error)
    studies = visible_studies(user).filter(study_instance_uid__in=uids)
    found = {study.study_instance_uid: study for study in studies}
    results = [
        {"study_instance_uid": uid, "refused": _outcome(action, found.get(uid), user, body)} for uid in uids
    ]
    return private({"results": results})


def _asked(body: Body) -> tuple[Action, list[str]]:
    action = FOR_MANY.get(str(body.get("action")))
    uids = body.get("study_instance_uids")
    if action is None or not isinstance(uids, list) or not uids:
        raise WorklistError(_("Name an action and the studies."))
    if len(uids) > _AT_ONCE:
        raise WorklistError(_("At most %(count)d studies at once.") % {"count": _AT_ONCE})
    return action, list(dict.fromkeys(map(str, uids)))


def _outcome(action: Action, study: Study | None, user: User, body: Body) -> str:
    """Return why it was not done; empty when it was."""
    if study is None:
        return _("It does not exist or you may not see it.")
    try:
        action(study, user, body)
    except PermissionDenied:
        return _("You may not do this to this study.")
    except WorklistError as error:
        return str(error)
    return ""


def _standing(study: Study, user: User) -> dict[str, Any]:
    task = ReadingTask.objects.select_related("claimed_by", "assigned_to").get(pk=study.pk)
    return {
        "study_instance_uid": study.study_instance_uid,
        "status": task.status,
        "priority": task.priority,
        "is_own": task.claimed_by_id == user.pk,
        "claimed_by": task.claimed_by.get_full_name() if task.claimed_by else "",
        "assigned_to": task.assigned_to.get_full_name() if task.assigned_to else "",
    }
