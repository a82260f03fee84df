"""What the lock against guessing passwords counts by.

People type their password into the field of the name. A name that no account has is therefore never stored as typed:
a keyed digest still tells that the same one was tried again.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import User

DIGEST_LENGTH = 16


def username_of(request: HttpRequest, credentials: Mapping[str, object] | None = None) -> str:
    """Return the name in the form that failures are counted by; case does not open a second account of failures."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return recordable_username(str(typed or ""))


def recordable_username(typed: str) -> str:
    """Return the name of the account that was meant, or ``unknown-`` and a digest where there is none."""
    name = User.normalize_username(typed).replace("\x00", "")
    if User.objects.filter(username=name).exists():
        return name
    return f"unknown-{salted_hmac('accounts.lockout', name, algorithm='sha256').hexdigest()[:DIGEST_LENGTH]}"
