"""C-FIND of the modality worklist: what a modality of the facility still has to do.

References
----------
PS3.4 K (Basic Worklist Management), C.4.1 (C-FIND)
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.db import Error as DatabaseFailure
from pydicom.dataset import Dataset

from audit.services import record_event
from audit.vocabulary import EventType
from dimse.access import may
from dimse.associations import OpenAssociation, OpenAssociations, drop_broken_connections
from dimse.models import Right
from dimse.status import Status, answer
from worklist.dicom.scheduled import matching_items

logger = logging.getLogger(__name__)

# More than any modality shows; one that asks for everything gets the next ones.
_MOST_ITEMS = 1000


def handle_find(event: Any, associations: OpenAssociations) -> Iterator[tuple[Any, Dataset | None]]:
    """Yield the items that the query asks for, then the final status (which pynetdicom adds after a success)."""
    drop_broken_connections()
    opened = associations.of(event.assoc)
    if opened is None or not may(opened.entity_pk, Right.WORKLIST):
        yield answer(Status.NOT_AUTHORIZED, "This AE title may not query the worklist."), None
        return
    try:
        # Closed at the end, whatever the caller does: the last step of the query is its record.
        yield from _items(event, opened)
    except ValueError:
        yield answer(Status.DATA_SET_DOES_NOT_MATCH, "A date or time of the query cannot be read."), None
    except DatabaseFailure as error:
        logger.error("a query of the modality worklist failed (%s)", type(error).__name__)
        yield answer(Status.OUT_OF_RESOURCES, "The database is not available."), None


def _items(event: Any, opened: OpenAssociation) -> Iterator[tuple[Any, Dataset | None]]:
    found = []
    for item in matching_items(opened.arrivals.facility, event.identifier):
        found.append(item)
        if len(found) == _MOST_ITEMS:
            break
    record_event(
        EventType.QUERY,
        actor=opened.actor,
        facility_code=opened.arrivals.facility.code,
        details={"list": "modality worklist", "rows": len(found)},
    )
    for item in found:
        if event.is_cancelled:
            yield int(Status.CANCELLED), None
            return
        yield int(Status.PENDING), item
