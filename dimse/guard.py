"""The bounds that pynetdicom lacks, around its objects and before any of its services runs.

pynetdicom 3.0.4 reads a PDU of any declared length, waits for it without a deadline, collects a message without a
limit and starts threads for every connection. Its server creates its objects itself, so this module exchanges their
classes before they start (`_GuardedRequestHandler`); nothing outside of this receiver is patched. It leans on
internals, so it refuses to work with any other release than the one it was tested with.

References
----------
PS3.8 9 (upper layer protocol)
"""

import contextlib
import logging
import socket
from collections.abc import Callable
from io import BytesIO
from socketserver import BaseServer
from typing import Any

import pynetdicom
from pynetdicom import _config
from pynetdicom.association import Association
from pynetdicom.transport import RequestHandler, ThreadedAssociationServer

from dimse.exceptions import UnsupportedLibraryError
from dimse.gate import ConnectionGate
from dimse.guarded_reading import GuardedDIMSE, GuardedDUL, GuardedSocket, UserQueue, WakeUp

logger = logging.getLogger(__name__)

TESTED_VERSION = "3.0.4"
# How long the end of an association waits for the thread that reads.
_LAST_PDU_SECONDS = 1.0


def require_tested_library() -> None:
    """Raise UnsupportedLibraryError unless pynetdicom is the tested release; silence what it would log.

    Its own log lines may quote attribute values and could be caused at will by anybody who can connect.
    """
    if pynetdicom.__version__ != TESTED_VERSION:
        raise UnsupportedLibraryError(
            f"pynetdicom {pynetdicom.__version__} is installed, but the receiver's guard was tested with "
            f"{TESTED_VERSION} only; install requirements.txt."
        )
    _config.LOG_HANDLER_LEVEL = "none"
    _config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)


class GuardedAssociation(Association):  # type: ignore[misc]
    """An association that says when it serves and when it has ended."""

    connection: socket.socket
    on_end: "Callable[[GuardedAssociation], None]"
    is_serving = False

    def run(self) -> None:
        """Run to the end, then give everything back."""
        try:
            super().run()
        except Exception as error:  # noqa: BLE001 -- the edge of the thread
            logger.warning("an association failed (%s)", type(error).__name__)
        finally:
            self.dul.kill_dul()
            self.dimse.discard()
            self.on_end(self)
            self.dul.join(_LAST_PDU_SECONDS)
            self.connection.close()
            self.dul.socket.wake_up.close()

    def _serve_request(self, msg: Any, context_id: int) -> None:
        self.is_serving = True
        try:
            if msg.is_valid_request:
                super()._serve_request(msg, context_id)
            else:
                # pynetdicom would leave the peer waiting for an answer.
                logger.warning("a message without its mandatory elements ended an association")
                self.abort()
        finally:
            # The peer was waiting for us, so its silence does not count.
            self.dul._idle_timer.restart()
            self.is_serving = False

    def wind_up(self) -> None:
        """Go one step towards the end of the association, after what is in hand; call it until the thread has ended.

        Called from another thread and never waits, because many associations end together.
        """
        self.dul.socket.is_draining = True
        is_busy = self.is_serving or self.dimse.msg_queue.qsize() or self.dul.to_provider_queue.qsize()
        if self.is_established and not is_busy:
            self.abort(block=False)
        elif not self.is_established and not is_busy:
            self._kill = self.dul.socket.is_lost = True
            self.dul.kill_dul()
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)


class _GuardedRequestHandler(RequestHandler):  # type: ignore[misc]
    """Builds the association of a connection out of guarded parts."""

    server: "GuardedServer"

    def _create_association(self) -> GuardedAssociation:
        association: GuardedAssociation = super()._create_association()
        association.__class__ = GuardedAssociation
        association.connection = self.request
        association.on_end = self.server.ended
        association.dimse = GuardedDIMSE(association)
        association.dimse.new_data_set = self.server.new_data_set
        association.dul.__class__ = GuardedDUL
        association.dul.daemon = True
        association.dul.to_user_queue = UserQueue(association.dimse)
        association.dul.socket.__class__ = GuardedSocket
        association.dul.socket.wake_up = WakeUp()
        return association


class GuardedServer(ThreadedAssociationServer):  # type: ignore[misc]
    """Accepts what the gate lets in.

    Parameters
    ----------
    gate
        Bounds the number of connections.
    is_blocked
        Tells of an address whether it is not even answered; must not block.
    new_data_set
        Makes the buffer for one incoming data set.
    on_end
        Called in the association's thread when it has ended.
    """

    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        *args: Any,
        gate: ConnectionGate,
        is_blocked: Callable[[str], bool],
        new_data_set: Callable[[], BytesIO],
        on_end: Callable[[GuardedAssociation], None],
        **kwargs: Any,
    ) -> None:
        self.gate = gate
        self.is_blocked = is_blocked
        self.new_data_set = new_data_set
        self._on_end = on_end
        super().__init__(*args, request_handler=_GuardedRequestHandler, **kwargs)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Tell whether a connection is taken up at all."""
        address = client_address[0]
        return not self.is_blocked(address) and self.gate.enter(request, address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self.gate.leave(request)
        super().shutdown_request(request)

    def shutdown(self) -> None:
        """Stop accepting and close the listening socket; running associations go on."""
        BaseServer.shutdown(self)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note that a connection could not be served; it is closed by the caller."""
        logger.exception("a connection could not be served")

    def ended(self, association: GuardedAssociation) -> None:
        """Let go of an association."""
        try:
            self._on_end(association)
        finally:
            self.gate.leave(association.connection)
