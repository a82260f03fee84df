"""Create, change, deactivate and reactivate users, and set their passwords.

Who may call these is decided by the caller (``accounts.access``). Each records its audit event in the same
transaction: what cannot be recorded does not happen.
"""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import check_for_language

from accounts.models import ApiToken, User
from accounts.services.tokens import revoke_tokens
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType

CHANGEABLE = ("display_name", "email", "is_staff", "is_superuser")


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str | None,
    email: str = "",
    display_name: str = "",
    is_staff: bool = False,
    is_superuser: bool = False,
    actor: Actor,
) -> User:
    """Create a user without any membership. Records USER_CREATED.

    Parameters
    ----------
    password
        None makes an account that cannot sign in by password.

    Raises
    ------
    ValidationError
        The name is taken or not allowed, or the password is too weak.
    """
    user = User(
        username=User.normalize_username(username),
        email=User.objects.normalize_email(email),
        display_name=display_name,
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save(force_insert=True)
    _record(EventType.USER_CREATED, user, actor, is_staff=is_staff, is_superuser=is_superuser)
    return user


@transaction.atomic
def change_user(
    user: User,
    *,
    display_name: str | None = None,
    email: str | None = None,
    is_staff: bool | None = None,
    is_superuser: bool | None = None,
    actor: Actor,
) -> User:
    """Change what is given; None leaves as it is. Records USER_CHANGED with the names of what really changed."""
    stored = User.objects.select_for_update().get(pk=user.pk)
    wanted = dict(zip(CHANGEABLE, (display_name, email, is_staff, is_superuser), strict=True))
    changes = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(stored, name)
    }
    if not changes:
        return stored
    for name, value in changes.items():
        setattr(stored, name, value)
    stored.full_clean()
    stored.save(update_fields=list(changes))
    rights = {name: value for name, value in changes.items() if isinstance(value, bool)}
    _record(EventType.USER_CHANGED, stored, actor, changed=sorted(changes), **rights)
    return stored


def choose_language(user: User, *, language: str) -> None:
    """Keep the language of the pages that a user chose; one that is not offered is ignored. Records nothing."""
    if check_for_language(language):
        user.language = language
        user.save(update_fields=["language"])


@transaction.atomic
def deactivate_user(user: User, *, actor: Actor) -> None:
    """Lock the account and end all its sessions and tokens at once; does nothing a second time.

    Records TOKEN_REVOKED for each token, and USER_DEACTIVATED.
    """
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        end_sessions(user)
        revoke_tokens(ApiToken.objects.filter(user=user), actor=actor)
        _record(EventType.USER_DEACTIVATED, user, actor)
    user.refresh_from_db()


@transaction.atomic
def reactivate_user(user: User, *, actor: Actor) -> None:
    """Open the account again; its old sessions and tokens stay ended. Records USER_REACTIVATED."""
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        _record(EventType.USER_REACTIVATED, user, actor)
    user.refresh_from_db()


@transaction.atomic
def set_password(user: User, *, password: str | None, actor: Actor) -> None:
    """Set the password, which ends all sessions of the user but no token. Records PASSWORD_CHANGED.

    The caller has validated the password, where the person who chooses it can see why it is refused. None makes an
    account that cannot sign in by password. A request that goes on afterwards calls ``update_session_auth_hash``.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    _record(EventType.PASSWORD_CHANGED, user, actor, usable=password is not None)


def end_sessions(user: User) -> None:
    """End every session of the user at their next request."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])


def _record(event_type: EventType, user: User, actor: Actor, **details: object) -> None:
    record_event(event_type, actor=actor, details={"username": user.username, "user_pk": user.pk, **details})
