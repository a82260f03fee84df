"""The stream that tells a browser what has changed: studies of the user's facilities, and marks on those that are open.

The apps below announce both on channels of the broker and know nothing of each other; here they become one stream,
because HTTP/1.1 gives a browser six connections, and all pages of the product share one of them.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict

import redis
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.models import User
from accounts.permissions import facilities_with
from accounts.roles import Codename
from archive.access import visible_studies
from audit.decorators import not_audited
from common.redis_client import new_async_redis_client
from viewer import live as marks
from worklist import live as studies

# The browser connects again by itself; rights and session are then looked at anew.
_LONGEST_SECONDS = 300.0
_HEARTBEAT_SECONDS = 15.0
# Changes of one study within this time are told once, or an arriving CT would send a message per image.
_GATHER_SECONDS = 0.5
_MOST_STUDIES = 64


@require_GET
@not_audited("It names studies and revisions by UID only; rows and marks are fetched and checked one by one.")
@requires(None)
async def notices(request: HttpRequest) -> StreamingHttpResponse:
    """Stream ``study`` for each changed study, and ``marks`` for marks on the studies of ``?study=…&study=…``."""
    user = await request.auser()
    asked = request.GET.getlist("study")[:_MOST_STUDIES]
    facility_pks, uids = await sync_to_async(_audible)(user, asked)
    response = StreamingHttpResponse(_stream(facility_pks, uids), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Tells nginx to pass each event on at once.
    response["X-Accel-Buffering"] = "no"
    return response


def _audible(user: User | AnonymousUser, asked: list[str]) -> tuple[set[int], list[str]]:
    """Return the facilities and, of the studies asked for, those that a user may hear of."""
    pks = facilities_with(user, Codename.VIEW_STUDY).values_list("pk", flat=True)
    seen = visible_studies(user).filter(study_instance_uid__in=asked)
    return set(pks), list(seen.values_list("study_instance_uid", flat=True))


async def _stream(facility_pks: set[int], uids: list[str]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    client = new_async_redis_client()
    try:
        async with client.pubsub() as channels:
            await channels.subscribe(studies.CHANNEL, *map(marks.channel_of, uids))
            yield "event: connected\ndata: {}\n\n"
            async for text in _told(channels, facility_pks):
                yield text
    except redis.RedisError:
        yield "event: interrupted\ndata: {}\n\n"
    finally:
        await client.aclose()


async def _told(channels: "redis.asyncio.client.PubSub", facility_pks: set[int]) -> AsyncIterator[str]:
    """Yield marks at once, changed studies in small groups, and a sign of life where nothing happens."""
    until = time.monotonic() + _LONGEST_SECONDS
    changed: dict[str, None] = {}
    due = 0.0
    while time.monotonic() < until:
        patience = max(0.0, due - time.monotonic()) if changed else _HEARTBEAT_SECONDS
        message = await channels.get_message(ignore_subscribe_messages=True, timeout=patience)
        if message is None and not changed:
            yield ": still here\n\n"
        elif message is not None and message["channel"] != studies.CHANNEL.encode():
            yield f"event: marks\ndata: {json.dumps(asdict(marks.read_notice(message['data'])))}\n\n"
        elif message is not None:
            notice = studies.read_notice(message["data"])
            due = due if changed else time.monotonic() + _GATHER_SECONDS
            if notice.facility_pk in facility_pks:
                changed[notice.study_instance_uid] = None
        if changed and time.monotonic() >= due:
            for uid in changed:
                yield f"event: study\ndata: {json.dumps({'study_instance_uid': uid})}\n\n"
            changed.clear()
        await asyncio.sleep(0)
