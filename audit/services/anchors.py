"""Writes the newest place of the chain to the file of anchors."""

import fcntl
import os

from django.utils import timezone

from audit.anchors import Anchor, anchor_path, read_anchors, sealed_anchor
from audit.models import AuditChainHead


def append_anchor() -> Anchor | None:
    """Append the present end of the chain to the file of anchors, durably; do nothing where it has not moved.

    Called by the scheduler. Writes no audit event: an anchor would otherwise need another one.
    """
    path = anchor_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        head = AuditChainHead.objects.filter(pk=AuditChainHead.ONLY_PK).first()
        written = read_anchors()
        if head is None or not head.seq or (written.anchors and written.anchors[-1].seq == head.seq):
            return None
        now = timezone.now().isoformat(timespec="seconds")
        anchor = sealed_anchor(time=now, seq=head.seq, chain_hash=head.hash, previous_seal=written.last_seal)
        os.write(descriptor, anchor.line.encode())
        os.fsync(descriptor)
        return anchor
    finally:
        os.close(descriptor)
