"""What readers marked becomes DICOM instances: read back by us, stored once, superseding, in no image's way."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import ArrivalConflict, Instance, Study
from audit.models import AuditEvent
from dicomkit.key_object import read_key_object_selection
from tests.conftest import member
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.annotation_samples import STUDY, delete, put
from tests.viewer.evidence_samples import CT, draw, numbers, report_of, saved, stored_file
from viewer.models import Evidence

pytestmark = pytest.mark.django_db


def test_a_report_says_what_numpy_says_of_the_stored_pixels(ct: Dataset, reader: Client) -> None:
    draw(reader)

    found = numbers(report_of(reader))

    inside = ct.pixel_array[3:12, 2:9].astype(float) - 1024
    assert found[:6] == [
        ("Length 1", "Length", pytest.approx(2.5), "mm"),
        ("Bidirectional 1", "Long axis", pytest.approx(4), "mm"),
        ("Bidirectional 1", "Short axis", pytest.approx(1), "mm"),
        ("Angle 1", "Angle", pytest.approx(90), "deg"),
        ("Cobb angle 1", "Cobb angle", pytest.approx(45), "deg"),
        ("Ellipse 1", "Area", pytest.approx(np.pi * 6 * 4 * 0.25), "mm2"),
    ]
    rectangle = [one[1:] for one in found if one[0] == "Rectangle 1"]
    assert rectangle == [
        ("Area", pytest.approx(63 * 0.25), "mm2"),
        ("Attenuation Coefficient Mean", pytest.approx(inside.mean()), "[hnsf'U]"),
        ("Attenuation Coefficient Standard Deviation", pytest.approx(inside.std()), "[hnsf'U]"),
        ("Attenuation Coefficient Minimum", inside.min(), "[hnsf'U]"),
        ("Attenuation Coefficient Maximum", inside.max(), "[hnsf'U]"),
    ]
    assert found[-1] == (
        "Probe 1",
        "Attenuation Coefficient",
        float(ct.pixel_array[5, 4]) - 1024,
        "[hnsf'U]",
    )


def test_the_report_is_of_the_same_patient_and_study(ct: Dataset, reader: Client) -> None:
    draw(reader, "length")

    report = report_of(reader)

    assert str(report.PatientName) == "Müller^Jürgen"
    assert (report.PatientID, report.StudyInstanceUID) == (ct.PatientID, ct.StudyInstanceUID)
    assert (Study.objects.count(), ArrivalConflict.objects.count()) == (1, 0)
    (evidence,) = report.CurrentRequestedProcedureEvidenceSequence
    assert evidence.ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID == (
        ct.SOPInstanceUID
    )


def test_what_has_not_changed_is_not_stored_again(ct: Dataset, reader: Client) -> None:
    draw(reader, "length")
    reader.put(f"{STUDY}key-images/{ct.SOPInstanceUID}/1")
    first = saved(reader)

    again = reader.post(f"{STUDY}evidence").json()

    assert [one["modality"] for one in first] == ["SR", "KO", "PR"]
    assert again["created"] == []
    assert "no annotation or key image of this study is new" in again["detail"]
    assert Evidence.objects.count() == 3


def test_a_later_report_takes_the_place_of_the_former_in_the_same_series(ct: Dataset, reader: Client) -> None:
    draw(reader, "length")
    first = report_of(reader)
    put(reader, "2.25.1", points=[[0, 0], [0, 8]], revision=1)

    second = report_of(reader)

    former = second.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert former.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert former.SeriesInstanceUID == second.SeriesInstanceUID == first.SeriesInstanceUID
    assert (first.InstanceNumber, second.InstanceNumber) == (1, 2)
    assert numbers(second)[0][2] == pytest.approx(4)
    assert Instance.objects.filter(sop_instance_uid=first.SOPInstanceUID).exists()


def test_nobody_is_told_that_it_is_stored_before_the_numbers_are_there(ct: Dataset, reader: Client) -> None:
    draw(reader, "rectangle")

    pending = reader.post(f"{STUDY}evidence")

    assert (pending.status_code, pending["Retry-After"]) == (202, "1")
    assert not Evidence.objects.exists()
    assert [one["modality"] for one in saved(reader)] == ["SR", "PR"]


def test_a_study_without_marks_has_nothing_to_store(ct: Dataset, reader: Client) -> None:
    draw(reader, "length")
    delete(reader, 1, "2.25.1")

    answer = reader.post(f"{STUDY}evidence")

    assert (answer.status_code, answer.json()["created"]) == (200, [])


def test_key_images_come_as_a_selection_that_we_read(ct: Dataset, reader: Client) -> None:
    second = image(number=2, **CT)
    reader.put(f"{STUDY}key-images/{second.SOPInstanceUID}/1")
    reader.put(f"{STUDY}key-images/{ct.SOPInstanceUID}/1")
    (created,) = saved(reader)

    selection = read_key_object_selection(stored_file(created["sop_instance_uid"]))

    assert (selection.title, selection.title_code) == ("Of Interest", "113000")
    assert [one.sop_instance_uid for one in selection.images] == [second.SOPInstanceUID, ct.SOPInstanceUID]
    assert selection.description == "Key images marked by radiologist.north"


@pytest.mark.parametrize(
    ("attributes", "unit", "comment"),
    [
        ({}, "1", "has no spacing"),
        (
            {"ImagerPixelSpacing": [0.5, 0.5], "modality": "DX"},
            "mm",
            "at the detector;",
        ),
        (
            {
                "ImagerPixelSpacing": [0.5, 0.5],
                "modality": "DX",
                "EstimatedRadiographicMagnificationFactor": "1.25",
            },
            "mm",
            "estimated radiographic magnification",
        ),
    ],
    ids=["none", "detector", "magnified"],
)
def test_a_length_says_what_it_rests_on(
    attributes: dict[str, Any], unit: str, comment: str, north: Facility, reader: Client
) -> None:
    plain = {name: value for name, value in CT.items() if name != "PixelSpacing"}
    store(image(**plain | attributes), facility=north)
    draw(reader, "length")

    report = report_of(reader)

    assert numbers(report)[0][3] == unit
    (group,) = report.ContentSequence[-1].ContentSequence
    assert comment in group.ContentSequence[-1].TextValue


def test_a_calibration_line_is_the_measure_of_its_image(ct: Dataset, reader: Client) -> None:
    put(reader, "2.25.7", kind="calibration", points=[[0, 0], [10, 0]], length_mm=100)
    draw(reader, "length")

    report = report_of(reader)

    assert numbers(report) == [("Length 1", "Length", pytest.approx(50), "mm")]
    (group,) = report.ContentSequence[-1].ContentSequence
    assert "line of known length" in group.ContentSequence[-1].TextValue


def test_what_is_stored_is_on_record_and_needs_the_right(
    ct: Dataset, reader: Client, north: Facility, log_in: Callable[[User], Client]
) -> None:
    draw(reader, "length")
    administrator = log_in(member(Role.ADMINISTRATOR, north))

    refused = administrator.post(f"{STUDY}evidence")
    before = AuditEvent.objects.filter(event_type="instances_stored", outcome=0).count()
    saved(reader)

    after = AuditEvent.objects.filter(event_type="instances_stored", outcome=0)
    assert refused.status_code == 403
    assert after.count() == before + 1
    assert after.order_by("-pk")[0].details == {"origin": "viewer"}


def test_an_image_that_is_lost_is_told(ct: Dataset, reader: Client) -> None:
    draw(reader, "length")
    blob = Instance.objects.get(sop_instance_uid=ct.SOPInstanceUID).blob
    blob.sha256 = "0" * 64
    blob.save()

    answer = reader.post(f"{STUDY}evidence")

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert not Evidence.objects.exists()
