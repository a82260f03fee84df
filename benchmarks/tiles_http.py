"""A tile through HTTP from a running system: warm from the cache, unchanged by entity tag, and cold through a worker."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.timing import print_table, times_ms
from tests.running_system import HTTPSession, RunningSystem, running_system

READER = "radiologist.north"


def main() -> None:
    """Start the system, find its longest stack, time tiles."""
    with running_system() as system:
        session = HTTPSession(system, READER)
        images = _longest_stack(session)
        time.sleep(5)
        warm = f"/viewer/tiles/{images[0]['sop_instance_uid']}/1/0/0/0.png"
        rows = [
            ("login page", times_ms(lambda: session.get("/accounts/login/"), rounds=200)),
            ("tile, 8 bit, warm", times_ms(lambda: _tile(session, warm), rounds=500)),
            ("tile, 16 bit, warm", times_ms(lambda: _tile(session, f"{warm}?depth=16"), rounds=500)),
            ("tile, 8 bit, cold, through a worker", _cold(session, images)),
        ]
        print_table(rows)
        print(f"warm tiles a second, 8 connections: {_throughput(system, warm):.0f}")


def _longest_stack(session: HTTPSession) -> list[dict[str, object]]:
    _, page = session.get("/worklist/")
    uids = {part.split(b'"')[0].decode() for part in page.split(b'data-study-instance-uid="')[1:]}
    stacks = []
    for uid in uids:
        _, body = session.get(f"/viewer/studies/{uid}/manifest.json")
        stacks += [series["images"] for series in json.loads(body)["series"]]
    return max(stacks, key=len)


def _cold(session: HTTPSession, images: list[dict[str, object]]) -> list[float]:
    """Time tiles in windows that nobody has asked for."""
    durations = []
    for number in range(200):
        image = images[number % len(images)]
        path = f"/viewer/tiles/{image['sop_instance_uid']}/{image['frame_number']}/0/0/0.png?wc=41.5&ww={300 + number}"
        start = time.perf_counter()
        while session.get(path)[0] == 202:
            pass
        durations.append((time.perf_counter() - start) * 1000)
    return durations


def _tile(session: HTTPSession, path: str) -> None:
    status, _ = session.get(path)
    assert status == 200, status


def _throughput(system: RunningSystem, path: str) -> float:
    def fetch(_: int) -> None:
        session = HTTPSession(system, READER)
        for _ in range(200):
            _tile(session, path)

    start = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fetch, range(8)))
    return 8 * 200 / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
