"""Documents in cells of the viewer: a report that leads to its images, a PDF, an ECG, and what arrives meanwhile."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from dicomkit.part10 import read_header
from dicomkit.synth.documents import report_dataset
from dicomkit.synth.modules import StudyAttributes
from tests.e2e.conftest import Visit, study_row
from tests.running_system import RunningSystem

pytestmark = pytest.mark.browser


def test_a_report_leads_to_its_image_and_a_pdf_is_drawn_page_by_page(visit: Callable[..., Visit]) -> None:
    page = visit("radiologist.north").page
    uid = study_row(page, "CT chest, follow-up").get_attribute("data-study-instance-uid")
    page.goto(f"/viewer/studies/{uid}/")

    page.locator(".strip__document", has_text="SR").click()
    report = page.locator(".report")
    assert report.locator("h2").inner_text() == "Diagnostic imaging report"
    assert report.locator(".report__flag").all_inner_texts() == ["Complete", "Verified"]
    report.locator(".report__link").first.click()
    page.wait_for_selector("[data-viewport][data-image-index='30'][data-quality=full]")
    # The report stays beside the image, and both are of the patient whom the page names.
    assert report.is_visible()
    assert not page.locator(".banner__warning").is_visible()

    page.locator(".strip__document", has_text="PDF").click()
    page.wait_for_selector(".pdf__page[data-page='1'][data-drawn]")
    dark = """canvas => {
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        return pixels.filter((value, index) => index % 4 === 0 && value < 100).length;
    }"""
    assert page.locator(".pdf__page canvas").first.evaluate(dark) > 500
    page.keyboard.press("PageDown")
    page.wait_for_selector(".document__count:text-is('2 / 2')")


def test_an_ecg_is_measured_and_a_report_arrives_beside_it_without_a_reload(
    visit: Callable[..., Visit], system: RunningSystem, tmp_path: Path
) -> None:
    page = visit("radiologist.north").page
    uid = study_row(page, "ECG").get_attribute("data-study-instance-uid")
    page.goto(f"/viewer/studies/{uid}/")
    paper = page.locator(".waveform__scroll")
    box = paper.bounding_box()
    assert box
    # Ten seconds fill the width, after 10 mm for the calibration pulse: 260 mm.
    millimetre = box["width"] / 260
    page.mouse.move(box["x"] + 100, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 100 + 25 * millimetre, box["y"] + 60 + 10 * millimetre, steps=3)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.waveform > [role=status]').textContent !== ''")
    found = re.fullmatch(
        r"(\d+) ms\s+(\d+) bpm\s+([\d.]+) mV", page.locator(".waveform > [role=status]").inner_text()
    )
    assert found
    assert abs(int(found[1]) - 1000) < 20
    assert abs(float(found[3]) - 1) < 0.03

    path = tmp_path / "report.dcm"
    _report_of_ecg().save_as(path, enforce_file_format=True)
    system.manage("import_dicom", str(path), "--facility", "NORTH")

    page.locator(".strip__document", has_text="Report").click()
    assert page.locator(".report h2").inner_text() == "Diagnostic imaging report"


def _report_of_ecg() -> Dataset:
    """Return a report of the demo's ECG."""
    path = get_testdata_file("waveform_ecg.dcm", download=False)
    assert isinstance(path, str)
    with Path(path).open("rb") as file:
        ecg = read_header(file).dataset
    study = StudyAttributes(
        patient_id=str(ecg.PatientID),
        issuer_of_patient_id=str(ecg.get("IssuerOfPatientID", "")),
        patient_name=str(ecg.PatientName),
        patient_birth_date=str(ecg.PatientBirthDate),
        patient_sex=str(ecg.PatientSex),
        study_instance_uid=str(ecg.StudyInstanceUID),
        study_date=str(ecg.StudyDate),
        study_time=str(ecg.StudyTime),
        accession_number=str(ecg.get("AccessionNumber", "")),
    )
    return report_dataset(study, [ecg], diameter_mm=1, series_number=900)
