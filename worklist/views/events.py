"""The stream of changed studies that keeps open lists up to date."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import redis
from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from accounts.permissions import facilities_with
from accounts.roles import Codename
from audit.decorators import not_audited
from common.redis_client import new_async_redis_client
from worklist.live import CHANNEL, read_notice

# The browser connects again by itself; rights and session are then looked at anew.
_LONGEST_SECONDS = 300.0
_HEARTBEAT_SECONDS = 15.0
# Changes of one study within this time are told once, or an arriving CT would send a message per image.
_GATHER_SECONDS = 0.5


@require_GET
@not_audited("It names studies by UID only; their rows are fetched and checked one by one.")
@requires(None)
async def study_events(request: HttpRequest) -> StreamingHttpResponse:
    """Stream an event for each changed study of the user's facilities."""
    user = await request.auser()
    facility_pks = await sync_to_async(
        lambda: set(facilities_with(user, Codename.VIEW_STUDY).values_list("pk", flat=True))
    )()
    response = StreamingHttpResponse(_stream(facility_pks), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Tells nginx to pass each event on at once.
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(facility_pks: set[int]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    client = new_async_redis_client()
    try:
        async with client.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            yield "event: connected\ndata: {}\n\n"
            async for uids in _gathered(channel, facility_pks):
                if not uids:
                    yield ": still here\n\n"
                for uid in uids:
                    yield f"event: study\ndata: {json.dumps({'study_instance_uid': uid})}\n\n"
    except redis.RedisError:
        yield "event: interrupted\ndata: {}\n\n"
    finally:
        await client.aclose()


async def _gathered(
    channel: "redis.asyncio.client.PubSub", facility_pks: set[int]
) -> AsyncIterator[list[str]]:
    """Yield changed studies in small groups, and an empty group as a sign of life."""
    until = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < until:
        message = await channel.get_message(ignore_subscribe_messages=True, timeout=_HEARTBEAT_SECONDS)
        uids: dict[str, None] = {}
        gather_until = time.monotonic() + _GATHER_SECONDS
        while message is not None:
            notice = read_notice(message["data"])
            if notice.facility_pk in facility_pks:
                uids[notice.study_instance_uid] = None
            left = gather_until - time.monotonic()
            if left <= 0:
                break
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=left)
        yield list(uids)
        await asyncio.sleep(0)
