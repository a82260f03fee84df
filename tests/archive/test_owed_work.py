"""Work owed survives the broker; a study that stopped arriving is announced once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.dispatch import Signal
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Facility
from archive.events import StudyChanged, StudyReceived, study_changed, study_received
from archive.models import OwedWork, ReceptionStatus, Series, Study
from archive.services import outbox
from archive.services.outbox import owe, settle, sweep
from archive.services.quiescence import announce_received_studies
from archive.tasks import announce_received_studies as announcing_task
from archive.tasks import clean_up_interrupted_writes, sweep_owed_work
from common.redis_client import redis_client
from common.tasks import Queue, TaskName
from tests.dicom_samples import image_bytes
from tests.factories import ingest, study

pytestmark = pytest.mark.django_db

WARM = TaskName.WARM_SERIES


def sent(queue: Queue) -> int:
    """Return how many tasks wait in a queue of the broker."""
    return int(redis_client().llen(str(queue)))  # type: ignore[arg-type]


def make_overdue() -> None:
    """Let the time of all owed work be over."""
    OwedWork.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_work_is_noted_and_a_worker_woken_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        owe(WARM, "1.2.3")
        assert sent(Queue.WARM) == 0

    assert sent(Queue.WARM) == 1
    assert OwedWork.objects.get().subject_uid == "1.2.3"


def test_work_owed_twice_is_one_row_and_one_message(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        owe(WARM, "1.2.3")
        owe(WARM, "1.2.3")

    assert (OwedWork.objects.count(), sent(Queue.WARM)) == (1, 1)


def test_settled_work_is_not_swept(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owe(WARM, "1.2.3")
    owe(WARM, "4.5.6")
    make_overdue()

    settle(WARM, "1.2.3")

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep() == 1
    assert OwedWork.objects.get().subject_uid == "4.5.6"


def test_the_sweeper_leaves_what_is_not_due_yet() -> None:
    owe(WARM, "1.2.3")

    assert sweep() == 0


def test_what_is_overdue_is_sent_again_with_growing_patience_and_then_left_for_a_person(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owe(WARM, "1.2.3")
    waits: list[float] = []

    for _ in range(5):
        make_overdue()
        with django_capture_on_commit_callbacks(execute=True):
            assert sweep() == 1
        waits.append((OwedWork.objects.get().due_at - timezone.now()).total_seconds())
    make_overdue()

    assert sweep() == 0
    assert [round(wait / 120) for wait in waits] == [2, 4, 8, 16, 32]
    assert (OwedWork.objects.get().attempts, sent(Queue.WARM)) == (5, 5)


@pytest.mark.usefixtures("no_broker")
def test_while_the_broker_is_away_work_is_stored_and_waits(
    north: Facility, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        result = ingest(image_bytes(), facility=north)

    assert result.outcome == "stored"
    series = Series.objects.select_related("study").get()
    assert set(OwedWork.objects.values_list("subject_uid", flat=True)) == {
        series.series_instance_uid,
        series.study.study_instance_uid,
    }


def test_a_rolled_back_arrival_wakes_nobody(
    north: Facility,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("archive.services.ingest._audit", fail)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        ingest(image_bytes(), facility=north)

    assert (OwedWork.objects.count(), sent(Queue.WARM)) == (0, 0)


class Heard(list[object]):
    """The events that were announced."""

    def __call__(self, *, event: object, **_: object) -> None:
        self.append(event)


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Listen to the archive."""
    events = Heard()
    signals: list[Signal] = [study_changed, study_received]
    for signal in signals:
        signal.connect(events)
    yield events
    for signal in signals:
        signal.disconnect(events)


def test_a_study_that_stopped_arriving_is_announced_once(
    north: Facility,
    heard: Heard,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.PACS_QUIESCENCE_SECONDS = 20
    now = timezone.now()
    quiet = study(1, facility=north, last_instance_at=now - timedelta(seconds=21))
    study(2, facility=north, last_instance_at=now - timedelta(seconds=15))

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            announcing_task()

    assert dict(Study.objects.values_list("study_instance_uid", "status")) == {
        "1.2.3.1": ReceptionStatus.COMPLETE,
        "1.2.3.2": ReceptionStatus.RECEIVING,
    }
    assert heard == [
        StudyReceived(quiet.study_instance_uid, north.pk),
        StudyChanged(quiet.study_instance_uid, north.pk),
    ]


def test_an_image_that_comes_late_opens_the_study_again(north: Facility, settings: Settings) -> None:
    ingest(image_bytes(number=1), facility=north)
    Study.objects.update(status=ReceptionStatus.COMPLETE)

    ingest(image_bytes(number=2), facility=north)

    assert Study.objects.get().status == ReceptionStatus.RECEIVING
    assert announce_received_studies() == 0


def test_a_duplicate_does_not_open_the_study_again(north: Facility) -> None:
    ingest(image_bytes(), facility=north)
    Study.objects.update(status=ReceptionStatus.COMPLETE)

    ingest(image_bytes(), facility=north)

    assert Study.objects.get().status == ReceptionStatus.COMPLETE


def test_an_arrival_is_announced_once_per_study_after_the_commit(
    north: Facility,
    heard: Heard,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ingest(image_bytes(), facility=north)
        assert heard == []

    assert heard == [StudyChanged(Study.objects.get().study_instance_uid, north.pk)]


def test_a_subscriber_that_fails_hides_nothing_from_the_others(
    north: Facility,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("a subscriber")

    events = Heard()
    study_changed.connect(broken)
    study_changed.connect(events)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            ingest(image_bytes(), facility=north)
    finally:
        study_changed.disconnect(broken)
        study_changed.disconnect(events)

    assert len(events) == 1


def test_the_housekeeping_tasks_run_on_an_empty_archive() -> None:
    sweep_owed_work()
    clean_up_interrupted_writes()

    assert outbox.sweep() == 0
