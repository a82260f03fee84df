"""ASGI entry for the web server.

Pages and pictures are synchronous Django and run in a pool of threads that live as long as the process, so that they
keep their database connections; Django's own ASGI handler would open a thread and a connection for every request and
cross between threads at each middleware. Only streams, which wait for hours, run in the event loop. See
docs/adr/0013-threads-for-pages.md.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# A reader waits for a tile for up to 1.5 s in one of them, six at a time.
THREADS_PER_PROCESS = 48
STREAMS = frozenset({"/notices/"})

_streams: Any = get_asgi_application()
_pages: Any = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=THREADS_PER_PROCESS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to the event loop or to the threads."""

    async def receive_message() -> MutableMapping[str, Any]:
        # The threads hand this to their event loop, which takes coroutines only; servers may give any awaitable.
        return await receive()

    if scope["type"] == "http" and scope["path"] in STREAMS:
        await _streams(scope, receive, send)
    else:
        await _pages(_without_ambiguous_headers(scope), receive_message, send)


def _without_ambiguous_headers(scope: Scope) -> Scope:
    """Drop headers with an underscore: in a WSGI environment they cannot be told from those with a hyphen, so a
    client could forge what a proxy says.
    """
    headers = [(name, value) for name, value in scope.get("headers", []) if b"_" not in name]
    return {**scope, "headers": headers}
