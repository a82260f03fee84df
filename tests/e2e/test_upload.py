"""Bringing in studies through the browser, and seeing them appear."""

import io
import zipfile

import pytest
from pydicom.dataset import Dataset

from dicomkit.synth import StudyAttributes, ramp_dataset
from tests.e2e.conftest import study_row

pytestmark = pytest.mark.browser


def _file(name: str, **attributes: str) -> dict[str, object]:
    return {
        "name": name,
        "mimeType": "application/dicom",
        "buffer": _bytes(ramp_dataset(study=StudyAttributes(**attributes))),
    }


def _bytes(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def test_files_and_archives_are_uploaded_with_an_outcome_for_each(visit):
    page = visit("technologist.north").page
    page.goto("/archive/upload/")
    good = _file("good.dcm", patient_id="UP-1", patient_name="Uploaded^One")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("inside.dcm", _file("x", patient_id="UP-2", patient_name="Uploaded^Two")["buffer"])
        packed.writestr("readme.txt", "not an image")

    page.locator("input[type=file]").first.set_input_files(
        [
            good,
            {"name": "program.dcm", "mimeType": "application/dicom", "buffer": b"MZ" + bytes(300)},
            {"name": "archive.zip", "mimeType": "application/zip", "buffer": archive.getvalue()},
        ]
    )

    page.get_by_text("begins like a Windows program").wait_for()
    page.get_by_text("The file is not DICOM").wait_for()
    page.goto("/worklist/")
    for name in ("Uploaded, One", "Uploaded, Two"):
        study_row(page, name).wait_for()


def test_a_study_that_arrives_appears_in_an_open_list_by_itself(visit, system):
    page = visit("radiologist.north").page
    page.get_by_text("Live", exact=True).wait_for()

    sender = visit("technologist.north").page
    sender.goto("/archive/upload/")
    sender.locator("input[type=file]").first.set_input_files(
        [_file("new.dcm", patient_id="UP-3", patient_name="Arriving^Now", study_date="20301231")]
    )

    study_row(page, "Arriving, Now").wait_for(timeout=10_000)
