"""The DICOM receiver: one listening socket, its services, and an end that loses nothing."""

import contextlib
import logging
import time
from functools import partial
from pathlib import Path
from threading import Thread

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connections
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    ModalityPerformedProcedureStep,
    ModalityWorklistInformationFind,
    Verification,
)

from dimse.associations import OpenAssociations
from dimse.data_set import IMPLEMENTATION_CLASS_UID, ReceivedDataSet
from dimse.exceptions import CannotListenError
from dimse.gate import ASSOCIATIONS_IN_ALL, CONNECTIONS_IN_ALL, ConnectionGate
from dimse.guard import GuardedAssociation, GuardedServer, require_tested_library
from dimse.guarded_reading import MAXIMUM_PDU_BYTES
from dimse.handlers.association import handle_common_extended, handle_requested
from dimse.handlers.echo import handle_echo
from dimse.handlers.modality_worklist import handle_find
from dimse.handlers.performed_step import handle_create, handle_set
from dimse.handlers.store import handle_store
from dimse.refusals import Refusals

logger = logging.getLogger(__name__)

# Seconds for an association request to arrive, and without a request on an open association.
ACSE_TIMEOUT = 5
NETWORK_TIMEOUT = 60
DIMSE_TIMEOUT = 30
DRAIN_SECONDS = 15.0


class Receiver:
    """SCP of this installation: verification, storage, modality worklist, performed procedure steps.

    Parameters
    ----------
    host, port
        Where to listen; port 0 takes any free one.
    """

    def __init__(self, *, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._associations = OpenAssociations()
        self._gate = ConnectionGate()
        self._refusals = Refusals()
        self._server: GuardedServer | None = None

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1]) if self._server else self._port

    def start(self) -> None:
        """Begin to listen, in threads of its own.

        Raises
        ------
        UnsupportedLibraryError
            Another pynetdicom than the tested one is installed.
        CannotListenError
            The address is not ours or the port is in use.
        """
        require_tested_library()
        folder = receiving_folder()
        try:
            self._server = _application_entity().make_server(
                (self._host, self._port),
                evt_handlers=[
                    (evt.EVT_REQUESTED, handle_requested, [self._associations, self._gate, self._refusals]),
                    (evt.EVT_SOP_COMMON, handle_common_extended),
                    (evt.EVT_C_ECHO, handle_echo, [self._associations]),
                    (evt.EVT_C_STORE, handle_store, [self._associations]),
                    (evt.EVT_C_FIND, handle_find, [self._associations]),
                    (evt.EVT_N_CREATE, handle_create, [self._associations]),
                    (evt.EVT_N_SET, handle_set, [self._associations]),
                ],
                server_class=GuardedServer,
                gate=self._gate,
                is_blocked=self._refusals.is_blocked,
                new_data_set=partial(
                    ReceivedDataSet,
                    folder=folder,
                    limit_bytes=settings.PACS_MAX_INSTANCE_BYTES,
                    min_free_bytes=settings.PACS_MIN_FREE_BYTES,
                ),
                on_end=self._ended,
            )
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise CannotListenError(
                f"Cannot listen for DICOM on {self._host} port {self._port}: {reason}."
            ) from error
        Thread(target=self._server.serve_forever, name="dicom-receiver", daemon=True).start()
        logger.info("%s listens on %s port %d", settings.PACS_AE_TITLE, self._host, self.port)

    def tend(self) -> None:
        """Do what is due now and then; call it about once a second."""
        self._refusals.flush()

    def stop(self, *, within_seconds: float = DRAIN_SECONDS) -> None:
        """Accept nothing more, let running requests finish and be answered, then end every association.

        A data set that is only half here is dropped: its sender has no answer and will send it again.
        """
        if self._server is None:
            return
        server, self._server = self._server, None
        server.shutdown()
        deadline = time.monotonic() + within_seconds
        running = [one for one in server.active_associations if isinstance(one, GuardedAssociation)]
        while running and time.monotonic() < deadline:
            for association in running:
                association.wind_up()
            time.sleep(0.02)
            running = [association for association in running if association.is_alive()]
        if running:
            logger.error("%d associations did not end within %.0f s", len(running), within_seconds)
        self._refusals.flush(is_last=True)

    def _ended(self, association: GuardedAssociation) -> None:
        """Finish an association, in its own thread."""
        try:
            self._associations.close(association)
            if association.dul.socket.violation:
                self._refusals.record(
                    address=association.requestor.address,
                    ae_title=association.requestor.ae_title,
                    reason=association.dul.socket.violation,
                )
        finally:
            with contextlib.suppress(DatabaseFailure):
                connections.close_all()


def receiving_folder() -> Path:
    """Return the folder for large data sets on their way in, made where it is missing, for its owner only."""
    folder: Path = settings.PACS_DATA_DIR / "receiving"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _application_entity() -> AE:
    entity = AE(ae_title=settings.PACS_AE_TITLE)
    entity.implementation_class_uid = IMPLEMENTATION_CLASS_UID
    entity.implementation_version_name = "READING_ROOM"
    entity.maximum_pdu_size = MAXIMUM_PDU_BYTES
    entity.acse_timeout = ACSE_TIMEOUT
    entity.network_timeout = NETWORK_TIMEOUT
    entity.dimse_timeout = DIMSE_TIMEOUT
    entity.require_called_aet = True
    # The gate counts and answers; pynetdicom's own count, which includes connections without a request, only backs it.
    entity.maximum_associations = max(CONNECTIONS_IN_ALL, ASSOCIATIONS_IN_ALL)
    for service in (Verification, ModalityWorklistInformationFind, ModalityPerformedProcedureStep):
        entity.add_supported_context(service, [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
    return entity
