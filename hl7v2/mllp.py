"""The socket: one message after the other on a connection, each within bounds, each answered before the next.

References
----------
HL7 v2.5.1 implementation guide, appendix C (minimal lower layer protocol)
"""

import logging
import socketserver
import threading
import uuid
from typing import ClassVar

from django.db import Error as DatabaseFailure
from django.db import connections

from archive.exceptions import CorrectionConflictError
from common.logging import request_id
from hl7v2.exceptions import MessageError
from hl7v2.services import receive

logger = logging.getLogger(__name__)

START, END = b"\x0b", b"\x1c\r"
MOST_BYTES = 2**20
IDLE_SECONDS = 300.0
MOST_CONNECTIONS = 64


class MllpServer(socketserver.ThreadingTCPServer):
    """Listens for systems that send orders and patients."""

    allow_reuse_address = True
    daemon_threads = True
    _places: ClassVar[threading.BoundedSemaphore] = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Connection)

    def process_request(self, request: object, client_address: object) -> None:
        """Serve a connection in a thread of its own, as long as there is room for one."""
        if not self._places.acquire(blocking=False):
            logger.warning("too many HL7 connections are open")
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Give the place back at the end."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._places.release()


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer messages until the peer goes, is silent for too long, or breaks a bound."""
        self.request.settimeout(IDLE_SECONDS)
        waiting = b""
        try:
            while (found := self._next(waiting)) is not None:
                data, waiting = found
                self.request.sendall(START + self._answer(data) + END)
        except (OSError, MessageError, CorrectionConflictError, DatabaseFailure) as error:
            # The sender has no answer and sends the message again.
            logger.warning("an HL7 connection of %s ended (%s)", self.client_address[0], type(error).__name__)
        finally:
            connections.close_all()

    def _answer(self, data: bytes) -> bytes:
        request_id.set(uuid.uuid4().hex)
        for connection in connections.all(initialized_only=True):
            connection.close_if_unusable_or_obsolete()
        return receive(data, address=self.client_address[0])

    def _next(self, waiting: bytes) -> tuple[bytes, bytes] | None:
        """Return the next message and what came after it; None when the peer has gone."""
        buffer = bytearray(waiting)
        while (end := buffer.find(END)) < 0:
            if len(buffer) > MOST_BYTES:
                raise MessageError("The message is too long.")
            received = self.request.recv(65536)
            if not received:
                return None
            buffer += received
        start = buffer.find(START, 0, end)
        if start < 0:
            raise MessageError("The message has no beginning.")
        return bytes(buffer[start + 1 : end]), bytes(buffer[end + len(END) :])
