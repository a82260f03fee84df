"""Reactions to Django's and axes' signals: logins, logouts and failures go to the audit log."""

from collections.abc import Mapping
from typing import Any

from axes.signals import user_locked_out
from django.apps import apps
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.models import Session
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import sessions
from accounts.access import audited_facility_codes
from accounts.lockout import recordable_username
from accounts.models import Facility, Membership, User
from accounts.services.rights_stamp import Watched, watch
from audit.access import register_auditors
from audit.actors import Actor
from audit.context import client_address
from audit.models import ActorKind, Outcome
from audit.services import record_event
from audit.vocabulary import EventType

# The audit log lies below this app and asks through here who may read it.
register_auditors(audited_facility_codes)


@receiver(post_migrate, sender=apps.get_app_config("accounts"))
def watch_rights(using: str, **_: Any) -> None:
    """Have the stamp of rights counted up by what may end a user's sight of everything."""
    account = ("is_active", "password", "session_generation")
    tables = [
        Watched(User, account),
        Watched(Facility, ["is_active"]),
        Watched(Membership, ["user", "facility", "role"]),
        Watched(Session),
    ]
    watch(tables, using=using)


@receiver(user_logged_in)
def record_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Start the clock of the session and record LOGIN."""
    sessions.begin(request.session)
    record_event(EventType.LOGIN, actor=Actor.for_user(user, client_address(request)))


@receiver(user_logged_out)
def record_logout(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Record LOGOUT of somebody who was signed in."""
    if user is not None:
        record_event(EventType.LOGOUT, actor=Actor.for_user(user, client_address(request)))


@receiver(user_login_failed)
def record_failed_login(credentials: Mapping[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Record LOGIN as refused."""
    name = recordable_username(str(credentials.get("username", "")))
    record_event(EventType.LOGIN, actor=_attempted(name, request), outcome=Outcome.MINOR_FAILURE)


@receiver(user_locked_out)
def record_lock(request: HttpRequest, username: str, **_: Any) -> None:
    """Record LOGIN_LOCKED; axes has the name from ``accounts.lockout`` already."""
    record_event(EventType.LOGIN_LOCKED, actor=_attempted(username, request), outcome=Outcome.MINOR_FAILURE)


def _attempted(name: str, request: HttpRequest | None) -> Actor:
    address = client_address(request) if request is not None else ""
    return Actor(kind=ActorKind.USER, identifier=name, address=address)
