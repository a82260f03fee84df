"""Read stored instances again and bring what is indexed of them up to what this release extracts.

Files are only read. Patients and studies are left as they are: orders, messages and corrections have their say there. Of
a series, what was corrected stays; of an instance, what its file says is what it has.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from accounts.models import Facility
from archive.events import StudyChanged, study_changed
from archive.exceptions import BlobNotFoundError
from archive.models import Instance, Reindexing, Series
from archive.services.arriving import ArrivingInstance
from archive.services.corrections.received import SERIES_COLUMNS
from archive.services.corrections.refreshing import refresh_studies
from archive.services.outbox import owe, settle
from archive.storage import blob_store
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType
from common.events import emit_on_commit
from common.tasks import TaskName, enqueue
from dicomkit.errors import DicomKitError
from dicomkit.identity import identity_of
from dicomkit.malformed import refuse_malformed_values
from dicomkit.part10 import read_header

logger = logging.getLogger(__name__)

# Instances that one task reads before it makes room for other housekeeping; a second or so.
_AT_ONCE = 100
_IDENTITY = {"sop_instance_uid", "sop_class_uid"}
_ACTOR = Actor.command("reindex")


@dataclass(frozen=True)
class Wanted:
    """Which instances are read again: those of all that is given here."""

    facility: Facility | None = None
    study_instance_uid: str = ""
    study_date_from: date | None = None
    study_date_until: date | None = None


def start_reindexing(wanted: Wanted) -> tuple[Reindexing, bool]:
    """Begin to read instances again, and return the run; if one is going on, that one, woken up, and False."""
    with transaction.atomic():
        running = Reindexing.objects.select_for_update().filter(finished_at__isnull=True).first()
        if running is not None:
            _wake(running)
            return running, False
        run = Reindexing(**vars(wanted), last_key=0, total=0)
        chosen = _chosen(run)
        run.last_key = chosen.aggregate(last=Max("pk"))["last"] or 0
        run.total = chosen.count()
        run.save()
        _wake(run)
        _record(run, "began")
    return run, True


def reindex_some(run_pk: int) -> None:
    """Read the next instances of a run again, and have the task sent for those after them."""
    run = Reindexing.objects.select_related("facility").get(pk=run_pk)
    if run.finished_at is not None:
        settle(TaskName.REINDEX, str(run_pk))
        return
    found = _chosen(run).filter(pk__gt=run.key_done, pk__lte=run.last_key)
    instances = list(found.select_related("blob", "series__study").order_by("pk")[:_AT_ONCE])
    # Files are read before anything is locked.
    read = {one.pk: arriving for one in instances if (arriving := _read(one)) is not None}
    with transaction.atomic():
        now = Reindexing.objects.select_for_update().get(pk=run_pk)
        if now.key_done != run.key_done or now.finished_at is not None:
            # The task was delivered twice, and the other one was faster.
            return
        now.changed += _bring_up_to_date(instances, read)
        now.done += len(instances)
        now.failed += len(instances) - len(read)
        if instances:
            now.key_done = instances[-1].pk
            _wake(now)
        else:
            now.finished_at = timezone.now()
            settle(TaskName.REINDEX, str(run_pk))
        now.save()
        if now.finished_at is not None:
            _record(now, "finished")


def _chosen(run: Reindexing) -> QuerySet[Instance]:
    """Return the instances of a run, rejected ones too."""
    chosen = Instance.kept.all()
    if run.facility is not None:
        chosen = chosen.filter(series__study__facility=run.facility)
    if run.study_instance_uid:
        chosen = chosen.filter(series__study__study_instance_uid=run.study_instance_uid)
    if run.study_date_from:
        chosen = chosen.filter(series__study__study_date__gte=run.study_date_from)
    if run.study_date_until:
        chosen = chosen.filter(series__study__study_date__lte=run.study_date_until)
    return chosen


def _wake(run: Reindexing) -> None:
    """Note that there is more to do, and send the task after the commit."""
    owe(TaskName.REINDEX, str(run.pk))
    enqueue(TaskName.REINDEX, subject_uid=str(run.pk))


def _read(instance: Instance) -> ArrivingInstance | None:
    """Return what this release extracts of a stored file; None where it cannot be read."""
    try:
        with blob_store().open(instance.blob.sha256) as file, refuse_malformed_values():
            header = read_header(file)
            return ArrivingInstance.of(
                header,
                identity_of(header.dataset),
                sha256=instance.blob.sha256,
                size_bytes=instance.blob.size_bytes,
            )
    except (DicomKitError, BlobNotFoundError, OSError) as error:
        logger.warning("instance %s cannot be read again: %s", instance.sop_instance_uid, error)
        return None


def _bring_up_to_date(instances: Sequence[Instance], read: dict[int, ArrivingInstance]) -> int:
    """Write what differs; return of how many instances something did."""
    known = [one for one in instances if one.pk in read]
    differing = [one for one in known if _takes(one, _of_instance(read[one.pk]))]
    if differing:
        Instance.kept.bulk_update(differing, sorted(_of_instance(read[differing[0].pk])))
    firsts = _first_instances(one.series_id for one in known)
    studies = set()
    for one in known:
        if one.pk in firsts and _takes(one.series, columns := _of_series(one.series, read[one.pk])):
            one.series.save(update_fields=[*columns, "updated_at"])
            studies.add(one.series.study.study_instance_uid)
    for study in refresh_studies(studies):
        emit_on_commit(study_changed, StudyChanged(study.study_instance_uid, study.facility_id))
    return len(differing)


def _takes(row: Instance | Series, columns: dict[str, Any]) -> bool:
    """Give a row new values; tell whether any is another than before."""
    differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _of_instance(arriving: ArrivingInstance) -> dict[str, Any]:
    return {name: value for name, value in arriving.instance.items() if name not in _IDENTITY}


def _of_series(series: Series, arriving: ArrivingInstance) -> dict[str, Any]:
    """Return what a file says of its series, without what was corrected, and nothing where it came with another."""
    if arriving.identity.series_instance_uid != series.series_instance_uid:
        return {}
    corrected = {
        column for keyword, column in SERIES_COLUMNS.items() if keyword in series.received_attributes
    }
    columns = {*SERIES_COLUMNS.values()} - corrected
    return {name: value for name, value in arriving.series.items() if name in columns}


def _first_instances(series_pks: Iterable[int]) -> set[int]:
    """Return the instances that came first of some series: by them the rows of the series were made."""
    firsts = Instance.kept.filter(series__in=set(series_pks)).values("series").annotate(first=Min("pk"))
    return {row["first"] for row in firsts}


def _record(run: Reindexing, what: str) -> None:
    record_event(
        EventType.ARCHIVE_REINDEXED,
        actor=_ACTOR,
        study_instance_uid=run.study_instance_uid,
        facility_code=run.facility.code if run.facility else "",
        details={
            "what": what,
            "from": str(run.study_date_from or ""),
            "until": str(run.study_date_until or ""),
            **{name: getattr(run, name) for name in ("total", "done", "changed", "failed")},
        },
    )
