"""import_dicom on CT slices, as a share of what the disk writes durably, file by file, in the same run."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dicomkit.synth import StudyAttributes, ct_chest_series  # noqa: E402

SLICES = 400


def main() -> None:
    """Make a folder of slices, write them durably, then import them."""
    folder = Path(tempfile.mkdtemp(prefix="rr-ingest-", dir=os.environ.get("BENCHMARK_DIR")))
    source = folder / "source"
    source.mkdir()
    for number, dataset in enumerate(ct_chest_series(StudyAttributes(), slices=SLICES)):
        dataset.save_as(source / f"{number:04}", enforce_file_format=True)
    files = [path.read_bytes() for path in sorted(source.iterdir())]
    durable = SLICES / _seconds_of_durable_writes(folder / "durable", files)
    environment = {**os.environ, "PACS_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=environment, check=True)
    create = "from accounts.models import Facility; Facility.objects.create(code='B', name='Benchmark')"
    subprocess.run([*manage, "shell", "-v0", "-c", create], env=environment, check=True)
    empty = _seconds_of_import(manage, folder / "empty", environment)
    seconds = _seconds_of_import(manage, source, environment) - empty
    stored = SLICES / seconds
    print(f"{SLICES} slices of {len(files[0]) / 2**20:.2f} MiB")
    print(f"durable writes: {durable:6.0f}/s   import_dicom: {stored:6.0f}/s   share: {stored / durable:.0%}")


def _seconds_of_durable_writes(folder: Path, files: list[bytes]) -> float:
    """Write, flush, rename and flush the folder, as an archive must for each file by itself."""
    folder.mkdir()
    directory = os.open(folder, os.O_RDONLY)
    start = time.perf_counter()
    for number, content in enumerate(files):
        staged = folder / "staged"
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(folder / str(number))
        os.fsync(directory)
    seconds = time.perf_counter() - start
    os.close(directory)
    return seconds


def _seconds_of_import(manage: list[str], folder: Path, environment: dict[str, str]) -> float:
    folder.mkdir(exist_ok=True)
    start = time.perf_counter()
    command = [*manage, "import_dicom", str(folder), "--facility", "B", "--json"]
    outcome = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - start
    counts = json.loads(outcome.stdout)
    assert not counts["rejected"] and not counts["conflict"], counts
    return seconds


if __name__ == "__main__":
    main()
