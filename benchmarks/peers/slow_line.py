"""A line of a given bit rate and round trip between a browser and a server: a TCP relay in a process of its own.

Chromium's own throttling counts neither handshakes nor what workers fetch, and delays answers and not packets. This relay
shares one bit rate among all connections, delays each direction by half a round trip, and a new connection by a whole
one. It loses no packet, and TCP's slow start does not happen on it: both make real lines slower.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_CHUNK_BYTES = 16 * 1024


@dataclass(frozen=True)
class Line:
    """What a line is like."""

    megabits: float
    round_trip_ms: float

    def __str__(self) -> str:
        return f"{self.megabits:g} Mbit/s, {self.round_trip_ms:g} ms"


@dataclass
class _Direction:
    """One direction of the line; the sender of a chunk waits until the chunks before it are through."""

    bytes_per_second: float
    delay_seconds: float
    _free_at: float = field(default=0.0)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.ensure_future(self._deliver(on_the_way, writer))
        try:
            while chunk := await reader.read(_CHUNK_BYTES):
                self._free_at = max(self._free_at, loop.time()) + len(chunk) / self.bytes_per_second
                through_at = self._free_at
                on_the_way.put_nowait((through_at + self.delay_seconds, chunk))
                await asyncio.sleep(through_at - loop.time())
        except ConnectionError:
            pass
        on_the_way.put_nowait((loop.time() + self.delay_seconds, b""))
        await delivery

    @staticmethod
    async def _deliver(
        on_the_way: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                due_at, chunk = await on_the_way.get()
                await asyncio.sleep(due_at - loop.time())
                if not chunk:
                    break
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()


@contextmanager
def slow_line(address: str, line: Line) -> Iterator[str]:
    """Relay to a server by such a line, and give the address of the relay."""
    port = address.rpartition(":")[2]
    command = [sys.executable, __file__, port, str(line.megabits), str(line.round_trip_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def _relay(port: int, line: Line) -> None:
    bytes_per_second, delay_seconds = line.megabits * 1e6 / 8, line.round_trip_ms / 2000
    up = _Direction(bytes_per_second, delay_seconds)
    down = _Direction(bytes_per_second, delay_seconds)

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * delay_seconds)
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(up.carry(reader, server_writer), down.carry(server_reader, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_relay(int(sys.argv[1]), Line(float(sys.argv[2]), float(sys.argv[3]))))
