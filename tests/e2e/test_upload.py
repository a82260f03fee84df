"""Bringing in studies through the browser, and seeing them appear."""

import io
import zipfile
from pathlib import Path

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


def _drop(page, *paths: Path) -> None:
    """Let go of files and folders over the drop zone, as a file manager does."""
    box = page.locator("[data-part=drop]").bounding_box()
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + box["width"] / 2,
                "y": box["y"] + box["height"] / 2,
                "data": {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1},
            },
        )


def _outcomes(page) -> dict[str, str]:
    """Return the outcome that the page shows for each file."""
    rows = page.locator("[data-part=rows] tr")
    return {
        row.locator("td").nth(0).inner_text(): row.locator("td").nth(1).inner_text() for row in rows.all()
    }


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


def test_a_folder_and_an_archive_are_dropped_and_every_file_in_them_has_its_outcome(visit, tmp_path):
    page = visit("technologist.north").page
    page.goto("/archive/upload/")
    deep = tmp_path / "CD of 2024" / "DICOM" / "SE 1"
    deep.mkdir(parents=True)
    dropped = _file("x", patient_id="UP-4", patient_name="Dropped^Folder")["buffer"]
    (deep / "IM000001").write_bytes(dropped)
    (deep / "IM000001 again").write_bytes(dropped)
    (tmp_path / "CD of 2024" / "autorun.inf").write_text("[autorun]")
    (tmp_path / "CD of 2024" / ".DS_Store").write_bytes(bytes(10))
    with zipfile.ZipFile(tmp_path / "sent by mail.zip", "w") as packed:
        packed.writestr("a/b.dcm", _file("x", patient_id="UP-5", patient_name="Dropped^Archive")["buffer"])
        packed.writestr("a/report.pdf", b"%PDF-1.7 and so on")

    _drop(page, tmp_path / "CD of 2024", tmp_path / "sent by mail.zip")
    page.get_by_text("4 of 4 files").wait_for()

    outcomes = _outcomes(page)
    again = {outcomes.pop(f"CD of 2024/DICOM/SE 1/IM000001{name}") for name in ("", " again")}
    assert again == {"Stored", "Already here"}
    assert outcomes == {
        "CD of 2024/autorun.inf": "Rejected",
        "sent by mail.zip/a/b.dcm": "Stored",
        "sent by mail.zip/a/report.pdf": "Rejected",
    }
    assert "1 system files left out" in page.locator("[data-part=totals]").inner_text()
    page.get_by_role("link", name="Dropped, Archive").wait_for()
    page.get_by_role("link", name="Dropped, Folder").click()
    page.wait_for_url("**/viewer/studies/**")
