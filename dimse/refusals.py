"""Refused callers: each is recorded, a flood of them is recorded as a number, and a stranger's flood is cut off."""

import logging
import time
from dataclasses import dataclass, field
from threading import Lock

from django.db import Error as DatabaseFailure

from audit.actors import Actor
from audit.models import Outcome
from audit.services import record_event
from audit.vocabulary import EventType
from dimse.access import is_known_address

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60.0
# Of one address in one window; further ones are only counted, and a stranger is no longer listened to.
RECORDED_PER_WINDOW = 20
# Addresses remembered at once; a wider attack is recorded under one name.
_ADDRESSES = 1024
_OTHERS = "several addresses"


@dataclass
class _Window:
    started: float = field(default_factory=time.monotonic)
    refusals: int = 0
    is_blocked: bool = False

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self.started > WINDOW_SECONDS


class Refusals:
    """What was refused lately, by address."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._windows: dict[str, _Window] = {}

    def record(self, *, address: str, ae_title: str, reason: str) -> None:
        """Put a refusal on the audit record and in the log, or count it where there were too many."""
        self.flush()
        with self._lock:
            key = address if address in self._windows or len(self._windows) < _ADDRESSES else _OTHERS
            window = self._windows.setdefault(key, _Window())
            window.refusals += 1
            number = window.refusals
        if number <= RECORDED_PER_WINDOW:
            _write(address, ae_title, {"reason": reason})
        if number == RECORDED_PER_WINDOW:
            # An address from which a registered entity calls is never cut off: a wrong setting on one machine must
            # not stop the images of another behind the same address.
            window.is_blocked = key != _OTHERS and not _is_known(address)
            if window.is_blocked:
                logger.warning("connections from %s are cut off for up to %.0f s", address, WINDOW_SECONDS)

    def is_blocked(self, address: str) -> bool:
        """Tell whether connections from an address are not even answered; asks no database."""
        window = self._windows.get(address)
        return window is not None and window.is_blocked and not window.is_over

    def flush(self, *, is_last: bool = False) -> None:
        """Put on record what was only counted, once the window is over; all of it where nothing comes after."""
        with self._lock:
            over = {key: one for key, one in self._windows.items() if one.is_over or is_last}
            for key in over:
                del self._windows[key]
        for key, window in over.items():
            further = window.refusals - RECORDED_PER_WINDOW
            if further > 0:
                _write(key, "", {"reason": "Further refusals, not listed one by one.", "refusals": further})


def _write(address: str, ae_title: str, details: dict[str, object]) -> None:
    logger.warning("refused %r from %s: %s", ae_title, address, details["reason"])
    try:
        record_event(
            EventType.NODE_REFUSED,
            actor=Actor.for_application_entity(ae_title, address),
            outcome=Outcome.MINOR_FAILURE,
            details=details,
        )
    except DatabaseFailure as error:
        # The caller is refused all the same.
        logger.error("a refusal could not be put on the audit record (%s)", type(error).__name__)


def _is_known(address: str) -> bool:
    try:
        return is_known_address(address)
    except DatabaseFailure:
        return True
