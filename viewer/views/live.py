"""The stream that tells a reader of marks that others make on the studies that he reads."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict

import redis
from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from archive.access import visible_studies
from audit.decorators import not_audited
from common.redis_client import new_async_redis_client
from viewer.live import channel_of, read_notice

# The browser connects again by itself; rights and session are then looked at anew.
_LONGEST_SECONDS = 300.0
_HEARTBEAT_SECONDS = 15.0
_MOST_STUDIES = 16


@require_GET
@not_audited("It names studies and revisions by UID only; the marks are fetched and checked one by one.")
@requires(None)
async def mark_events(request: HttpRequest) -> StreamingHttpResponse:
    """Stream an event for each changed mark on the studies of ``?study=…&study=…`` that the user may see."""
    asked = request.GET.getlist("study")[:_MOST_STUDIES]
    user = await request.auser()
    uids = await sync_to_async(
        lambda: list(
            visible_studies(user)
            .filter(study_instance_uid__in=asked)
            .values_list("study_instance_uid", flat=True)
        )
    )()
    response = StreamingHttpResponse(_stream(uids), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Tells nginx to pass each event on at once.
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(study_uids: list[str]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    if not study_uids:
        return
    client = new_async_redis_client()
    try:
        async with client.pubsub() as channels:
            await channels.subscribe(*map(channel_of, study_uids))
            yield "event: connected\ndata: {}\n\n"
            until = time.monotonic() + _LONGEST_SECONDS
            while time.monotonic() < until:
                message = await channels.get_message(
                    ignore_subscribe_messages=True, timeout=_HEARTBEAT_SECONDS
                )
                if message is None:
                    yield ": still here\n\n"
                else:
                    yield f"event: study\ndata: {json.dumps(asdict(read_notice(message['data'])))}\n\n"
                await asyncio.sleep(0)
    except redis.RedisError:
        yield "event: interrupted\ndata: {}\n\n"
    finally:
        await client.aclose()
