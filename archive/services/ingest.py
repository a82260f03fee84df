"""The single entrance for bytes: every door calls ``ingest_instance`` or ``ingest_instances``, which are one."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from archive.exceptions import BlobNotFoundError, RefusedError
from archive.models import Instance
from archive.services.arriving import ArrivingInstance
from archive.services.corrections.notes_of_senders import honour_note
from archive.services.indexing import StudyIndexer, known_instances
from archive.services.received import ArrivalSession, IngestResult, Origin, Outcome, ReceivedInstance
from archive.storage import StagedBlob, blob_store
from audit.services import record_event
from audit.vocabulary import EventType
from dicomkit.bounds import refuse_pixel_flood
from dicomkit.errors import DicomKitError
from dicomkit.identity import InstanceIdentity, identity_of
from dicomkit.malformed import refuse_malformed_values
from dicomkit.part10 import Part10Header, read_header
from dicomkit.rejection_note import RejectionNote, read_rejection_note
from dicomkit.same_content import is_same_instance

logger = logging.getLogger(__name__)

# Storage directories of exchange media name other files and hold no image.
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"
# Their notes belong to a correction already.
_MADE_HERE = (Origin.CORRECTION, Origin.VIEWER)


@dataclass(frozen=True)
class _Staged:
    """A received instance that was understood and waits to be made durable."""

    name: str
    blob: StagedBlob
    arriving: ArrivingInstance
    note: RejectionNote | None = None

    @property
    def sop_instance_uid(self) -> str:
        return self.arriving.identity.sop_instance_uid

    def is_stored(self, known: Mapping[str, Instance]) -> bool:
        """Tell whether its content is here already, so that nothing need be written."""
        existing = known.get(self.sop_instance_uid)
        return existing is not None and existing.blob.sha256 == self.arriving.sha256


def ingest_instance(*, received: ReceivedInstance, session: ArrivalSession) -> IngestResult:
    """Take in one instance; see `ingest_instances`."""
    return ingest_instances(received=[received], session=session)[0]


def ingest_instances(*, received: Sequence[ReceivedInstance], session: ArrivalSession) -> list[IngestResult]:
    """Take in instances together, sharing one flush of the folders and one transaction.

    When this returns, whatever is not reported as rejected is on the disk and in the database. What it raises
    concerns all of them, and none may be acknowledged. The caller has checked that the sender may store for the
    session's facility.

    Writes blobs first, then patient, study, series and instance rows, the work owed to them, and one audit record
    per study and session; announces StudyChanged after the commit.

    Returns
    -------
    list of IngestResult
        In the order of ``received``.

    Raises
    ------
    StorageFullError, StorageError
        The blob store failed.
    django.db.DatabaseError
        The database failed.
    """
    store = blob_store()
    staged: list[_Staged | IngestResult] = []
    try:
        # One by one into the list, so that what was staged before a failure is found below and discarded.
        staged.extend(map(_stage, received))
        known = known_instances([one.sop_instance_uid for one in staged if isinstance(one, _Staged)])
        recognised = [_recognised(one, known) if isinstance(one, _Staged) else one for one in staged]
        store.keep([one.blob for one in recognised if isinstance(one, _Staged) and not one.is_stored(known)])
        results = _index(recognised, known, session)
    finally:
        for one in staged:
            if isinstance(one, _Staged):
                store.discard(one.blob)
    session.counts.update(result.outcome for result in results)
    return results


def close_session(session: ArrivalSession) -> None:
    """Put the outcome of a whole association, upload or import on the audit record."""
    if session.counts:
        counts = {str(outcome): count for outcome, count in sorted(session.counts.items())}
        record_event(
            EventType.INSTANCES_STORED if session.origin == Origin.DIMSE else EventType.INSTANCES_IMPORTED,
            actor=session.actor,
            facility_code=session.facility.code,
            details={"origin": str(session.origin), **counts},
        )


def _stage(received: ReceivedInstance) -> _Staged | IngestResult:
    """Copy one instance into the store's temporary area and understand its header."""
    store = blob_store()
    try:
        blob = store.stage(received.source, limit_bytes=settings.PACS_MAX_INSTANCE_BYTES)
    except RefusedError as error:
        return IngestResult(Outcome.REJECTED, received.name, str(error))
    try:
        with blob.path.open("rb") as file:
            header = read_header(file)
        return _Staged(received.name, blob, _understood(header, blob), _note_of(header))
    except (DicomKitError, RefusedError) as error:
        store.discard(blob)
        return IngestResult(Outcome.REJECTED, received.name, str(error))
    except BaseException:
        store.discard(blob)
        raise


def _understood(header: Part10Header, blob: StagedBlob) -> ArrivingInstance:
    """Return what is indexed of a file. Its values are converted here for the first time, and may turn out damaged."""
    with refuse_malformed_values():
        if (
            str(header.dataset.get("SOPClassUID", "")) == MEDIA_STORAGE_DIRECTORY
            or "DirectoryRecordSequence" in header.dataset
        ):
            raise RefusedError(
                "A DICOMDIR is a table of contents; the images that it names are taken in by themselves."
            )
        refuse_pixel_flood(header.dataset, file_bytes=blob.size_bytes)
        return ArrivingInstance.of(
            header, identity_of(header.dataset), sha256=blob.sha256, size_bytes=blob.size_bytes
        )


def _note_of(header: Part10Header) -> RejectionNote | None:
    """Return what an instance rejects; one that cannot be understood is kept like any other key object."""
    try:
        return read_rejection_note(header.dataset)
    except DicomKitError:
        return None


def _recognised(staged: _Staged, known: Mapping[str, Instance]) -> _Staged:
    """Return an instance that is here already, written in other bytes, as the one that is here."""
    existing = known.get(staged.sop_instance_uid)
    if existing is None or staged.is_stored(known):
        return staged
    try:
        with blob_store().open(existing.blob.sha256) as stored, staged.blob.path.open("rb") as arrived:
            if not is_same_instance(stored, arrived):
                return staged
    except BlobNotFoundError:
        # Whether it is the same cannot be said, so it is kept aside, and not lost.
        return staged
    return replace(staged, arriving=replace(staged.arriving, sha256=existing.blob.sha256))


def _index(
    staged: Sequence[_Staged | IngestResult], known: Mapping[str, Instance], session: ArrivalSession
) -> list[IngestResult]:
    """Write the rows of all staged instances in one transaction, the audit record among them."""
    results = {place: one for place, one in enumerate(staged) if isinstance(one, IngestResult)}
    understood = {place: one for place, one in enumerate(staged) if isinstance(one, _Staged)}
    audited = set(session.audited_study_uids)
    with transaction.atomic():
        indexer = StudyIndexer(facility=session.facility, origin=session.origin)
        # In an order that all batches share: two that take the same rows in opposite orders would wait for each other.
        ordered = sorted(understood.items(), key=lambda item: _order_of_rows(item[1]))
        verdicts = indexer.index([one.arriving for _, one in ordered], known)
        for (place, one), (outcome, reason) in zip(ordered, verdicts, strict=True):
            identity = one.arriving.identity
            results[place] = IngestResult(
                outcome, one.name, reason, identity.sop_instance_uid, identity.study_instance_uid
            )
        indexer.finish()
        for place, one in understood.items():
            if one.note and results[place].outcome == Outcome.STORED and session.origin not in _MADE_HERE:
                honour_note(one.note, session=session)
        # Last of all, for whoever records holds the end of the audit chain until the commit.
        for place, one in understood.items():
            _audit(one.arriving.identity, results[place], session, audited)
    # After the commit only: what was rolled back must be recorded when it comes again.
    session.audited_study_uids = audited
    return [results[place] for place in range(len(staged))]


def _order_of_rows(staged: _Staged) -> tuple[str, ...]:
    identity = staged.arriving.identity
    return (
        identity.issuer_of_patient_id,
        identity.patient_id,
        identity.study_instance_uid,
        identity.series_instance_uid,
        identity.sop_instance_uid,
    )


def _audit(
    identity: InstanceIdentity, result: IngestResult, session: ArrivalSession, audited: set[str]
) -> None:
    """Record each study's arrival once per session, and every conflict, in the transaction that stores them."""
    if result.outcome == Outcome.CONFLICT:
        event_type, details = (
            EventType.SECURITY_ALERT,
            {"sop_instance_uid": result.sop_instance_uid, "reason": result.reason},
        )
        logger.warning("instance %s was kept aside: %s", result.sop_instance_uid, result.reason)
    elif identity.study_instance_uid in audited:
        return
    else:
        event_type, details = EventType.INSTANCES_STORED, {"origin": str(session.origin)}
        audited.add(identity.study_instance_uid)
    record_event(
        event_type,
        actor=session.actor,
        patient_id=identity.patient_id,
        issuer_of_patient_id=identity.issuer_of_patient_id,
        study_instance_uid=identity.study_instance_uid,
        facility_code=session.facility.code,
        details=details,
    )
