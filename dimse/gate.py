"""How many connections may exist at once, by address, decided before a byte of them is read."""

import contextlib
import ipaddress
import socket
from collections import Counter
from threading import Lock

from dimse.hosts import normal_address

# Connections that have not asked for an association yet. A sender asks within milliseconds, whoever holds a
# connection open without asking does not; so the oldest makes room for the newest, and never the other way round.
PENDING_PER_ADDRESS = 16
PENDING_IN_ALL = 32
# Running associations. A router that forwards for a whole hospital opens about ten.
ASSOCIATIONS_PER_ADDRESS = 16
ASSOCIATIONS_IN_ALL = 64
# Connections whose threads have not ended yet, those that were closed just now among them.
CONNECTIONS_IN_ALL = 256


class ConnectionGate:
    """Counts connections and keeps their number bounded. Safe to use from several threads; never blocks."""

    def __init__(self) -> None:
        self._lock = Lock()
        # Both in the order of arrival.
        self._pending: dict[socket.socket, str] = {}
        self._associations: dict[socket.socket, str] = {}
        self._entered: set[socket.socket] = set()

    def enter(self, connection: socket.socket, address: str) -> bool:
        """Take in a new connection, at the cost of the oldest waiting one where there are too many.

        Returns
        -------
        bool
            False where it must be closed at once.
        """
        with self._lock:
            if len(self._entered) >= CONNECTIONS_IN_ALL:
                return False
            group = _group_of(address)
            self._entered.add(connection)
            self._pending[connection] = group
            counts = Counter(self._pending.values())
            if counts[group] > PENDING_PER_ADDRESS:
                self._evict_oldest_of(group)
            elif len(self._pending) > PENDING_IN_ALL:
                self._evict_oldest_of(counts.most_common(1)[0][0])
            return True

    def promote(self, connection: socket.socket) -> bool:
        """Count a connection as an association; False where that would be one too many."""
        with self._lock:
            group = self._pending.pop(connection, None)
            if group is None:
                return False
            counts = Counter(self._associations.values())
            if counts.total() >= ASSOCIATIONS_IN_ALL or counts[group] >= ASSOCIATIONS_PER_ADDRESS:
                return False
            self._associations[connection] = group
            return True

    def leave(self, connection: socket.socket) -> None:
        """Forget a connection; harmless when it is forgotten already."""
        with self._lock:
            self._entered.discard(connection)
            self._pending.pop(connection, None)
            self._associations.pop(connection, None)

    def _evict_oldest_of(self, group: str) -> None:
        victim = next(connection for connection, its_group in self._pending.items() if its_group == group)
        del self._pending[victim]
        # Its own threads see the end of the stream and clean up.
        with contextlib.suppress(OSError):
            victim.shutdown(socket.SHUT_RDWR)


def _group_of(address: str) -> str:
    """Return what counts as one address: of IPv6 the network, because a host owns as many addresses as it likes."""
    parsed = ipaddress.ip_address(normal_address(address))
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.is_loopback:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
