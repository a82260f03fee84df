"""Who reads a study hears within a moment of marks that others make on it, and of no other study's."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from archive.models import Study
from pacs_site import notices
from tests.dicom_samples import about, image_bytes
from tests.factories import ingest
from viewer.live import MarkNotice, publish

pytestmark = pytest.mark.django_db

ADDRESS = "/notices/"


def listen(user: User, studies: list[str], act: Callable[[], None], *, until: str) -> list[dict[str, Any]]:
    """Follow studies as a user, do something, and return the notices that came, up to a text."""
    client = AsyncClient()
    client.force_login(user)

    async def run() -> list[dict[str, Any]]:
        answer = cast(StreamingHttpResponse, await client.get(ADDRESS, {"study": studies}))
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
        came: list[dict[str, Any]] = []
        stream = cast(AsyncIterator[bytes], answer.streaming_content)
        async with asyncio.timeout(10):
            async for chunk in stream:
                text = chunk.decode()
                if "event: connected" in text:
                    await sync_to_async(act)()
                if text.startswith("event: marks"):
                    came.append(json.loads(text.split("data: ")[1]))
                if until in text:
                    break
        await cast(Any, stream).aclose()
        return came

    return async_to_sync(run)()


@pytest.fixture
def study(north: Any) -> Study:
    """A study in the north with one image."""
    ingest(image_bytes(about(1)), facility=north)
    return Study.objects.get()


def test_a_colleague_hears_of_a_mark_and_of_its_revision(
    study: Study,
    radiologist: User,
    reader: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    image = study.series.get().instances.get()
    address = f"/viewer/studies/{study.study_instance_uid}/annotations/2.25.7"
    body = {
        "kind": "probe",
        "sop_instance_uid": image.sop_instance_uid,
        "frame_number": 1,
        "points": [[1, 1]],
        "text": "nobody's business",
        "revision": 0,
    }

    def mark() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            answer = reader.put(address, json.dumps(body), content_type="application/json")
        assert answer.status_code == 201

    came = listen(radiologist, [study.study_instance_uid], mark, until="annotation_uid")

    assert came == [
        {"study_instance_uid": study.study_instance_uid, "annotation_uid": "2.25.7", "revision": 1}
    ]


def test_marks_of_a_study_that_is_not_followed_are_not_heard_of(study: Study, radiologist: User) -> None:
    def act() -> None:
        publish(MarkNotice("1.2.3", "2.25.1", 1))
        publish(MarkNotice(study.study_instance_uid))

    came = listen(radiologist, [study.study_instance_uid], act, until="event: marks")

    assert [one["study_instance_uid"] for one in came] == [study.study_instance_uid]


def test_nobody_follows_a_study_that_is_not_theirs_to_see(
    study: Study, outsider: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "_HEARTBEAT_SECONDS", 0.2)

    assert listen(outsider, [study.study_instance_uid], lambda: None, until="still here") == []
    assert Client(headers={"Accept": "text/event-stream"}).get(ADDRESS).status_code == 401
