"""Make, revoke and check the tokens by which programs act for a user at the HTTP interfaces.

A token ends by its date, by being revoked, and with the account: deactivation revokes all of them for good, so that
an account that is opened again does not revive what was handed out before. A new password does not end tokens. They
are not derived from it, and who knows it cannot make one, because only an administrator's command does; but the
programs of a person who changes the password as asked would fall silent in the night. The code hosting services keep
tokens for the same reason. Where a theft is feared, the tokens are revoked in the admin.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.exceptions import TokenFault, TokenRefusedError, TokenRequestError
from accounts.models import ApiToken, User
from accounts.refusals import count_refusal, is_worth_recording
from accounts.scopes import scopes_named
from audit.actors import Actor
from audit.models import ActorKind, Outcome
from audit.services import record_event
from audit.vocabulary import EventType

DEFAULT_DAYS = 90
LONGEST_DAYS = 366
# The prefix lets scanners for lost secrets know a token of ours where they see one.
_PREFIX = "rr_"
_SECRET_BYTES = 32
_FORM = re.compile(r"rr_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")
_TIME_BETWEEN_NOTES = timedelta(minutes=1)


@transaction.atomic
def create_token(
    user: User, *, scopes: Iterable[str], days: int = DEFAULT_DAYS, purpose: str = "", actor: Actor
) -> str:
    """Make a token and return it; nobody can find it out again. Records TOKEN_CREATED.

    Parameters
    ----------
    scopes
        Names of scopes, see ``accounts.scopes``.
    days
        For how long it is good, 1 to 366.
    purpose
        Which program will use it, at most 100 characters.

    Raises
    ------
    TokenRequestError
        The user is deactivated, a scope does not exist, or the number of days or the purpose is not allowed.
    """
    granted = scopes_named(scopes)
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenRequestError(f"A token is good for 1 to {LONGEST_DAYS} days.")
    if len(purpose) > 100:
        raise TokenRequestError("Say in at most 100 characters what the token is for.")
    # Held until the token is there: who deactivates the account in the meantime waits, and revokes it too.
    if not User.objects.select_for_update().get(pk=user.pk).is_active:
        raise TokenRequestError(f"The user {user.username!r} is deactivated.")
    public_id = secrets.token_hex(6)
    secret = f"{_PREFIX}{public_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    now = timezone.now()
    token = ApiToken.objects.create(
        user=user,
        public_id=public_id,
        secret_hash=_hash(secret),
        purpose=purpose,
        scopes=" ".join(granted),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    _record(
        EventType.TOKEN_CREATED, token, actor, scopes=token.scopes, expires_at=token.expires_at.isoformat()
    )
    return secret


def revoke_token(token: ApiToken, *, actor: Actor) -> None:
    """End the token at once. Records TOKEN_REVOKED; does nothing a second time."""
    revoke_tokens(ApiToken.objects.filter(pk=token.pk), actor=actor)


@transaction.atomic
def revoke_tokens(tokens: "QuerySet[ApiToken]", *, actor: Actor) -> int:
    """End the tokens at once, those that have expired too, and return how many. Records TOKEN_REVOKED for each."""
    still_open = tokens.filter(revoked_at=None).order_by("pk").select_for_update(of=("self",))
    ended = list(still_open.select_related("user"))
    ApiToken.objects.filter(pk__in=[token.pk for token in ended]).update(revoked_at=timezone.now())
    for token in ended:
        _record(EventType.TOKEN_REVOKED, token, actor)
    return len(ended)


def authenticate(secret: str, *, address: str) -> ApiToken:
    """Return the token with its user, and note its use, at most once a minute. Costs one query.

    Parameters
    ----------
    secret
        What the client sent, of any form.
    address
        Where it came from.

    Raises
    ------
    TokenRefusedError
        It opens nothing. Records TOKEN_REFUSED, unless many more came from that address.
    """
    token = _find(secret)
    now = timezone.now()
    fault = fault_of(token, now=now)
    if token is None or fault is not None:
        _record_refusal(token, fault or TokenFault.UNKNOWN, address)
        raise TokenRefusedError(fault or TokenFault.UNKNOWN)
    _note_use(token, now)
    return token


def fault_of(token: ApiToken | None, *, now: datetime) -> TokenFault | None:
    """Return why the token opens nothing; None where it is good."""
    if token is None:
        return TokenFault.UNKNOWN
    if token.revoked_at is not None:
        return TokenFault.REVOKED
    if now >= token.expires_at:
        return TokenFault.EXPIRED
    return None if token.user.is_active else TokenFault.DEACTIVATED


def _find(secret: str) -> ApiToken | None:
    # What is looked up is a hash, so the time that the look-up takes tells nothing about the secret. A slow hash, as
    # for passwords, would protect nothing: 256 random bits cannot be guessed.
    if not _FORM.fullmatch(secret):
        return None
    return ApiToken.objects.select_related("user").filter(secret_hash=_hash(secret)).first()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _note_use(token: ApiToken, now: datetime) -> None:
    """Write the time of use, unless somebody has within the minute: a viewer asks for many tiles at once."""
    long_ago = now - _TIME_BETWEEN_NOTES
    if token.last_used_at is None or token.last_used_at <= long_ago:
        not_noted = Q(last_used_at=None) | Q(last_used_at__lte=long_ago)
        ApiToken.objects.filter(not_noted, pk=token.pk).update(last_used_at=now)


def _record_refusal(token: ApiToken | None, fault: TokenFault, address: str) -> None:
    """Record TOKEN_REFUSED under the name of the user where the token is one of ours; what was sent is never kept."""
    token_id = token.public_id if token else ""
    count = count_refusal(address, token_id=token_id)
    if not is_worth_recording(count):
        return
    attempted = Actor(
        kind=ActorKind.USER,
        identifier=token.user.username if token else "",
        user_pk=token.user_id if token else None,
        address=address,
        token_id=token_id,
    )
    details = {"fault": str(fault), "refused_within_15_minutes": count}
    record_event(EventType.TOKEN_REFUSED, actor=attempted, outcome=Outcome.MINOR_FAILURE, details=details)


def _record(event_type: EventType, token: ApiToken, actor: Actor, **details: object) -> None:
    about = {"username": token.user.username, "user_pk": token.user_id, "token_id": token.public_id}
    record_event(event_type, actor=actor, details={**about, "purpose": token.purpose, **details})
