"""The associations that are running, and what each has done so far."""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import Error as DatabaseFailure
from django.db import connections

from archive.services.ingest import close_session
from archive.services.received import ArrivalSession, Origin
from audit.actors import Actor
from dimse.models import ApplicationEntity

logger = logging.getLogger(__name__)


@dataclass
class OpenAssociation:
    """One admitted caller: which entity it is, and what has arrived from it."""

    entity_pk: int
    ae_title: str
    address: str
    arrivals: ArrivalSession
    # Whether a refused operation of this association is on the audit record already.
    is_refusal_recorded: bool = False

    @property
    def actor(self) -> Actor:
        """Who is acting."""
        return self.arrivals.actor


class OpenAssociations:
    """Finds the caller of an association. An association that is not here was never admitted and may do nothing."""

    def __init__(self) -> None:
        self._open: dict[Any, OpenAssociation] = {}

    def open(self, association: Any, entity: ApplicationEntity, *, address: str) -> OpenAssociation:
        """Note that a caller was admitted."""
        actor = Actor.for_application_entity(entity.ae_title, address)
        opened = OpenAssociation(
            entity.pk, entity.ae_title, address, ArrivalSession(Origin.DIMSE, actor, entity.facility)
        )
        self._open[association] = opened
        return opened

    def of(self, association: Any) -> OpenAssociation | None:
        """Return the caller of an association, None where nobody was admitted."""
        return self._open.get(association)

    def close(self, association: Any) -> None:
        """Put on record what an association brought. Called in its own thread, where its connections are."""
        opened = self._open.pop(association, None)
        if opened is None:
            return
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(opened.arrivals.counts.items()))
        logger.info("%s at %s has ended: %s", opened.ae_title, opened.address, counts or "nothing sent")
        try:
            close_session(opened.arrivals)
        except DatabaseFailure as error:
            # Each study's arrival is on record already, in the transaction that stored it.
            logger.error("the sum of an association could not be recorded (%s)", type(error).__name__)


def drop_broken_connections() -> None:
    """Close database connections of this thread that failed or are due; the next query opens a new one.

    A connection without an age limit of its own (SQLite) stays open for the whole association: opening one costs as
    much as a query, and closing the last one makes SQLite fold its log into the database.
    """
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred or connection.settings_dict["CONN_MAX_AGE"] != 0:
            connection.close_if_unusable_or_obsolete()
