"""The bounds that pynetdicom lacks, around its objects and before any of its services runs.

pynetdicom 3.0.4 reads a PDU of any declared length, waits for it without a deadline, collects a message without a
limit and starts threads for every connection. Its server creates its objects itself, so this module exchanges their
classes before they start (`_GuardedRequestHandler`); nothing outside of this receiver is patched. It leans on
internals, so it refuses to work with any other release than the one it was tested with.

References
----------
PS3.8 9 (upper layer protocol), 9.3 (PDUs), D.1 (maximum length)
"""

import contextlib
import logging
import socket
import time
from collections.abc import Callable
from io import BytesIO
from socketserver import BaseServer
from typing import Any

import pynetdicom
from pynetdicom import _config, evt
from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage
from pynetdicom.dul import DULServiceProvider
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from dimse.exceptions import UnsupportedLibraryError
from dimse.gate import ConnectionGate

logger = logging.getLogger(__name__)

TESTED_VERSION = "3.0.4"
# What peers are told. Larger PDUs mean fewer turns of pynetdicom's loops.
MAXIMUM_PDU_BYTES = 2**17
# What is read: some peers count the header in, and an association request with every context is longer than that.
PDU_LIMIT_BYTES = 2**18
COMMAND_LIMIT_BYTES = 2**16
# Data sets of anything but C-STORE are a handful of keys.
IDENTIFIER_LIMIT_BYTES = 2**20
# Seconds for one whole PDU: of a caller that nobody knows yet, and of an admitted one on a slow line.
STRANGER_PDU_SECONDS = 5.0
PDU_SECONDS = 15.0
# Requests that may wait while one is served; then the connection is not read, and TCP holds the sender back.
WAITING_REQUESTS = 1
_LOOK_AGAIN_SECONDS = 0.1


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


class GuardedSocket(AssociationSocket):  # type: ignore[misc]
    """Reads one PDU within a length and a time, and only when there is room for what it brings."""

    # No more can be read from the peer.
    is_lost = False
    # What the peer did that no decent one does; empty where nothing.
    violation = ""
    is_draining = False

    @property
    def ready(self) -> bool:
        """Tell whether a PDU should be read now."""
        if self.is_draining or self.assoc.dimse.msg_queue.qsize() >= WAITING_REQUESTS:
            return False
        return bool(super().ready)

    def recv(self, nr_bytes: int) -> bytearray:
        """Return that many bytes, or fewer where the peer breaks a bound or is gone; that ends the association."""
        if nr_bytes > PDU_LIMIT_BYTES:
            self.violation, self.is_lost = "It announced a PDU longer than the limit.", True
            return bytearray()
        received = bytearray(nr_bytes)
        seconds = PDU_SECONDS if self.assoc.is_established else STRANGER_PDU_SECONDS
        count = self._fill(received, deadline=time.monotonic() + seconds)
        if count < nr_bytes:
            self.is_lost = True
            del received[count:]
        return received

    def _fill(self, received: bytearray, *, deadline: float) -> int:
        connection, count = self.socket, 0
        with memoryview(received) as view, contextlib.suppress(OSError):
            while count < len(view):
                left = deadline - time.monotonic()
                if left <= 0:
                    self.violation = "It did not complete a PDU in time."
                    break
                connection.settimeout(left)
                try:
                    got = connection.recv_into(view[count:])
                except TimeoutError:
                    continue
                if not got:
                    break
                count += got
        return count

    def send(self, bytestream: bytes) -> None:
        """Send within a time, so that a peer that does not read cannot hold us."""
        try:
            self.socket.settimeout(PDU_SECONDS)
            self.socket.sendall(bytestream)
        except (OSError, AttributeError):
            # Evt17 is pynetdicom's name of "transport connection closed" (PS3.8 9.2.3).
            self.is_lost = True
            self.event_queue.put("Evt17")
        else:
            evt.trigger(self.assoc, evt.EVT_DATA_SENT, {"data": bytestream})


class GuardedDIMSE(DIMSEServiceProvider):  # type: ignore[misc]
    """Collects messages within bounds, data sets in our own buffers."""

    new_data_set: Callable[[], BytesIO]
    message: Any
    _command_bytes = 0
    _data_bytes = 0

    def receive_primitive(self, primitive: Any) -> None:
        """Take the fragments of one PDU."""
        if self.message is None:
            self.message = DIMSEMessage()
            self.message.data_set = self.new_data_set()
            self._command_bytes = self._data_bytes = 0
        try:
            self._count(primitive)
            super().receive_primitive(primitive)
        except Exception as error:  # noqa: BLE001 -- whatever a peer sends must not end the thread that reads
            logger.warning("an invalid message ended an association (%s)", type(error).__name__)
            self.discard()
            # Evt19 is "invalid PDU": the association is aborted (PS3.8 9.2.3).
            self.dul.event_queue.put("Evt19")

    def _count(self, primitive: Any) -> None:
        for _, fragment in primitive.presentation_data_value_list:
            if fragment[0] & 1:
                self._command_bytes += len(fragment)
            else:
                self._data_bytes += len(fragment)
        is_store = isinstance(self.message, C_STORE_RQ) or not self._command_bytes
        if self._command_bytes > COMMAND_LIMIT_BYTES:
            raise ValueError("The command is too long.")
        if not is_store and self._data_bytes > IDENTIFIER_LIMIT_BYTES + PDU_LIMIT_BYTES:
            raise ValueError("The identifier is too long.")

    def discard(self) -> None:
        """Drop what was received and not served."""
        waiting = [getattr(message, "_dataset", None) for _, message in list(self.msg_queue.queue)]
        for data_set in [*waiting, self.message and self.message.data_set]:
            if data_set is not None:
                data_set.close()
        self.message = None


class GuardedDUL(DULServiceProvider):  # type: ignore[misc]
    """Ends quietly, and does not wait for a request on a connection that is gone."""

    def run(self) -> None:
        """Run pynetdicom's loop; a failure of it ends this association only."""
        try:
            super().run()
        except Exception as error:  # noqa: BLE001 -- the edge of the thread
            logger.warning("the upper layer of an association failed (%s)", type(error).__name__)

    def receive_pdu(self, wait: bool = False, timeout: float | None = None) -> Any:
        """Return the next primitive for the user; None after the timeout or as soon as none can come."""
        if not wait or timeout is None:
            return super().receive_pdu(wait, timeout)
        end = time.monotonic() + timeout
        while True:
            left = max(end - time.monotonic(), 0.001)
            primitive = super().receive_pdu(wait=True, timeout=min(left, _LOOK_AGAIN_SECONDS))
            if primitive is not None or time.monotonic() >= end:
                return primitive
            if not self.is_alive() or (self.socket is not None and self.socket.is_lost):
                return super().receive_pdu(wait=False)


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
            self.connection.close()

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
        association.dul.socket.__class__ = GuardedSocket
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
