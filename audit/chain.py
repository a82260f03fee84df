"""The keyed hash that chains the records: what it covers and how it is computed.

``hash = HMAC-SHA256(key, previous hash || canonical JSON)``. The canonical form names every field but the two hashes,
in alphabetical order, and so also the place in the chain. Without the key, nobody who can write to the database can
make a record that fits.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

HASHED_FIELDS = (
    "seq",
    "time",
    "event_type",
    "event_id",
    "event_type_code",
    "action",
    "outcome",
    "actor_kind",
    "actor_identifier",
    "actor_user_pk",
    "actor_address",
    "patient_id",
    "issuer_of_patient_id",
    "study_instance_uid",
    "facility_code",
    "request_id",
    "details",
)


def keyed_digest(content: bytes) -> str:
    """Return the HMAC-SHA256 of the content under the key of the audit log, in hexadecimal."""
    return hmac.new(settings.PACS_AUDIT_KEY.encode(), content, hashlib.sha256).hexdigest()


def canonical_form(fields: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a record that is hashed.

    Parameters
    ----------
    fields
        At least those of ``HASHED_FIELDS``; ``time`` is aware, of whatever zone.
    """
    content = {name: fields[name] for name in HASHED_FIELDS}
    time: datetime = content["time"]
    content["time"] = time.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def chained_hash(previous_hash: str, fields: Mapping[str, Any]) -> str:
    """Return the hash of a record that follows the one with the previous hash."""
    return keyed_digest(previous_hash.encode() + canonical_form(fields))
