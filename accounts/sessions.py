"""How long a session lives: marks in the session, and the rule that judges them.

Two limits count: seconds without a request of the user's own (idle) and seconds since login (absolute). A clock that
was set back ends the session too, because nothing can be said about its age.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

SIGNED_IN_AT = "signed_in_at"
LAST_ACTIVE = "last_active"
BACKGROUND_HEADER = "X-Background"
# Seconds by which the clocks of several web servers may differ.
CLOCK_TOLERANCE = 60
LONGEST_TIME_BETWEEN_NOTES = 60


@dataclass(frozen=True)
class SessionAge:
    """Seconds since login and since the last request of the user's own."""

    since_login: float
    since_activity: float

    @property
    def is_over(self) -> bool:
        """Whether one of the limits has been passed."""
        too_old = self.since_login >= settings.PACS_SESSION_ABSOLUTE_SECONDS
        too_idle = self.since_activity >= settings.PACS_SESSION_IDLE_SECONDS
        return too_old or too_idle or min(self.since_login, self.since_activity) < -CLOCK_TOLERANCE


def begin(session: SessionBase) -> None:
    """Mark a session as signed in now."""
    session[SIGNED_IN_AT] = session[LAST_ACTIVE] = timezone.now().timestamp()


def age_of(session: SessionBase) -> SessionAge | None:
    """Return the age; None for a session without marks, which counts as ended."""
    signed_in_at, last_active = session.get(SIGNED_IN_AT), session.get(LAST_ACTIVE)
    if not isinstance(signed_in_at, int | float) or not isinstance(last_active, int | float):
        return None
    now = timezone.now().timestamp()
    return SessionAge(now - signed_in_at, now - last_active)


def note_activity(session: SessionBase, age: SessionAge) -> None:
    """Note that the user is there, at most once a minute, so that a reader's requests do not each write a row."""
    if age.since_activity >= _seconds_between_notes():
        session[LAST_ACTIVE] = timezone.now().timestamp()


def settled_seconds(session: SessionBase) -> float:
    """Return for how long nothing about the session has to be judged or noted; 0 or less where that is due now."""
    age = age_of(session)
    if age is None:
        return 0.0
    until_note = _seconds_between_notes() - age.since_activity
    return min(until_note, settings.PACS_SESSION_ABSOLUTE_SECONDS - age.since_login)


def _seconds_between_notes() -> float:
    return float(min(LONGEST_TIME_BETWEEN_NOTES, settings.PACS_SESSION_IDLE_SECONDS / 4))


def is_background(request: HttpRequest) -> bool:
    """Return whether the page asked by itself, which must not keep the session of an absent user alive."""
    return request.headers.get(BACKGROUND_HEADER) == "1" or request.path in settings.PACS_BACKGROUND_PATHS
