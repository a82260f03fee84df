"""What can be done to a study from a list, by name: one table for one study and for many."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from archive.models import Study
from worklist.exceptions import WorklistError
from worklist.models import Priority
from worklist.services import assignment, handover, reading
from worklist.states import ReadingAction

Body = Mapping[str, Any]
Action = Callable[[Study, User, Body], object]
# Bytes: a hundred viewports, each with its series, image, camera and window.
_LONGEST_LAYOUT = 64 * 1024


def _reason(body: Body) -> str:
    return str(body.get("reason", "")).strip()


def _assign(study: Study, user: User, body: Body) -> object:
    username = str(body.get("reader", ""))
    reader = User.objects.filter(username=username, is_active=True).first() if username else None
    if username and reader is None:
        raise WorklistError(_("There is no reader of that name. Choose one from the list."))
    return assignment.assign(study=study, reader=reader, user=user, reason=_reason(body))


def _set_priority(study: Study, user: User, body: Body) -> object:
    try:
        priority = Priority(int(body.get("priority", 0)))
    except (ValueError, TypeError):
        raise WorklistError(_("Choose one of the priorities.")) from None
    return assignment.set_priority(study=study, priority=priority, user=user, reason=_reason(body))


def _put_back(study: Study, user: User, body: Body) -> object:
    """Put back one's own study, or with a reason that of somebody else."""
    if _reason(body):
        return reading.put_back_for(study=study, user=user, reason=_reason(body))
    return reading.release(study=study, user=user)


def _hand_over(action: ReadingAction) -> Action:
    return lambda study, user, body: handover.hand_over(
        study=study, user=user, action=action, reason=_reason(body)
    )


def _sign(action: ReadingAction) -> Action:
    return lambda study, user, body: reading.sign(study=study, user=user, action=action)


def _layout(body: Body) -> object:
    """Return what the viewer wants kept of itself; it means nothing to anybody else."""
    layout = body.get("layout")
    if len(json.dumps(layout)) > _LONGEST_LAYOUT:
        raise WorklistError(_("The layout is too large to be kept."))
    return layout


# What is right for any number of studies at once: nobody claims or signs many.
FOR_MANY: Mapping[str, Action] = {
    "assign": _assign,
    "priority": _set_priority,
    "check": _hand_over(ReadingAction.CHECK),
    "skip": lambda study, user, body: reading.skip(study=study, user=user),
}
FOR_ONE: Mapping[str, Action] = {
    **FOR_MANY,
    "suspend": lambda study, user, body: reading.suspend(study=study, user=user, layout=_layout(body)),
    "preliminary": _sign(ReadingAction.SIGN_PRELIMINARY),
    "final": _sign(ReadingAction.SIGN_FINAL),
    "addend": _sign(ReadingAction.ADDEND),
    "claim": lambda study, user, body: reading.claim(study=study, user=user),
    "release": _put_back,
    "take-over": lambda study, user, body: reading.take_over(study=study, user=user, reason=_reason(body)),
}
