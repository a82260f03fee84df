"""Which region of the body a series shows comes from Body Part Examined and from the code of its anatomic region."""

import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from accounts.models import Facility
from dicomkit.synth import multiframe_dataset
from tests.dicom_samples import about
from tests.dicomkit.test_enhanced import groups
from tests.factories import store

pytestmark = pytest.mark.django_db


def coded(value: str) -> Sequence:
    """Return an Anatomic Region Sequence."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "SCT", "A region"
    return Sequence([code])


def regions_in_manifest(dataset: Dataset, facility: Facility, reader: Client) -> list[str]:
    """Store an image and return the regions of its series."""
    store(dataset, facility=facility)
    body = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()
    regions: list[str] = body["series"][0]["body_regions"]
    return regions


@pytest.mark.parametrize(
    ("part", "code", "regions"),
    [
        ("THORAX", "", ["chest"]),
        ("", "51185008", ["chest"]),
        ("", "T-A0100", ["head"]),
        ("CHEST", "818981001", ["abdomen", "chest"]),
        ("", "99999999", []),
        ("", "", []),
    ],
)
def test_regions_of_a_series(
    part: str, code: str, regions: list[str], north: Facility, reader: Client
) -> None:
    dataset = multiframe_dataset(study=about(1), frames=1)
    dataset.BodyPartExamined = part
    if code:
        dataset.AnatomicRegionSequence = coded(code)

    assert regions_in_manifest(dataset, north, reader) == regions


def test_an_enhanced_image_names_its_region_in_a_functional_group(north: Facility, reader: Client) -> None:
    dataset = multiframe_dataset(study=about(1), frames=2)
    dataset.BodyPartExamined = ""
    anatomy = Dataset()
    anatomy.AnatomicRegionSequence = coded("72696002")
    dataset.SharedFunctionalGroupsSequence = Sequence([groups(FrameAnatomySequence=anatomy)])

    assert regions_in_manifest(dataset, north, reader) == ["knee"]
