"""A PET reaches the reader with its SUV, or with the reason why there is none."""

from typing import Any

import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from accounts.models import Facility
from archive.models import Instance
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.conftest import address, render
from tests.viewer.test_marks import manifest_image

# 70 kg, 400 MBq, one half-life before the scan: 0.00035 g/ml for each Bq/ml.
FACTOR = 0.00035


def pet(**changes: Any) -> Dataset:
    """Return a small PET image whose stored values are Bq/ml."""
    tracer = Dataset()
    tracer.RadiopharmaceuticalStartTime = "102000"
    tracer.RadionuclideTotalDose = "400000000"
    tracer.RadionuclideHalfLife = "6000"
    attributes: dict[str, Any] = {
        "Modality": "PT",
        "PatientWeight": "70",
        "SeriesDate": "20250310",
        "SeriesTime": "120000",
        "AcquisitionDate": "20250310",
        "AcquisitionTime": "120000",
        "CorrectedImage": ["DECY", "ATTN"],
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
        "Units": "BQML",
        "DecayCorrection": "START",
    }
    dataset = image(**attributes | changes)
    dataset.RadiopharmaceuticalInformationSequence = Sequence([tracer])
    return dataset


def test_the_manifest_tells_the_factor_and_the_unit(north: Facility, reader: Client) -> None:
    dataset = pet()
    store(dataset, facility=north)

    shown = manifest_image(reader, dataset)

    assert shown["suv_factor"] == pytest.approx(FACTOR, rel=1e-12)
    assert (shown["suv_problem"], shown["value_units"]) == ("", "Bq/ml")


def test_the_manifest_tells_why_there_is_no_suv(north: Facility, reader: Client) -> None:
    dataset = pet(PatientWeight="0")
    store(dataset, facility=north)

    shown = manifest_image(reader, dataset)

    assert (shown["suv_factor"], shown["suv_problem"]) == (None, "The patient's weight is missing.")


def test_only_a_pet_speaks_of_suv(north: Facility, reader: Client) -> None:
    dataset = image(Modality="CT")
    store(dataset, facility=north)

    assert not {"suv_factor", "suv_problem"} & manifest_image(reader, dataset).keys()


def test_a_pet_that_was_stored_by_an_older_release_is_shown_too(north: Facility, reader: Client) -> None:
    dataset = pet()
    store(dataset, facility=north)
    instance = Instance.objects.get()
    for key in ("suv_factor", "suv_problem"):
        del instance.image_attributes["shared"][key]
    instance.save()

    assert manifest_image(reader, dataset)["rows"] == 16


def test_a_pet_without_a_window_is_shown_from_nothing_to_ten(north: Facility, reader: Client) -> None:
    dataset = pet()
    store(dataset, facility=north)
    tile = address(dataset.SOPInstanceUID)
    render(tile)

    center, width, function = reader.get(tile)["X-Default-Window"].split()

    assert (float(center), float(width)) == (pytest.approx(5 / FACTOR), pytest.approx(10 / FACTOR))
    assert function == "LINEAR_EXACT"
