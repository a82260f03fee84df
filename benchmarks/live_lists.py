"""From a change of a study to its row in each of many open lists, in a running system."""

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.timing import percentile
from tests.running_system import HTTPSession, running_system

READER = "radiologist.north"


class OpenList:
    """What a browser does for an open list: it follows the events, and asks for the row of each study named."""

    def __init__(self, port: int, cookie: str) -> None:
        self._headers = {"Cookie": cookie, "X-Background": "1", "Accept": "text/html"}
        self._events = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._port = port
        self._events.request("GET", "/notices/", headers={**self._headers, "Accept": "text/event-stream"})
        self._stream = self._events.getresponse()
        assert self._stream.status == 200, self._stream.status
        self.shown_at: list[float] = []
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        for line in self._stream:
            if line.startswith(b"data: ") and b"study_instance_uid" in line:
                uid = json.loads(line.removeprefix(b"data: "))["study_instance_uid"]
                # The server closes what has been idle for long; a connection of its own is the dearer case.
                rows = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
                rows.request("GET", f"/worklist/rows/{uid}/?list=unread", headers=self._headers)
                assert b"data-order" in rows.getresponse().read()
                rows.close()
                self.shown_at.append(time.perf_counter())


def main() -> None:
    """Start the system, open the lists, change a study now and then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lists", type=int, default=200)
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    with running_system() as system:
        session = HTTPSession(system, READER)
        _, page = session.get("/worklist/?list=all")
        uid = page.split(b'data-study-instance-uid="')[1].split(b'"')[0].decode()
        lists = [OpenList(system.http_port, session.cookie_header()) for _ in range(options.lists)]
        # The demo's studies are being taken in while the system is young.
        time.sleep(30)
        session = HTTPSession(system, READER)
        delays: list[float] = []
        for change in range(options.changes):
            seen = [len(one.shown_at) for one in lists]
            start = time.perf_counter()
            status, _ = session.post_json(
                f"/worklist/studies/{uid}/reading/priority/", {"priority": 1 + change % 4}
            )
            assert status == 200, status
            delays += [_first_after(one, count) - start for one, count in zip(lists, seen, strict=True)]
            time.sleep(3)
    print(
        f"{options.lists} open lists, {options.changes} changes, from the press of the button to the row, ms"
    )
    print(f"p50 {statistics.median(delays) * 1000:.0f}  p95 {percentile(delays, 0.95) * 1000:.0f}")
    print(f"longest {max(delays) * 1000:.0f}")


def _first_after(one: OpenList, count: int) -> float:
    """Return when a list showed its next row; half a minute is never."""
    until = time.perf_counter() + 30
    while len(one.shown_at) <= count and time.perf_counter() < until:
        time.sleep(0.01)
    return one.shown_at[count] if len(one.shown_at) > count else until


if __name__ == "__main__":
    main()
