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
    """Stream an event for each changed study of the user's facilities, and of what else is the user's to read."""
    user = await request.auser()
    assert user.pk is not None  # `requires` has turned away everybody who has not signed in.
    facility_pks = await sync_to_async(
        lambda: set(facilities_with(user, Codename.VIEW_STUDY).values_list("pk", flat=True))
    )()
    response = StreamingHttpResponse(_stream(user.pk, facility_pks), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Tells nginx to pass each event on at once.
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(user_pk: int, facility_pks: set[int]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    client = new_async_redis_client()
    try:
        async with client.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            yield "event: connected\ndata: {}\n\n"
            async for changes in _gathered(channel, user_pk, facility_pks):
                if not changes:
                    yield ": still here\n\n"
                for change in changes:
                    yield f"event: study\ndata: {json.dumps(change)}\n\n"
    except redis.RedisError:
        yield "event: interrupted\ndata: {}\n\n"
    finally:
        await client.aclose()


async def _gathered(
    channel: "redis.asyncio.client.PubSub", user_pk: int, facility_pks: set[int]
) -> AsyncIterator[list[dict[str, object]]]:
    """Yield changed studies in small groups, and an empty group as a sign of life."""
    until = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < until:
        message = await channel.get_message(ignore_subscribe_messages=True, timeout=_HEARTBEAT_SECONDS)
        changes: dict[str, bool] = {}
        gather_until = time.monotonic() + _GATHER_SECONDS
        while message is not None:
            notice = read_notice(message["data"])
            if notice.facility_pk in facility_pks or user_pk in notice.reader_pks:
                uid = notice.study_instance_uid
                changes[uid] = changes.get(uid, False) or notice.is_overdue_stat
            left = gather_until - time.monotonic()
            if left <= 0:
                break
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=left)
        yield [
            {"study_instance_uid": uid, "is_overdue_stat": is_overdue} for uid, is_overdue in changes.items()
        ]
        await asyncio.sleep(0)
