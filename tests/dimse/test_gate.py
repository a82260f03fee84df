"""How many connections may exist, and who has to make room."""

import socket
from collections.abc import Iterator

import pytest

from dimse.gate import (
    ASSOCIATIONS_IN_ALL,
    ASSOCIATIONS_PER_ADDRESS,
    CONNECTIONS_IN_ALL,
    PENDING_IN_ALL,
    PENDING_PER_ADDRESS,
    ConnectionGate,
)


class Connections:
    """Hands out connected sockets and tells which of them were shut."""

    def __init__(self) -> None:
        self.pairs: list[tuple[socket.socket, socket.socket]] = []

    def new(self) -> socket.socket:
        self.pairs.append(socket.socketpair())
        return self.pairs[-1][0]

    def is_shut(self, number: int) -> bool:
        there = self.pairs[number][1]
        there.setblocking(False)
        try:
            return there.recv(1) == b""
        except BlockingIOError:
            return False


@pytest.fixture
def connections() -> Iterator[Connections]:
    made = Connections()
    yield made
    for pair in made.pairs:
        for one in pair:
            one.close()


def test_the_oldest_connection_without_a_request_makes_room(connections: Connections) -> None:
    gate = ConnectionGate()

    for _ in range(PENDING_PER_ADDRESS + 1):
        assert gate.enter(connections.new(), "192.0.2.1")

    assert [connections.is_shut(number) for number in (0, 1, PENDING_PER_ADDRESS)] == [True, False, False]


def test_an_association_never_makes_room(connections: Connections) -> None:
    gate = ConnectionGate()
    first = connections.new()
    gate.enter(first, "192.0.2.1")
    assert gate.promote(first)

    for _ in range(3 * PENDING_PER_ADDRESS):
        gate.enter(connections.new(), "192.0.2.1")

    assert not connections.is_shut(0)


def test_the_address_with_most_connections_makes_room_for_another(connections: Connections) -> None:
    gate = ConnectionGate()
    gate.enter(connections.new(), "192.0.2.200")
    for number in range(PENDING_IN_ALL):
        gate.enter(connections.new(), f"192.0.2.{1 + number // PENDING_PER_ADDRESS}")

    assert not connections.is_shut(0)
    assert connections.is_shut(1)


def test_an_ipv6_network_counts_as_one_address(connections: Connections) -> None:
    gate = ConnectionGate()

    for number in range(PENDING_PER_ADDRESS + 1):
        gate.enter(connections.new(), f"2001:db8::{number:x}")

    assert connections.is_shut(0)


def test_associations_are_bounded_per_address_and_in_all(connections: Connections) -> None:
    gate = ConnectionGate()

    def associate(address: str) -> bool:
        connection = connections.new()
        gate.enter(connection, address)
        return gate.promote(connection)

    assert [associate("192.0.2.1") for _ in range(ASSOCIATIONS_PER_ADDRESS + 1)].count(True) == (
        ASSOCIATIONS_PER_ADDRESS
    )
    others = [associate(f"192.0.2.{2 + number}") for number in range(ASSOCIATIONS_IN_ALL)]
    assert others.count(True) == ASSOCIATIONS_IN_ALL - ASSOCIATIONS_PER_ADDRESS


def test_a_connection_that_has_left_gives_its_place_back(connections: Connections) -> None:
    gate = ConnectionGate()
    held = []
    for _ in range(ASSOCIATIONS_PER_ADDRESS):
        held.append(connections.new())
        gate.enter(held[-1], "192.0.2.1")
        gate.promote(held[-1])
    gate.leave(held[0])

    late = connections.new()
    gate.enter(late, "192.0.2.1")

    assert gate.promote(late)


def test_connections_whose_threads_linger_are_bounded(connections: Connections) -> None:
    gate = ConnectionGate()

    taken = [gate.enter(connections.new(), "192.0.2.1") for _ in range(CONNECTIONS_IN_ALL + 1)]

    assert taken.count(True) == CONNECTIONS_IN_ALL
