"""Reading from one peer within bounds, and waiting for it without turning in circles.

References
----------
PS3.8 9.3 (PDUs), D.1 (maximum length); PS3.7 6.3 (command and data set)
"""

import contextlib
import logging
import queue
import select
import socket
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from pynetdicom import evt
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage
from pynetdicom.dul import DULServiceProvider
from pynetdicom.transport import AssociationSocket

logger = logging.getLogger(__name__)

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
# pynetdicom's threads look at their queues a thousand times a second each; ours sleep so long, unless woken.
IDLE_SECONDS = 0.05


class WakeUp:
    """Lets one thread wait for a connection and be woken by another for something else to do."""

    def __init__(self) -> None:
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)
        self._there.setblocking(False)

    def set(self) -> None:
        """Wake the waiting thread, or let its next wait end at once."""
        # Full means that it will wake anyway; closed that nobody waits any more.
        with contextlib.suppress(OSError):
            self._there.send(b"!")

    def wait(self, connection: socket.socket | None, *, seconds: float) -> bool:
        """Return whether the connection can be read, at the latest after so many seconds.

        Raises
        ------
        OSError, ValueError
            The connection is closed.
        """
        poll = select.poll()
        poll.register(self._here, select.POLLIN)
        if connection is not None:
            poll.register(connection, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
        if self._here.fileno() in ready:
            with contextlib.suppress(BlockingIOError):
                self._here.recv(4096)
        return connection is not None and connection.fileno() in ready

    def close(self) -> None:
        """Give the descriptors back."""
        self._here.close()
        self._there.close()


class UserQueue(queue.Queue[Any]):
    """What the upper layer has for the association, which waits for messages and must be woken for it."""

    def __init__(self, dimse: Any) -> None:
        super().__init__()
        self._dimse = dimse

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add a primitive."""
        super().put(item, block, timeout)
        # pynetdicom's own way of saying "no message" (`get_msg`).
        self._dimse.msg_queue.put((None, None))


class GuardedSocket(AssociationSocket):  # type: ignore[misc]
    """Reads one PDU within a length and a time, and only when there is room for what it brings."""

    # No more can be read from the peer.
    is_lost = False
    # What the peer did that no decent one does; empty where nothing.
    violation = ""
    is_draining = False
    wake_up: WakeUp

    @property
    def ready(self) -> bool:
        """Tell whether a PDU should be read now; waits a little for one unless there is something else to do."""
        # Sta13 only looks for leftovers before it closes (PS3.8 9.2.1).
        if self.socket is None or self.assoc.dul.state_machine.current_state == "Sta13":
            return bool(super().ready)
        is_full = self.is_draining or self.assoc.dimse.msg_queue.qsize() >= WAITING_REQUESTS
        try:
            return self.wake_up.wait(None if is_full else self.socket, seconds=IDLE_SECONDS)
        except (OSError, ValueError):
            self.event_queue.put("Evt17")
            return False

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
            # A sender that holds its last small packet back until we acknowledge the one before (Nagle's algorithm)
            # would lose up to 40 ms with an instance: pynetdicom's and others do.
            if hasattr(socket, "TCP_QUICKACK"):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
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

    def get_msg(self, block: bool = False) -> Any:
        """Return the next message; waits a little for one."""
        if block:
            return super().get_msg(block)
        try:
            message = self.msg_queue.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return None, None
        # There is room for the next one now.
        self.dul.socket.wake_up.set()
        return message

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

    def send_pdu(self, primitive: Any) -> None:
        """Send a primitive soon."""
        super().send_pdu(primitive)
        self.socket.wake_up.set()

    def kill_dul(self) -> None:
        """End the thread soon."""
        super().kill_dul()
        self.socket.wake_up.set()

    def stop_dul(self) -> bool:
        """End the thread if the connection has ended, and wait for that."""
        if self.state_machine.current_state == "Sta1":
            self.kill_dul()
        return bool(super().stop_dul())

    def receive_pdu(self, wait: bool = False, timeout: float | None = None) -> Any:
        """Return the next primitive for the user; None after the timeout or as soon as none can come."""
        if not wait or timeout is None:
            return super().receive_pdu(wait, timeout)
        end = time.monotonic() + timeout
        while True:
            left = max(end - time.monotonic(), 0.001)
            primitive = super().receive_pdu(wait=True, timeout=min(left, IDLE_SECONDS))
            if primitive is not None or time.monotonic() >= end:
                return primitive
            if not self.is_alive() or (self.socket is not None and self.socket.is_lost):
                return super().receive_pdu(wait=False)
