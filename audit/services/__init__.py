"""Writes to the audit log."""

from audit.services.anchors import append_anchor
from audit.services.recording import record_event
from audit.services.verification import check_chain

__all__ = ["append_anchor", "check_chain", "record_event"]
