"""A peer at the level of bytes, for what no decent library would send.

References
----------
PS3.8 9.3 (PDUs), PS3.7 E (command dictionary)
"""

import socket
import struct

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
IMPLICIT = "1.2.840.10008.1.2"
CT = "1.2.840.10008.5.1.4.1.1.2"


def associate_request(calling: str, *, called: str = "READINGROOM", abstract: str = CT) -> bytes:
    """Return an A-ASSOCIATE-RQ PDU that proposes one context with Implicit VR Little Endian."""
    context = b"\1\0\0\0" + _item(0x30, abstract.encode()) + _item(0x40, IMPLICIT.encode())
    user = _item(0x51, struct.pack(">I", 16384)) + _item(0x52, b"1.2.3")
    items = _item(0x10, APPLICATION_CONTEXT.encode()) + _item(0x20, context) + _item(0x50, user)
    titles = called.ljust(16).encode() + calling.ljust(16).encode()
    return _pdu(1, struct.pack(">HH", 1, 0) + titles + b"\0" * 32 + items)


def p_data(*fragments: tuple[int, bytes], context_id: int = 1) -> bytes:
    """Return a P-DATA-TF PDU of fragments, each with its message control header (1 command, 2 last)."""
    values = b"".join(
        struct.pack(">IBB", len(data) + 2, context_id, control) + data for control, data in fragments
    )
    return _pdu(4, values)


def store_command(sop_instance_uid: bytes, *, sop_class_uid: bytes = CT.encode()) -> bytes:
    """Return the command set of a C-STORE-RQ."""
    return command(
        {
            0x0002: sop_class_uid,
            0x0100: struct.pack("<H", 0x0001),
            0x0110: struct.pack("<H", 1),
            0x0700: struct.pack("<H", 0),
            0x0800: struct.pack("<H", 0x0102),
            0x1000: sop_instance_uid,
        }
    )


def command(elements: dict[int, bytes]) -> bytes:
    """Return a command set, which is always Implicit VR Little Endian."""
    body = b"".join(element(0x0000, number, value) for number, value in sorted(elements.items()))
    return element(0x0000, 0x0000, struct.pack("<I", len(body))) + body


def element(group: int, number: int, value: bytes) -> bytes:
    """Return one element in Implicit VR Little Endian."""
    value += b"\0" * (len(value) % 2)
    return struct.pack("<HHI", group, number, len(value)) + value


def instance(
    *,
    sop: bytes = b"1.2.3.4",
    study: bytes = b"1.2.3.1",
    series: bytes = b"1.2.3.2",
    patient_id: bytes = b"P1",
) -> bytes:
    """Return a data set in Implicit VR Little Endian with just its identifiers."""
    return (
        element(0x0008, 0x0016, CT.encode())
        + element(0x0008, 0x0018, sop)
        + element(0x0008, 0x0050, b"../../accession")
        + element(0x0010, 0x0020, patient_id)
        + element(0x0020, 0x000D, study)
        + element(0x0020, 0x000E, series)
    )


class Peer:
    """A connection that sends what it is told to and reads PDUs back."""

    def __init__(self, port: int, *, timeout: float = 20) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def read_pdu(self) -> tuple[int, bytes]:
        """Return the type and body of the next PDU; type 0 where the other side has closed."""
        header = self._read(6)
        if len(header) < 6:
            return 0, b""
        kind, length = struct.unpack(">BxI", header)
        return kind, self._read(length)

    def associate(self, calling: str = "CT1") -> None:
        """Open an association."""
        self.send(associate_request(calling))
        assert self.read_pdu()[0] == 2

    def store(self, data_set: bytes, *, sop_instance_uid: bytes = b"1.2.3.4") -> int:
        """Send a C-STORE; return its status, or -1 where the association ended instead."""
        self.send(p_data((3, store_command(sop_instance_uid))) + p_data((2, data_set)))
        kind, body = self.read_pdu()
        return _status_of(body) if kind == 4 else -1

    def _read(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            try:
                part = self.socket.recv(count - len(received))
            except ConnectionResetError:
                break
            if not part:
                break
            received += part
        return received


def _status_of(body: bytes) -> int:
    position = 6
    while position < len(body):
        group, number, length = struct.unpack_from("<HHI", body, position)
        if (group, number) == (0x0000, 0x0900):
            return int(struct.unpack_from("<H", body, position + 8)[0])
        position += 8 + length
    raise AssertionError("The response has no status.")


def _item(kind: int, value: bytes) -> bytes:
    return struct.pack(">BxH", kind, len(value)) + value


def _pdu(kind: int, body: bytes) -> bytes:
    return struct.pack(">BxI", kind, len(body)) + body
