"""A tile through HTTP from a running system: warm from the cache, and cold through a worker.

How many warm tiles are answered in a second is measured with wrk, where it is installed: a client in Python would cost
as much as the server.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
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
        for query in ("", "?depth=16"):
            print(f"warm tiles{query} a second, 8 connections: {_throughput(session, system, images, query)}")
        print(f"most memory of a process, MB: {_most_memory_mb(system)}")


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


def _throughput(
    session: HTTPSession, system: RunningSystem, images: list[dict[str, object]], query: str
) -> str:
    """Ask for all tiles of the stack in turn."""
    if shutil.which("wrk") is None:
        return "not measured, wrk is not installed"
    paths = [
        f"/viewer/tiles/{one['sop_instance_uid']}/{one['frame_number']}/0/0/0.png{query}" for one in images
    ]
    for path in paths:
        while session.get(path)[0] == 202:
            pass
    lines = [
        f"local paths = {{{','.join(json.dumps(path) for path in paths)}}}",
        "local number = 0",
        "request = function() number = number % #paths + 1 return wrk.format('GET', paths[number]) end",
        f"wrk.headers['Cookie'] = {json.dumps(session.cookie_header())}",
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write("\n".join(lines))
        script.flush()
        command = ["wrk", "-t1", "-c8", "-d10s", "-s", script.name, system.url]
        printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert "Non-2xx" not in printed, printed
    found = re.search(r"Requests/sec:\s*([0-9.]+)", printed)
    assert found, printed
    return f"{float(found[1]):.0f}"


def _most_memory_mb(system: RunningSystem) -> dict[str, int]:
    """Return the largest resident size that any process of each service has had (Linux only)."""
    return {
        name: max(map(_peak_mb, _with_children(pids))) for name, pids in system.services().items() if pids
    }


def _with_children(pids: list[int]) -> list[int]:
    found = list(pids)
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"VmHWM:\s*([0-9]+) kB", status)
    return int(peak[1]) // 1024 if peak else 0


if __name__ == "__main__":
    main()
