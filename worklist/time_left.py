"""How long a study may still wait, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from worklist.built_in import OPEN
from worklist.models import ReadingTask

# The last part of its time in which a study is said to be pressing.
_PRESSING_SHARE = 0.25


@dataclass(frozen=True)
class Clock:
    """The time that a study has left until it is outside its goal.

    Attributes
    ----------
    due_ms, pressing_ms
        When that is, and when it becomes pressing, in milliseconds since 1970, for a page that counts on.
    state
        "calm", "pressing" or "over".
    """

    due_ms: int
    pressing_ms: int
    state: str
    text: str


def clock_of(task: ReadingTask, now: datetime) -> Clock | None:
    """Return the clock of a study; None where nobody waits for its report any more."""
    if task.status not in OPEN:
        return None
    pressing_at = task.due_at - (task.due_at - task.clock_started_at) * _PRESSING_SHARE
    state = "over" if now >= task.due_at else "pressing" if now >= pressing_at else "calm"
    return Clock(
        due_ms=int(task.due_at.timestamp() * 1000),
        pressing_ms=int(pressing_at.timestamp() * 1000),
        state=state,
        text=time_left(task.due_at - now),
    )


def time_left(left: timedelta) -> str:
    """Return a span in words: "12 min left", "3 h over". The page's script counts on in the same words."""
    minutes = int(abs(left).total_seconds() // 60)
    if minutes < 60:
        amount = _("%(count)d min") % {"count": minutes}
    elif minutes < 2 * 24 * 60:
        amount = _("%(count)d h") % {"count": minutes // 60}
    else:
        amount = _("%(count)d d") % {"count": minutes // (24 * 60)}
    return (_("%(time)s left") if left > timedelta() else _("%(time)s over")) % {"time": amount}
