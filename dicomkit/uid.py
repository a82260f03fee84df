"""Unique identifiers.

References
----------
PS3.5 section 9 and annex B.2 (UUID derived UID).
"""

import re
import uuid

_COMPONENTS = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+", re.ASCII)
MAX_UID_LENGTH = 64


def new_uid() -> str:
    """Return a new UID under 2.25, made from a random UUID: needs no registered root and no state."""
    return f"2.25.{uuid.uuid4().int}"


def is_valid_uid(text: str) -> bool:
    """Return whether a text is a UID: at most 64 characters, numeric components without leading zeros."""
    return len(text) <= MAX_UID_LENGTH and _COMPONENTS.fullmatch(text) is not None
