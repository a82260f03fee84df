"""The stream that tells a browser what has changed: studies of the user's facilities or lent to him, and marks on open ones.

The apps below announce both on channels of the broker and know nothing of each other; here they become one stream,
because HTTP/1.1 gives a browser six connections, and all pages of the product share one of them.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

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
# Changes of one study within this time are told once: one step of a study changes several things of it.
_GATHER_SECONDS = 0.15
# And not sooner after the last, or an arriving CT would make every open list ask for its row at each image.
_APART_SECONDS = 0.5
_MOST_STUDIES = 64


@require_GET
@not_audited("It names studies and revisions by UID only; rows and marks are fetched and checked one by one.")
@requires(None)
async def notices(request: HttpRequest) -> StreamingHttpResponse:
    """Stream ``study`` for each changed study, and ``marks`` for marks on the studies of ``?study=…&study=…``."""
    user = await request.auser()
    asked = request.GET.getlist("study")[:_MOST_STUDIES]
    facility_pks, uids = await sync_to_async(_audible)(user, asked)
    audible = _Audible(user.pk, facility_pks)
    response = StreamingHttpResponse(_stream(audible, uids), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Tells nginx to pass each event on at once.
    response["X-Accel-Buffering"] = "no"
    return response


@dataclass(frozen=True)
class _Audible:
    """Who listens, and to which facilities; a study of another one is heard by whom it is or was assigned to."""

    user_pk: int | None
    facility_pks: set[int]

    def holds(self, notice: studies.StudyNotice) -> bool:
        return notice.facility_pk in self.facility_pks or self.user_pk in notice.reader_pks


def _audible(user: User | AnonymousUser, asked: list[str]) -> tuple[set[int], list[str]]:
    """Return the facilities and, of the studies asked for, those that a user may hear of."""
    pks = facilities_with(user, Codename.VIEW_STUDY).values_list("pk", flat=True)
    seen = visible_studies(user).filter(study_instance_uid__in=asked)
    return set(pks), list(seen.values_list("study_instance_uid", flat=True))


async def _stream(audible: _Audible, uids: list[str]) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    client = new_async_redis_client()
    try:
        async with client.pubsub() as channels:
            await channels.subscribe(studies.CHANNEL, *map(marks.channel_of, uids))
            yield "event: connected\ndata: {}\n\n"
            async for text in _told(channels, audible):
                yield text
    except redis.RedisError:
        yield "event: interrupted\ndata: {}\n\n"
    finally:
        await client.aclose()


async def _told(channels: "redis.asyncio.client.PubSub", audible: _Audible) -> AsyncIterator[str]:
    """Yield marks at once, changed studies in small groups, and a sign of life where nothing happens."""
    until = time.monotonic() + _LONGEST_SECONDS
    changed: dict[str, bool] = {}
    due, told_at = 0.0, 0.0
    while time.monotonic() < until:
        patience = max(0.0, due - time.monotonic()) if changed else _HEARTBEAT_SECONDS
        message = await channels.get_message(ignore_subscribe_messages=True, timeout=patience)
        if message is None and not changed:
            yield ": still here\n\n"
        elif message is not None and message["channel"] != studies.CHANNEL.encode():
            yield f"event: marks\ndata: {json.dumps(asdict(marks.read_notice(message['data'])))}\n\n"
        elif message is not None:
            notice = studies.read_notice(message["data"])
            due = due if changed else max(time.monotonic() + _GATHER_SECONDS, told_at + _APART_SECONDS)
            if audible.holds(notice):
                uid = notice.study_instance_uid
                changed[uid] = changed.get(uid, False) or notice.is_overdue_stat
        if changed and time.monotonic() >= due:
            for uid, is_overdue_stat in changed.items():
                told = {"study_instance_uid": uid, "is_overdue_stat": is_overdue_stat}
                yield f"event: study\ndata: {json.dumps(told)}\n\n"
            changed.clear()
            told_at = time.monotonic()
        await asyncio.sleep(0)
