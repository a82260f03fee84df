"""Raises the alarm when the audit log was tampered with."""

import logging

from audit.actors import Actor
from audit.models import Outcome
from audit.selectors import ChainReport, verify_chain
from audit.services.recording import record_event
from audit.vocabulary import EventType

logger = logging.getLogger(__name__)

PLACES_NAMED = 20


def check_chain(*, actor: Actor, after_seq: int = 0, limit: int | None = None) -> ChainReport:
    """Walk along the chain; when it does not hold, log an error and record SECURITY_ALERT in the chain itself."""
    report = verify_chain(after_seq=after_seq, limit=limit)
    if not report.is_intact:
        places = [f"{fault.seq} {fault.kind}" for fault in report.faults[:PLACES_NAMED]]
        logger.error(
            "the audit log was tampered with at %d places: %s", len(report.faults), ", ".join(places)
        )
        record_event(
            EventType.SECURITY_ALERT,
            actor=actor,
            outcome=Outcome.MAJOR_FAILURE,
            details={"reason": "audit chain broken", "faults": len(report.faults), "places": places},
        )
    return report
