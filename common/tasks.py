"""The only door to Celery: the catalogue of tasks, the decorator that registers them, the functions that send them."""

import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import celery
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


class Queue(StrEnum):
    """Queues, in the order in which a render process empties them."""

    RENDER = "render"
    WARM = "warm"
    HOUSEKEEPING = "housekeeping"


class TaskName(StrEnum):
    """Every task of the system, by the name under which its app registers it."""

    RENDER_TILE = "viewer.render_tile"
    RENDER_SLIDE = "viewer.render_slide"
    RENDER_THUMBNAIL = "viewer.render_thumbnail"
    RENDER_MARKS = "viewer.render_marks"
    RENDER_REGION = "viewer.render_region"
    READ_DOCUMENT = "viewer.read_document"
    MEASURE_REGION = "viewer.measure_region"
    MEASURE_PLANE_REGION = "viewer.measure_plane_region"
    RENDER_PLANE = "viewer.render_plane"
    RENDER_BLOCK = "viewer.render_block"
    RENDER_FUSION = "viewer.render_fusion"
    BUILD_VOLUME = "viewer.build_volume"
    WARM_PLANES = "viewer.warm_planes"
    DROP_STALE_VOLUMES = "viewer.drop_stale_volumes"
    WARM_STACK = "viewer.warm_stack"
    WARM_IMAGES = "viewer.warm_images"
    WARM_SERIES = "viewer.warm_series"
    RENDER_CINE = "viewer.render_cine"
    ENCODE_CINE = "viewer.encode_cine"
    TAKE_OVER_RECORDING = "viewer.take_over_recording"
    TAKE_IN_STUDY = "worklist.take_in_study"
    ASSIGN_READY_STUDY = "worklist.assign_ready_study"
    ASSIGN_WAITING_STUDIES = "worklist.assign_waiting_studies"
    ESCALATE_OVERDUE = "worklist.escalate_overdue"
    MAIL_OVERDUE_STAT = "worklist.mail_overdue_stat"
    RELEASE_STALE_CLAIMS = "worklist.release_stale_claims"
    SWEEP_OWED_WORK = "archive.sweep_owed_work"
    ANNOUNCE_RECEIVED_STUDIES = "archive.announce_received_studies"
    CLEAN_UP_INTERRUPTED_WRITES = "archive.clean_up_interrupted_writes"
    REINDEX = "archive.reindex"
    VERIFY_AUDIT_CHAIN = "audit.verify_chain"
    ANCHOR_AUDIT_CHAIN = "audit.anchor_chain"


QUEUE_OF: dict[TaskName, Queue] = {
    TaskName.RENDER_TILE: Queue.RENDER,
    TaskName.RENDER_SLIDE: Queue.RENDER,
    TaskName.RENDER_THUMBNAIL: Queue.RENDER,
    TaskName.RENDER_MARKS: Queue.RENDER,
    TaskName.RENDER_REGION: Queue.RENDER,
    TaskName.READ_DOCUMENT: Queue.RENDER,
    TaskName.MEASURE_REGION: Queue.RENDER,
    TaskName.MEASURE_PLANE_REGION: Queue.RENDER,
    TaskName.RENDER_PLANE: Queue.RENDER,
    # A reader waits for it, a second or two of work; it must not stand behind what is rendered ahead.
    TaskName.RENDER_BLOCK: Queue.RENDER,
    TaskName.RENDER_FUSION: Queue.RENDER,
    # A reader waits for the plane; each task decodes a few slices only.
    TaskName.BUILD_VOLUME: Queue.RENDER,
    TaskName.WARM_PLANES: Queue.WARM,
    # It only sends other tasks, so a reader's neighbours are soon under way.
    TaskName.WARM_STACK: Queue.RENDER,
    TaskName.WARM_IMAGES: Queue.WARM,
    TaskName.WARM_SERIES: Queue.WARM,
    # A reader waits for the film; each task renders for a moment only.
    TaskName.RENDER_CINE: Queue.RENDER,
    # Pictures from outside are read where stored ones are, within the same bounds.
    TaskName.TAKE_OVER_RECORDING: Queue.RENDER,
    # It decodes nothing that came from outside, and would hold a render process for seconds.
    TaskName.ENCODE_CINE: Queue.HOUSEKEEPING,
    TaskName.DROP_STALE_VOLUMES: Queue.HOUSEKEEPING,
    TaskName.TAKE_IN_STUDY: Queue.HOUSEKEEPING,
    TaskName.ASSIGN_READY_STUDY: Queue.HOUSEKEEPING,
    TaskName.ASSIGN_WAITING_STUDIES: Queue.HOUSEKEEPING,
    TaskName.ESCALATE_OVERDUE: Queue.HOUSEKEEPING,
    TaskName.MAIL_OVERDUE_STAT: Queue.HOUSEKEEPING,
    TaskName.RELEASE_STALE_CLAIMS: Queue.HOUSEKEEPING,
    TaskName.SWEEP_OWED_WORK: Queue.HOUSEKEEPING,
    TaskName.ANNOUNCE_RECEIVED_STUDIES: Queue.HOUSEKEEPING,
    TaskName.CLEAN_UP_INTERRUPTED_WRITES: Queue.HOUSEKEEPING,
    TaskName.REINDEX: Queue.HOUSEKEEPING,
    TaskName.VERIFY_AUDIT_CHAIN: Queue.HOUSEKEEPING,
    TaskName.ANCHOR_AUDIT_CHAIN: Queue.HOUSEKEEPING,
}


class TaskQueueUnavailableError(Exception):
    """The broker did not take the task."""


def task(name: TaskName, **options: Any) -> Callable[[Callable[..., None]], Any]:
    """Register a function as the Celery task of that name, delivered at least once to its queue.

    A task takes keys and UIDs only, may run twice without harm, and calls one service.
    """
    register: Callable[[Callable[..., None]], Any] = celery.shared_task(  # noqa: TID251 -- the one place where it is used
        name=str(name), acks_late=True, ignore_result=True, **options
    )
    return register


def send_now(name: TaskName, **ids: object) -> None:
    """Send a task at once.

    Raises
    ------
    TaskQueueUnavailableError
        The broker cannot be reached.
    """
    try:
        celery.current_app.send_task(str(name), kwargs=ids, queue=str(QUEUE_OF[name]), ignore_result=True)
    except (OperationalError, OSError) as error:
        raise TaskQueueUnavailableError(str(name)) from error


def enqueue(name: TaskName, **ids: object) -> None:
    """Send a task once the running transaction has committed.

    The task is a wake-up only: where work must not be lost, the transaction has also written a row that a sweeper
    finds, so a broker that is away costs time and nothing else.
    """

    def send() -> None:
        try:
            send_now(name, **ids)
        except TaskQueueUnavailableError:
            logger.warning("broker is away; %s waits for the sweeper", name)

    transaction.on_commit(send)
