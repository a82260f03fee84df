"""DCMTK and dicom3tools find nothing wrong in what is made of annotations, and show it as we do."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from accounts.models import Facility
from archive.models import Instance
from archive.selectors import open_blob
from dicomkit.pixels.voi_lut import VOIWindow, apply_voi, to_grey
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.annotation_samples import STUDY, put
from tests.viewer.evidence_samples import CT, draw, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def marked(north: Facility, reader: Client) -> Dataset:
    """A CT image of 64 by 64 with a drawing of every kind, and a mark as key image."""
    dataset = image(**CT, rows=64, columns=64, WindowCenter="40", WindowWidth="400")
    store(dataset, facility=north)
    draw(reader)
    put(reader, "2.25.20", kind="arrow", points=[[4, 4], [90, 4]], text="Läsion\nhere")
    put(reader, "2.25.21", kind="text", points=[[3, 3]], text="text")
    put(reader, "2.25.22", kind="spine_label", points=[[8.5, 9]], text="L3")
    reader.put(f"{STUDY}key-images/{dataset.SOPInstanceUID}/1")
    return dataset


def files(reader: Client, folder: Path, *modalities: str) -> list[Path]:
    """Have everything stored, and return copies of the files of some modalities."""
    paths = []
    for number, one in enumerate(saved(reader)):
        if one["modality"] in modalities:
            sha256 = Instance.objects.get(sop_instance_uid=one["sop_instance_uid"]).blob.sha256
            paths.append(folder / f"{number}.dcm")
            with open_blob(sha256) as file:
                paths[-1].write_bytes(file.read())
    assert paths
    return paths


def judged(*command: str) -> str:
    """Return everything that a judge says."""
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return ran.stdout + ran.stderr


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="DCMTK is not installed")
def test_dcmtk_reads_the_report_and_the_selection(marked: Dataset, reader: Client, tmp_path: Path) -> None:
    for path in files(reader, tmp_path, "SR", "KO"):
        said = judged("dsrdump", "-v", str(path))

        # It says that it looks neither at the characters of UTF-8 nor at the rules of templates.
        lines = [one for one in said.splitlines() if "not support" not in one and "not yet" not in one]
        assert [one for one in lines if one.startswith(("W:", "E:", "F:"))] == []
        assert "Imaging Measurement Report" in said or "Of Interest" in said


@pytest.mark.skipif(shutil.which("dcmpschk") is None, reason="DCMTK is not installed")
def test_dcmtk_finds_nothing_wrong_in_the_state(marked: Dataset, reader: Client, tmp_path: Path) -> None:
    (path,) = files(reader, tmp_path, "PR")

    said = judged("dcmpschk", "-v", str(path))

    assert "Semantic Check of Presentation State Object" in said
    assert "Test passed." in said and "E:" not in said


@pytest.mark.skipif(shutil.which("dcmp2pgm") is None, reason="DCMTK is not installed")
def test_dcmtk_shows_the_image_under_the_state_as_we_do(
    marked: Dataset, reader: Client, tmp_path: Path
) -> None:
    (path,) = files(reader, tmp_path, "PR")
    marked.save_as(tmp_path / "image.dcm", enforce_file_format=True)

    said = judged("dcmp2pgm", "-v", "-p", str(path), str(tmp_path / "image.dcm"), str(tmp_path / "shown.pgm"))

    ours = to_grey(apply_voi(marked.pixel_array.astype(float) - 1024, VOIWindow(40, 400)))
    assert np.abs(pgm(tmp_path / "shown.pgm").astype(int) - ours).max() <= 1
    assert "coordinates: 1\\2, 4\\6," in said
    assert "coordinates: 2\\8, 14\\8, 8\\4, 8\\12," in said
    # The arrow's tail lies outside of the image.
    assert "coordinates: 64\\4, 4\\4," in said


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools are not installed")
def test_dicom3tools_find_no_error_in_anything(marked: Dataset, reader: Client, tmp_path: Path) -> None:
    for path in files(reader, tmp_path, "SR", "KO", "PR"):
        ran = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)

        assert [one for one in ran.stderr.splitlines() if one.startswith("Error")] == []


def pgm(path: Path) -> NDArray[np.uint8]:
    """Return the greys of a picture."""
    picture = path.read_bytes()
    kind, columns, rows, most, *_ = picture.split(maxsplit=4)
    assert (kind, most) == (b"P5", b"255")
    return np.frombuffer(picture, np.uint8)[-int(rows) * int(columns) :].reshape(int(rows), int(columns))
