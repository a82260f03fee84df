"""What a token may be used for. A scope narrows what its user may do; it never adds to it."""

from collections.abc import Iterable
from enum import StrEnum

from accounts.exceptions import TokenRequestError

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Scope(StrEnum):
    """What a token is good for. Neither includes the other: a program that only sends needs no sight of the images."""

    READ = "read"
    WRITE = "write"


def scope_for(method: str | None) -> Scope:
    """Return the scope that a request of that HTTP method needs."""
    return Scope.READ if method in _READING else Scope.WRITE


def scopes_named(names: Iterable[str]) -> list[Scope]:
    """Return the scopes of those names, each once, in the order of the catalogue.

    Raises
    ------
    TokenRequestError
        One of them does not exist, or none is named.
    """
    wanted = set(names)
    unknown = sorted(wanted - set(Scope))
    if unknown:
        raise TokenRequestError(f"There is no scope {unknown[0]!r}; there are: {', '.join(Scope)}.")
    if not wanted:
        raise TokenRequestError(f"A token needs a scope; there are: {', '.join(Scope)}.")
    return [scope for scope in Scope if scope in wanted]
