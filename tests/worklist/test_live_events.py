"""Open lists hear of the studies of their facilities, and of no others."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Facility, User
from archive.models import Study
from common.redis_client import redis_client
from pacs_site import notices as events
from tests.dicom_samples import about, image_bytes
from tests.factories import ingest
from worklist.live import CHANNEL, StudyNotice, publish, read_notice

pytestmark = pytest.mark.django_db

SECONDS = 10


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_GATHER_SECONDS", 0.05)
    monkeypatch.setattr(events, "_HEARTBEAT_SECONDS", 0.2)


def listen(user: User, announce: Callable[[], None], *, until: str) -> list[str]:
    """Open the stream of a user, announce something, and return what came, up to a text."""
    client = AsyncClient()
    client.force_login(user)

    async def run() -> list[str]:
        answer = cast(StreamingHttpResponse, await client.get("/notices/"))
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
        assert answer["Cache-Control"] == "no-store"
        stream = cast(AsyncIterator[bytes], answer.streaming_content)
        came: list[str] = []
        async with asyncio.timeout(SECONDS):
            async for chunk in stream:
                came.append(chunk.decode())
                if "event: connected" in came[-1]:
                    await sync_to_async(announce)()
                if until in came[-1]:
                    break
        await cast(Any, stream).aclose()
        return came

    return async_to_sync(run)()


def studies_in(chunks: list[str]) -> list[str]:
    """Return the UIDs of the studies that the events name."""
    return [
        json.loads(line.removeprefix("data: "))["study_instance_uid"]
        for chunk in chunks
        for line in chunk.splitlines()
        if line.startswith("data: ") and "study_instance_uid" in line
    ]


def test_a_reader_hears_of_studies_of_the_own_facility_only(
    radiologist: User, north: Facility, south: Facility
) -> None:
    def announce() -> None:
        publish(StudyNotice("1.1", south.pk))
        publish(StudyNotice("2.2", north.pk))
        publish(StudyNotice("3.3", 10**6))
        publish(StudyNotice("4.4", north.pk))

    came = listen(radiologist, announce, until="4.4")

    assert studies_in(came) == ["2.2", "4.4"]


def test_many_changes_of_one_study_are_told_once(radiologist: User, north: Facility) -> None:
    def announce() -> None:
        for _ in range(100):
            publish(StudyNotice("1.1", north.pk))
        publish(StudyNotice("2.2", north.pk))

    assert len(studies_in(listen(radiologist, announce, until="2.2"))) < 10


@pytest.mark.parametrize("who", ["referrer", "auditor", "outsider"])
def test_who_sees_no_facility_hears_of_nothing_but_that_the_stream_lives(
    who: str, request: pytest.FixtureRequest, north: Facility
) -> None:
    user = request.getfixturevalue(who)

    def announce() -> None:
        publish(StudyNotice("1.1", north.pk))

    came = listen(user, announce, until=": still here")

    assert studies_in(came) == []


def test_an_arriving_study_is_heard_of(
    radiologist: User,
    north: Facility,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def arrive() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            ingest(image_bytes(), facility=north)

    came = listen(radiologist, arrive, until="study_instance_uid")

    assert studies_in(came) == [Study.objects.get().study_instance_uid]


@pytest.fixture
def messages() -> Iterator[Any]:
    """What goes over the channel."""
    with redis_client().pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(CHANNEL)
        channel.get_message(timeout=1)
        yield channel


def test_what_goes_over_the_channel_names_no_patient(
    north: Facility,
    messages: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ingest(image_bytes(about(1, patient_name="Secret^Person", patient_id="SECRET")), facility=north)

    message = messages.get_message(timeout=2)
    assert read_notice(message["data"]) == StudyNotice(Study.objects.get().study_instance_uid, north.pk)
    assert b"secret" not in message["data"].lower()


@pytest.mark.usefixtures("no_broker")
def test_without_a_broker_the_stream_says_so_and_arrivals_go_on(
    radiologist: User,
    north: Facility,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    came = listen(radiologist, lambda: None, until="interrupted")
    assert "event: connected" not in "".join(came)

    with django_capture_on_commit_callbacks(execute=True):
        assert ingest(image_bytes(), facility=north).outcome == "stored"


def test_the_stream_ends_by_itself_so_that_rights_are_asked_for_anew(
    radiologist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_LONGEST_SECONDS", 0.0)

    came = listen(radiologist, lambda: None, until="never said")

    assert came[-1].startswith("event: connected")


def test_nobody_listens_without_logging_in(db: None) -> None:
    assert Client(headers={"Accept": "text/event-stream"}).get("/notices/").status_code == 401


def test_an_event_says_whether_overdue_stat_studies_are_to_be_counted_again(
    radiologist: User, north: Facility
) -> None:
    def announce() -> None:
        publish(StudyNotice("1.1", north.pk))
        publish(StudyNotice("2.2", north.pk, is_overdue_stat=True))
        publish(StudyNotice("2.2", north.pk))

    came = "".join(listen(radiologist, announce, until="2.2"))

    assert '{"study_instance_uid": "1.1", "is_overdue_stat": false}' in came
    assert '{"study_instance_uid": "2.2", "is_overdue_stat": true}' in came
