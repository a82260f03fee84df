"""Peers that send what no decent one would: the receiver stays there for the others, and nothing leaves its store."""

import os
import resource
import socket
import struct
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from archive.models import Instance
from audit.models import AuditEvent
from dimse.guarded_reading import PDU_LIMIT_BYTES
from dimse.models import ApplicationEntity
from dimse.scp import Receiver
from tests.dimse.scu import ct_slice, echo, store
from tests.dimse.wire import Peer, associate_request, command, instance, p_data, store_command


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def seconds_until_echo(port: int, *, limit: float) -> float:
    start = time.monotonic()
    while echo(port) != 0x0000:
        assert time.monotonic() - start < limit
        time.sleep(0.1)
    return time.monotonic() - start


@pytest.mark.parametrize(
    "sent",
    [b"", b"\x01\x00\x00", b"\x01\x00\x00\x00\x10\x00", associate_request("CT1")[:-1]],
    ids=["nothing", "half a header", "a header", "all but a byte"],
)
def test_two_hundred_connections_that_say_nothing_do_not_keep_others_out(
    receiver: Receiver, modality: ApplicationEntity, sent: bytes
) -> None:
    before = threading.active_count()
    idle = [socket.create_connection(("127.0.0.1", receiver.port)) for _ in range(200)]
    try:
        for one in idle:
            try:
                one.sendall(sent)
            except OSError:
                continue

        assert seconds_until_echo(receiver.port, limit=15) < 15
    finally:
        for one in idle:
            one.close()
    end = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.1)
    assert threading.active_count() <= before


def test_a_pdu_of_four_gibibytes_is_cut_off_at_once(receiver: Receiver, modality: ApplicationEntity) -> None:
    memory = resident_bytes()
    sent = 0
    with Peer(receiver.port) as peer:
        try:
            peer.send(struct.pack(">BxI", 4, 2**32 - 1))
            for _ in range(1024):
                peer.send(bytes(65536))
                sent += 65536
        except OSError:
            pass

    assert sent < 8 * 2**20
    assert resident_bytes() - memory < 32 * 2**20
    assert seconds_until_echo(receiver.port, limit=2) < 2
    receiver.stop()
    assert "longer than the limit" in AuditEvent.objects.get(event_type="node_refused").details["reason"]


def test_a_long_pdu_of_an_admitted_peer_ends_its_association(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    with Peer(receiver.port) as peer:
        peer.associate()
        peer.send(struct.pack(">BxI", 4, PDU_LIMIT_BYTES + 1))

        assert peer.read_pdu()[0] in (0, 7)


@pytest.mark.parametrize(
    "pdu",
    [
        p_data((3, b"")),
        p_data((3, b"\xff" * 40)),
        p_data((3, command({0x0100: struct.pack("<H", 0x7777), 0x0800: struct.pack("<H", 0x0101)}))),
        p_data((3, store_command(b"9" * 5000))),
        p_data((1, bytes(100_000))),
        struct.pack(">BxIIBB", 4, 6, 1, 1, 3),
        struct.pack(">BxIIB", 4, 5, 2**31, 1),
        b"\x09\x00\x00\x00\x00\x04abcd",
        b"GET / HTTP/1.1\r\n\r\n",
        associate_request("CT1"),
    ],
    ids=[
        "empty command", "noise", "unknown command", "long uid", "long command", "no value", "false length",
        "unknown pdu", "http", "second request",
    ],
)  # fmt: skip
def test_a_malformed_message_ends_that_association_only(
    receiver: Receiver, modality: ApplicationEntity, pdu: bytes
) -> None:
    with Peer(receiver.port, timeout=25) as peer:
        peer.associate()
        peer.send(pdu)
        if pdu == p_data((3, store_command(b"9" * 5000))):
            peer.send(p_data((2, instance())))

        assert peer.read_pdu()[0] in (0, 7)

    assert echo(receiver.port) == 0x0000


@pytest.mark.parametrize(
    "uid",
    [
        b"../../../escaped",
        b"/tmp/escaped-dimse",
        b"..\\..\\escaped",
        b"1.2\0/../x",
        b"1.2.3/4",
        b"",
        b"1.2\r\n3",
    ],
    ids=["relative", "absolute", "backslash", "nul", "slash", "empty", "line break"],
)
@pytest.mark.parametrize("where", ["sop", "study", "series"])
def test_no_identifier_becomes_a_path(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path, uid: bytes, where: str
) -> None:
    before = {path for path in data_dir.parent.rglob("*") if path.is_file()}
    with Peer(receiver.port) as peer:
        peer.associate()
        named = uid if where == "sop" else b"1.2.3.4"
        status = peer.store(instance(**{where: uid}), sop_instance_uid=named)

    assert status == -1 or status & 0xF000 in (0xA000, 0xC000)
    assert not Instance.objects.exists()
    assert {path for path in data_dir.parent.rglob("*") if path.is_file()} == before
    assert not Path("/tmp/escaped-dimse").exists()


@pytest.mark.parametrize("length", [65, 5000])
def test_a_uid_that_is_too_long_is_not_stored(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path, length: int
) -> None:
    with Peer(receiver.port) as peer:
        peer.associate()

        assert peer.store(instance(study=b"1" * length)) == 0xC000

    assert not Instance.objects.exists()


def test_a_patient_id_made_of_path_parts_stays_a_value(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path
) -> None:
    with Peer(receiver.port) as peer:
        peer.associate()

        assert peer.store(instance(patient_id=b"../../etc/passwd")) == 0x0000

    names = {path.name for path in (data_dir / "blobs").rglob("*") if path.is_file()}
    assert names == {Instance.objects.get().blob.sha256}


def test_a_data_set_that_is_cut_off_leaves_nothing(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path
) -> None:
    with Peer(receiver.port) as peer:
        peer.associate()
        peer.send(p_data((3, store_command(b"1.2.3.4"))))
        for _ in range(20):
            peer.send(p_data((0, bytes(100_000))))
    receiver.stop()

    assert not Instance.objects.exists()
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []


def test_a_peer_that_does_not_wait_for_answers_is_held_back_by_the_network(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    memory = resident_bytes()
    message = p_data((3, store_command(b"1.2.3.4"))) + p_data((2, instance() + bytes(200_000)))
    end = time.monotonic() + 3
    with Peer(receiver.port) as peer:
        peer.associate()
        while time.monotonic() < end:
            peer.send(message)

    # Read as fast as they come, they would be several hundred megabytes.
    assert resident_bytes() - memory < 32 * 2**20


def test_ten_thousand_bytes_of_noise_are_no_trouble(receiver: Receiver, modality: ApplicationEntity) -> None:
    for _ in range(30):
        with Peer(receiver.port) as peer:
            try:
                peer.send(os.urandom(10_000))
                peer.read_pdu()
            except OSError:
                continue

    assert store(receiver.port, ct_slice()) == [0x0000]


def test_idle_associations_cost_next_to_nothing(receiver: Receiver, modality: ApplicationEntity) -> None:
    with ExitStack() as opened:
        for _ in range(16):
            opened.enter_context(Peer(receiver.port)).associate()
        time.sleep(0.5)
        start = time.process_time()
        time.sleep(2)

        # pynetdicom's own loops take more than one second of these two.
        assert time.process_time() - start < 0.5
