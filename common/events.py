"""Domain events: facts that an app announces after they have been committed."""

import logging

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)


def emit_on_commit(signal: Signal, event: object) -> None:
    """Send an event to the subscribers of its signal once the running transaction has committed.

    A subscriber that fails must not undo or hide what was committed: its error is logged and the others still hear
    the event.
    """

    def send() -> None:
        for receiver, outcome in signal.send_robust(sender=type(event), event=event):
            if isinstance(outcome, Exception):
                logger.error("subscriber %s failed on %s", receiver, type(event).__name__, exc_info=outcome)

    transaction.on_commit(send)
