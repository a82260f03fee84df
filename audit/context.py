"""Who is acting right now: set by the middleware for a request, by the hook below for a task, by hand elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery.signals import task_prerun
from django.conf import settings
from django.http import HttpRequest

from audit.actors import Actor
from common.logging import request_id

# A function, because finding the user of a request costs a query that most requests need not make for us.
_current: ContextVar[Callable[[], Actor] | None] = ContextVar("audit_actor", default=None)

NOBODY_IN_PARTICULAR = Actor.system("reading-room")


def current_actor() -> Actor:
    """Return who is acting; the system itself where nobody was named."""
    find = _current.get()
    return find() if find else NOBODY_IN_PARTICULAR


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Name the actor for the block: ``with acting_as(Actor.command("import_dicom")):``."""
    token = _current.set(lambda: actor)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def acting_for(request: HttpRequest) -> Iterator[None]:
    """Name the user of the request as the actor for the block; looked up when first asked for."""
    token = _current.set(lambda: actor_of(request))
    try:
        yield
    finally:
        _current.reset(token)


def actor_of(request: HttpRequest) -> Actor:
    """Return the user of a request as an actor, with the address it came from and the token that it carried."""
    # Tokens belong to the app above this one, whose middleware leaves the one of this request here.
    token = getattr(request, "api_token", None)
    token_id = token.public_id if token is not None else ""
    return Actor.for_user(request.user, client_address(request), token_id=token_id)


def client_address(request: HttpRequest) -> str:
    """Return the network address of the client.

    Only the entries of ``X-Forwarded-For`` that our own proxies wrote are believed: the one that the outermost of the
    ``PACS_TRUSTED_PROXIES`` proxies saw. Anything further left was written by the client.
    """
    peer: str = request.META.get("REMOTE_ADDR") or ""
    proxies: int = settings.PACS_TRUSTED_PROXIES
    if not proxies:
        return peer
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return seen[-proxies] if len(seen) >= proxies else peer


@task_prerun.connect
def _name_the_worker(task_id: str = "", **_: object) -> None:
    _current.set(lambda: Actor.system("worker"))
    request_id.set(task_id or "-")
