"""What a rendered picture costs one core, cold, beside Orthanc in the same run.

Needs Orthanc with its DICOMweb and GDCM plug-ins, as distributions of Linux package them. Its figures are the CPU time
of its process for each answer, so that its web server counts as well; ours are those of a render process, from opening
the file to the encoded tiles, and the way of a tile through web server, queue and cache is in `tiles_http.py`.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacs_site.settings")

import imagecodecs
import numpy as np
from PIL import Image
from pydicom import dcmread  # noqa: TID251 - files of our own and of pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, generate_uid

from dicomkit.synth import StudyAttributes, ct_chest_series, dx_chest_pair, mammogram_four_view
from dicomkit.tiles import tile_grid
from viewer.tiles import render
from viewer.tiles.request import TileRequest

ROUNDS = 3
PICTURES = 5
PORT = 18042
PLUGINS = "/usr/share/orthanc/plugins"


def main() -> None:
    """Render each kind of image by both and print the medians."""
    if shutil.which("Orthanc") is None:
        sys.exit("Orthanc is not installed.")
    print(f"{'CPU ms a picture':<34}{'Orthanc':>10}{'Orthanc':>10}{'whole':>9}{'first':>9}{'next':>9}")
    print(f"{'':<34}{'rendered':>10}{'preview':>10}{'':>9}{'tile':>9}{'tile':>9}")
    with orthanc() as process:
        for name, content in files().items():
            theirs = [
                _orthanc_ms(process, content, what) for what in ("frames/0/rendered", "frames/0/preview")
            ]
            ours = _our_ms(content)
            print(
                f"{name:<34}"
                + "".join(f"{value:>10.1f}" for value in theirs)
                + "".join(f"{one:>9.2f}" for one in ours)
            )


def files() -> dict[str, bytes]:
    """Return a file of each kind."""
    ct = list(ct_chest_series(StudyAttributes(), slices=9))[4]
    ultrasound = get_testdata_file("examples_ybr_color.dcm", download=False)
    return {
        "CT 512 x 512": _file(ct),
        "CT, JPEG 2000": _file(_compressed(ct, JPEG2000Lossless)),
        "CT, JPEG-LS": _file(_compressed(ct, JPEGLSLossless)),
        "DX 2500 x 2048": _file(dx_chest_pair(StudyAttributes())[0]),
        "mammogram 3328 x 2560": _file(mammogram_four_view(StudyAttributes())[0]),
        "ultrasound, one of 30 frames": Path(str(ultrasound)).read_bytes(),
    }


def _file(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _compressed(original: Dataset, syntax: str) -> Dataset:
    dataset = deepcopy(original)
    pixels = np.frombuffer(original.PixelData, np.int16).reshape(original.Rows, original.Columns)
    # Without a sign and in 12 bits, which every decoder knows.
    unsigned = np.clip(pixels.astype(np.int32) + 2048, 0, 4095).astype(np.uint16)
    if syntax == JPEG2000Lossless:
        code = imagecodecs.jpeg2k_encode(unsigned, level=0, reversible=True, codecformat="j2k")
    else:
        code = imagecodecs.jpegls_encode(unsigned)
    dataset.PixelRepresentation, dataset.BitsStored, dataset.HighBit = 0, 12, 11
    dataset.RescaleIntercept = str(float(original.RescaleIntercept) - 2048)
    for keyword in ("PixelPaddingValue", "SmallestImagePixelValue", "LargestImagePixelValue"):
        if keyword in dataset:
            delattr(dataset, keyword)
    dataset.PixelData = encapsulate([code])
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    dataset.SOPInstanceUID = f"{original.SOPInstanceUID}.{syntax[-2:]}"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = syntax
    return dataset


def _our_ms(content: bytes) -> tuple[float, float, float]:
    """Return CPU ms of a whole frame at full resolution, of its first tile alone, and of a tile after that."""
    whole, first, following = [], [], []
    for round_number in range(ROUNDS):
        render._memory = render.FrameMemory(2**29)
        request = TileRequest(f"{round_number:064x}", 1, 0, 0, 0)
        start = time.process_time()
        assert not render.render_tile(io.BytesIO(content), request).problem
        first.append(time.process_time() - start)
        frame = render._memory.get(request.sha256, 1)
        assert frame is not None
        rows, columns = tile_grid(frame.rows, frame.columns, level=0)
        places = [(column, row) for row in range(rows) for column in range(columns)][1:]
        start = time.process_time()
        for column, row in places:
            render.render_tile(io.BytesIO(content), replace(request, column=column, row=row))
        others = time.process_time() - start
        whole.append(first[-1] + others)
        following.append(others / len(places) if places else 0.0)
    return tuple(1000 * median(values) for values in (whole, first, following))  # type: ignore[return-value]


def _orthanc_ms(process: "subprocess.Popen[bytes]", content: bytes, what: str) -> float:
    """Return CPU ms of Orthanc's process for each picture of a file that it has not decoded before."""
    spent = []
    for _ in range(ROUNDS):
        # An instance is asked for once: Orthanc keeps the last files that it decoded.
        instances = [_uploaded(copy) for copy in _copies(content)]
        before = _cpu_seconds(process.pid)
        # Several at a time: the kernel counts CPU time in hundredths of a second.
        for instance in instances:
            asked = urllib.request.Request(
                f"http://127.0.0.1:{PORT}/instances/{instance}/{what}", headers={"Accept": "image/png"}
            )
            with urllib.request.urlopen(asked) as answer:
                # A picture and no sign that says that there is none.
                assert len(np.unique(np.asarray(Image.open(io.BytesIO(answer.read()))))) > 50
        spent.append((_cpu_seconds(process.pid) - before) / PICTURES)
    return 1000 * median(spent)


def _copies(content: bytes) -> Iterator[bytes]:
    """Yield the file under UIDs of its own, so that it is none that has been seen."""
    dataset = dcmread(io.BytesIO(content))
    for _ in range(PICTURES):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        yield _file(dataset)


def _uploaded(content: bytes) -> str:
    """Return Orthanc's name of an instance that it has stored."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/instances", content, {"Content-Type": "application/dicom"}
    )
    with urllib.request.urlopen(request) as answer:
        name: str = json.load(answer)["ID"]
    return name


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def orthanc() -> Iterator["subprocess.Popen[bytes]"]:
    """Run Orthanc on a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="orthanc-") as folder:
        settings = {
            "StorageDirectory": folder,
            "HttpPort": PORT,
            "DicomServerEnabled": False,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "Plugins": [PLUGINS],
        }
        configuration = Path(folder, "orthanc.json")
        configuration.write_text(json.dumps(settings))
        with subprocess.Popen(
            ["Orthanc", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                _wait_until_it_answers()
                yield process
            finally:
                process.terminate()


def _wait_until_it_answers() -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/system").close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("Orthanc did not start.")


if __name__ == "__main__":
    main()
