"""Frames of an enhanced object open in the order that the object names."""

import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from accounts.models import Facility
from dicomkit.synth import multiframe_dataset
from tests.dicom_samples import about
from tests.dicomkit.test_enhanced import groups, item
from tests.factories import store

pytestmark = pytest.mark.django_db


def enhanced_ct(places: tuple[int, ...]) -> Dataset:
    dataset = multiframe_dataset(study=about(1), frames=len(places))
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    dataset.Modality = "CT"
    dataset.FrameOfReferenceUID = "1.2.3.4.5"
    dataset.SharedFunctionalGroupsSequence = Sequence(
        [
            groups(
                PlaneOrientationSequence=item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
                PixelMeasuresSequence=item(PixelSpacing=[1, 1], SliceThickness=2.0),
            )
        ]
    )
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [
            groups(
                FrameContentSequence=item(StackID="1", InStackPositionNumber=place),
                PlanePositionSequence=item(ImagePositionPatient=[0, 0, 2.0 * place]),
            )
            for place in places
        ]
    )
    return dataset


def test_a_stack_follows_the_places_in_it_and_keeps_the_frame_numbers(
    north: Facility, reader: Client
) -> None:
    dataset = enhanced_ct((3, 1, 4, 2))
    store(dataset, facility=north)

    (series,) = reader.get(f"/viewer/studies/{dataset.StudyInstanceUID}/manifest.json").json()["series"]

    assert [image["frame_number"] for image in series["images"]] == [2, 4, 1, 3]
    assert [image["slice_location_mm"] for image in series["images"]] == [2.0, 4.0, 6.0, 8.0]


def test_an_enhanced_ct_in_another_order_is_a_volume(north: Facility, reader: Client) -> None:
    dataset = enhanced_ct((3, 1, 4, 2))
    store(dataset, facility=north)

    volume = reader.get(f"/viewer/series/{dataset.SeriesInstanceUID}/volume.json").json()["volume"]

    assert (volume["slices"], volume["slice_spacing_mm"]) == (4, 2.0)
    assert volume["findings"] == []
