"""C-STORE: one instance arrives. Success is answered after the bytes are durable and the rows committed.

References
----------
PS3.4 B (Storage), PS3.7 9.3.1
"""

import logging
import traceback
from typing import Any

from pydicom.dataset import Dataset

from archive.exceptions import ArchiveError
from archive.services.ingest import ingest_instance
from archive.services.received import IngestResult, ReceivedInstance
from audit.models import Outcome
from audit.services import record_event
from audit.vocabulary import EventType
from dimse.access import may
from dimse.associations import OpenAssociation, OpenAssociations, drop_broken_connections
from dimse.data_set import ReceivedDataSet, as_part10, sop_uids
from dimse.exceptions import DataSetMismatchError, DimseError
from dimse.models import Right
from dimse.status import STATUS_OF_OUTCOME, Status, answer, answer_to_error

logger = logging.getLogger(__name__)


def handle_store(event: Any, associations: OpenAssociations) -> Dataset:
    """Take in one instance and answer what became of it."""
    data_set: ReceivedDataSet = event.request.DataSet
    try:
        drop_broken_connections()
        opened = associations.of(event.assoc)
        if opened is None or not may(opened.entity_pk, Right.STORE):
            return _refuse(opened)
        result = _store(event, data_set, opened)
        return answer(STATUS_OF_OUTCOME[result.outcome], result.reason)
    except Exception as error:  # noqa: BLE001 -- the edge of the association's thread: it is logged and answered
        _log(error)
        return answer_to_error(error)
    finally:
        data_set.close()


def _store(event: Any, data_set: ReceivedDataSet, opened: OpenAssociation) -> IngestResult:
    if data_set.failure:
        raise data_set.failure
    named = str(event.request.AffectedSOPClassUID), str(event.request.AffectedSOPInstanceUID)
    syntax = str(event.context.transfer_syntax)
    carried = sop_uids(data_set, transfer_syntax_uid=syntax)
    if carried != named:
        raise DataSetMismatchError("The command names another SOP class or instance than the data set.")
    with as_part10(
        data_set, sop_class_uid=carried[0], sop_instance_uid=carried[1], transfer_syntax_uid=syntax
    ) as source:
        return ingest_instance(received=ReceivedInstance(source), session=opened.arrivals)


def _refuse(opened: OpenAssociation | None) -> Dataset:
    """Refuse an operation for want of a right; on the audit record once per association."""
    if opened and not opened.is_refusal_recorded:
        record_event(
            EventType.INSTANCES_REFUSED,
            actor=opened.actor,
            outcome=Outcome.MINOR_FAILURE,
            facility_code=opened.arrivals.facility.code,
            details={"right": str(Right.STORE)},
        )
        opened.is_refusal_recorded = True
    return answer(Status.NOT_AUTHORIZED, "This AE title may not store here.")


def _log(error: Exception) -> None:
    """Log a failure. Only our own errors in words: a database's message may quote the values of a row."""
    if isinstance(error, ArchiveError | DimseError):
        logger.warning("a C-STORE failed: %s", error)
        return
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("a C-STORE failed (%s)\n%s", type(error).__name__, where)
