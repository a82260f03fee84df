"""DCMTK's tools as peers: what most modalities are built on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from archive.models import Instance
from dicomkit.synth.modules import StudyAttributes
from dimse.models import ApplicationEntity
from dimse.scp import Receiver
from tests.dimse.scu import ct_slice

pytestmark = pytest.mark.skipif(
    not shutil.which("storescu") or not shutil.which("echoscu"),
    reason="DCMTK's storescu and echoscu are not installed (Debian: dcmtk)",
)

# Without it Debian's DCMTK waits for our acknowledgement of every small packet.
ENVIRONMENT = {**os.environ, "TCP_NODELAY": "1"}


def run(
    program: str, receiver: Receiver, *arguments: str, title: str = "CT1"
) -> subprocess.CompletedProcess[str]:
    command = [
        program,
        "-v",
        "-aet",
        title,
        "-aec",
        "READINGROOM",
        "127.0.0.1",
        str(receiver.port),
        *arguments,
    ]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)


def files(folder: Path, count: int) -> list[str]:
    study = StudyAttributes()
    names = []
    for number in range(1, count + 1):
        path = folder / f"{study.study_instance_uid[-12:]}-{number}.dcm"
        ct_slice(instance_number=number, study=study).save_as(path, enforce_file_format=True)
        names.append(str(path))
    return names


def test_echoscu_gets_an_answer(receiver: Receiver, modality: ApplicationEntity) -> None:
    assert run("echoscu", receiver).returncode == 0


def test_echoscu_under_an_unknown_title_is_told_why(receiver: Receiver, modality: ApplicationEntity) -> None:
    answer = run("echoscu", receiver, title="NOBODY")

    assert answer.returncode != 0
    assert "Calling AE Title Not Recognized" in answer.stderr + answer.stdout


def test_storescu_stores_and_repeats(receiver: Receiver, modality: ApplicationEntity, tmp_path: Path) -> None:
    names = files(tmp_path, 3)

    for _ in range(2):
        answer = run("storescu", receiver, *names)
        assert (answer.stdout + answer.stderr).count("Received Store Response (Success)") == 3

    assert Instance.objects.count() == 3


def test_eight_storescu_at_once_all_succeed(
    receiver: Receiver, modality: ApplicationEntity, tmp_path: Path
) -> None:
    command = ["storescu", "-aet", "CT1", "-aec", "READINGROOM", "127.0.0.1", str(receiver.port)]
    running = [subprocess.Popen([*command, *files(tmp_path, 5)], env=ENVIRONMENT) for _ in range(8)]

    assert [one.wait(timeout=120) for one in running] == [0] * 8
    assert Instance.objects.count() == 40


def test_storescu_with_compressed_images_is_not_asked_to_unpack_them(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    name = get_testdata_file("JPEG-LL.dcm")
    answer = run("storescu", receiver, "-xs", str(name))

    assert answer.returncode == 0
    assert Instance.objects.get().transfer_syntax_uid == "1.2.840.10008.1.2.4.70"
