"""C-STORE rate of the receiver over loopback, beside what the disk can durably write in the same run.

    .venv/bin/python benchmarks/c_store_rate.py [instances per sender]

Starts an installation of its own in a temporary folder of the working folder's disk, sends CT images of 512 by 512
pixels with one and with four associations from processes of their own, and prints a table. The durable rate counts what one
instance costs at least: one file of the same size written, flushed and renamed, its folder flushed, and one commit of
a database that flushes.
"""

import multiprocessing
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, build_context

from dicomkit.synth.modules import StudyAttributes
from tests.dimse.scu import ct_slice

ROOT = Path(__file__).resolve().parents[1]
FACILITY = (
    "from accounts.services.facilities import create_facility; from audit.actors import Actor; "
    "create_facility(code='NORTH', name='North', actor=Actor.system('benchmark'))"
)


def durable_rate(folder: Path, count: int = 60) -> float:
    """Return how many instances a second the disk can take: file, folder and commit, each flushed."""
    content = os.urandom(525_000)
    database = sqlite3.connect(folder / "rate.sqlite3", isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)"
    )
    start = time.perf_counter()
    for number in range(count):
        target = folder / "durable" / f"{number % 16:x}"
        target.mkdir(parents=True, exist_ok=True)
        staged = folder / "staged"
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(target / str(number))
        descriptor = os.open(target, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        database.execute("INSERT INTO rows VALUES (?, ?)", (number, "x" * 2000))
    seconds = time.perf_counter() - start
    database.close()
    shutil.rmtree(folder / "durable")
    return count / seconds


def send(port: int, count: int, seconds: "multiprocessing.Queue[float]") -> None:
    """Send a study of so many images over one association, and report how long that took."""
    study = StudyAttributes()
    images = [ct_slice(instance_number=number, study=study, side=512) for number in range(1, count + 1)]
    opened = AE("BENCH").associate(
        "127.0.0.1", port, [build_context(CTImageStorage, ExplicitVRLittleEndian)], ae_title="READINGROOM"
    )
    start = time.perf_counter()
    for image in images:
        assert opened.send_c_store(image).Status == 0x0000
    seconds.put(time.perf_counter() - start)
    opened.release()


def measure(port: int, senders: int, count: int) -> float:
    """Return instances a second with so many associations at once."""
    seconds: multiprocessing.Queue[float] = multiprocessing.Queue()
    running = [multiprocessing.Process(target=send, args=(port, count, seconds)) for _ in range(senders)]
    for one in running:
        one.start()
    slowest = max(seconds.get() for _ in running)
    for one in running:
        one.join()
    return senders * count / slowest


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run a management command."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(dir=ROOT / "var") as folder:
        environment = {
            **os.environ,
            "PACS_DATA_DIR": folder,
            "PACS_DATABASE_URL": "",
            "PACS_DICOM_PORT": str(port),
            "PACS_LOG_LEVEL": "ERROR",
        }
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "shell", "--verbosity", "0", "--command", FACILITY)
        manage(
            environment, "add_peer", "BENCH", "127.0.0.1", "104", "--rights", "store", "--facility", "NORTH"
        )
        receiver = subprocess.Popen(
            [sys.executable, "manage.py", "run_scp"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        )
        assert receiver.stdout and b"receives" in receiver.stdout.readline()
        try:
            print("| associations | instances/s | durable writes/s before, after | share |")
            print("| --- | --- | --- | --- |")
            for senders in (1, 4):
                before = durable_rate(Path(folder))
                (Path(folder) / "rate.sqlite3").unlink()
                rate = measure(port, senders, count)
                after = durable_rate(Path(folder))
                (Path(folder) / "rate.sqlite3").unlink()
                share = rate / ((before + after) / 2)
                print(f"| {senders} | {rate:.1f} | {before:.1f}, {after:.1f} | {share:.0%} |")
        finally:
            receiver.terminate()
            receiver.wait()


if __name__ == "__main__":
    main()
