"""What enhanced multi-frame objects say of each frame: order, place, thickness, side, window and size of pixels."""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.calibration import SpacingSource, read_calibration
from dicomkit.frame_order import frame_order
from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.synth import multiframe_dataset


def item(**attributes: Any) -> Dataset:
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def groups(**sequences: Dataset) -> Dataset:
    return item(**{keyword: Sequence([value]) for keyword, value in sequences.items()})


def with_content(*contents: Dataset, dimensions: int = 0) -> Dataset:
    dataset = multiframe_dataset(frames=len(contents))
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [groups(FrameContentSequence=content) for content in contents]
    )
    if dimensions:
        dataset.DimensionIndexSequence = Sequence([item() for _ in range(dimensions)])
    return dataset


def test_dimension_indexes_decide_the_order_the_first_slowest() -> None:
    indexes = ([1, 2, 1], [1, 1, 1], [1, 2, 2], [1, 1, 2])
    dataset = with_content(*(item(DimensionIndexValues=list(one)) for one in indexes), dimensions=3)

    assert frame_order(dataset, 4) == [1, 3, 0, 2]


def test_one_dimension_is_enough() -> None:
    dataset = with_content(*(item(DimensionIndexValues=[value]) for value in (3, 1, 2)), dimensions=1)

    assert frame_order(dataset, 3) == [1, 2, 0]


def test_without_dimensions_the_place_in_the_stack_decides() -> None:
    places = (("2", 1), ("1", 10), ("1", 9))
    dataset = with_content(*(item(StackID=stack, InStackPositionNumber=place) for stack, place in places))

    assert frame_order(dataset, 3) == [2, 1, 0]


def test_an_order_that_is_that_of_the_file_is_not_kept() -> None:
    dataset = with_content(*(item(StackID="1", InStackPositionNumber=place) for place in (1, 2, 3)))

    assert frame_order(dataset, 3) == []
    assert display_attributes(dataset)["frame_order"] == []


@pytest.mark.parametrize(
    "contents",
    [
        (item(InStackPositionNumber=2), item()),
        (item(DimensionIndexValues=[2, 1]), item(DimensionIndexValues=[1])),
        (item(DimensionIndexValues=[2]), item(DimensionIndexValues=None)),
    ],
    ids=["one frame says nothing", "different dimensions", "one frame has no values"],
)
def test_half_an_order_is_none(contents: tuple[Dataset, ...]) -> None:
    assert frame_order(with_content(*contents, dimensions=2), 2) == []


def test_more_frames_than_are_described_keep_the_order_of_the_file() -> None:
    dataset = with_content(*(item(InStackPositionNumber=place) for place in (2, 1)))

    assert frame_order(dataset, 5) == []


def tomosynthesis() -> Dataset:
    """Return the header of three slabs of a left breast, from the compression paddle down, stored in another order."""
    dataset = multiframe_dataset(frames=3)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.13.1.3"
    dataset.Modality = "MG"
    dataset.ViewCodeSequence = Sequence([item(CodeValue="R-10226", CodeMeaning="medio-lateral oblique")])
    dataset.SharedFunctionalGroupsSequence = Sequence(
        [
            groups(
                FrameAnatomySequence=item(FrameLaterality="L"),
                PlaneOrientationSequence=item(ImageOrientationPatient=[0, 1, 0, 0, 0, -1]),
                PixelMeasuresSequence=item(PixelSpacing=[0.1, 0.1], SliceThickness=1.0),
            )
        ]
    )
    dataset.DimensionIndexSequence = Sequence([item(), item()])
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [
            groups(
                FrameContentSequence=item(DimensionIndexValues=[1, place], InStackPositionNumber=place),
                PlanePositionSequence=item(ImagePositionPatient=[float(10 * place), 0, 0]),
                FrameVOILUTSequence=item(WindowCenter=100 * place, WindowWidth=50),
            )
            for place in (2, 3, 1)
        ]
    )
    return dataset


def test_slabs_of_a_tomosynthesis_name_their_side_view_and_thickness() -> None:
    attributes = display_attributes(tomosynthesis())

    for index in range(3):
        frame = frame_attributes(attributes, index)
        assert (frame["laterality"], frame["view_position"]) == ("L", "MLO")
        assert frame["slice_thickness_mm"] == 1.0
        assert frame["pixel_spacing_mm"] == [0.1, 0.1]


def test_slabs_of_a_tomosynthesis_are_read_in_the_order_of_their_stack() -> None:
    attributes = display_attributes(tomosynthesis())

    assert attributes["frame_order"] == [2, 0, 1]
    ordered = [frame_attributes(attributes, index) for index in attributes["frame_order"]]
    assert [frame["image_position_patient"][0] for frame in ordered] == [10.0, 20.0, 30.0]
    assert [frame["voi"][0]["window_center"] for frame in ordered] == [100.0, 200.0, 300.0]


def angiography(**shared: Dataset) -> Dataset:
    dataset = multiframe_dataset(frames=2)
    dataset.Modality = "XA"
    dataset.SharedFunctionalGroupsSequence = Sequence([groups(**shared)])
    return dataset


def test_an_enhanced_angiogram_measures_at_its_detector() -> None:
    dataset = angiography(FramePixelDataPropertiesSequence=item(ImagerPixelSpacing=[0.2, 0.3]))

    found = read_calibration(dataset)

    assert (found.spacing_mm, found.source) == ((0.2, 0.3), SpacingSource.DETECTOR)


def test_an_angiogram_that_was_calibrated_measures_in_the_patient() -> None:
    dataset = angiography(
        FramePixelDataPropertiesSequence=item(ImagerPixelSpacing=[0.2, 0.3]),
        ProjectionPixelCalibrationSequence=item(ObjectPixelSpacingInCenterOfBeam=[0.15, 0.2]),
    )

    found = read_calibration(dataset)

    assert (found.spacing_mm, found.source) == ((0.15, 0.2), SpacingSource.PATIENT)


@pytest.mark.parametrize("frame_index", [0, 1, 2])
def test_each_frame_of_an_enhanced_object_has_its_own_rescale(frame_index: int) -> None:
    dataset = multiframe_dataset(frames=3)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [
            groups(
                PixelValueTransformationSequence=item(
                    RescaleSlope=slope, RescaleIntercept=-slope, RescaleType="US"
                )
            )
            for slope in (1.0, 2.0, 0.5)
        ]
    )

    frame = frame_attributes(display_attributes(dataset), frame_index)

    assert frame["packing"]["scale"] == np.array([1.0, 2.0, 0.5])[frame_index]


def ultrasound_volume() -> Dataset:
    """Return the header of three planes of an enhanced ultrasound volume, stored against its direction."""
    dataset = multiframe_dataset(frames=3)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.6.2"
    dataset.Modality = "US"
    dataset.SharedFunctionalGroupsSequence = Sequence(
        [
            groups(
                PlaneOrientationVolumeSequence=item(ImageOrientationVolume=[1, 0, 0, 0, 1, 0]),
                PixelMeasuresSequence=item(PixelSpacing=[0.4, 0.3], SliceThickness=0.5),
            )
        ]
    )
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [
            groups(
                FrameContentSequence=item(StackID="1", InStackPositionNumber=place),
                PlanePositionVolumeSequence=item(ImagePositionVolume=[0.0, 0.0, 0.5 * place]),
                FrameVOILUTSequence=item(WindowCenter=10 * place, WindowWidth=20),
            )
            for place in (3, 2, 1)
        ]
    )
    return dataset


def test_planes_of_an_ultrasound_volume_are_read_in_order_each_in_its_window() -> None:
    attributes = display_attributes(ultrasound_volume())

    ordered = [frame_attributes(attributes, index) for index in attributes["frame_order"]]

    assert attributes["frame_order"] == [2, 1, 0]
    assert [frame["voi"][0]["window_center"] for frame in ordered] == [10.0, 20.0, 30.0]
    assert {tuple(frame["pixel_spacing_mm"]) for frame in ordered} == {(0.4, 0.3)}


def test_planes_of_an_ultrasound_volume_claim_no_place_in_the_patient() -> None:
    # PS3.3 C.8.24.2: they lie in the volume's own frame of reference, whose axes say nothing of head or feet.
    attributes = display_attributes(ultrasound_volume())

    for index in range(3):
        frame = frame_attributes(attributes, index)
        assert frame["image_position_patient"] is None
        assert frame["image_orientation_patient"] is None
