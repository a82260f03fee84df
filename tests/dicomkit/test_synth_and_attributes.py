"""Demo studies are valid DICOM, and the header alone says what a viewer needs."""

import json
import time
from io import BytesIO

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.calibration import SpacingSource, read_calibration
from dicomkit.geometry import read_image_plane, sort_images
from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.part10 import read_header
from dicomkit.pixels.display import display_frame
from dicomkit.pixels.frames import FrameSource
from dicomkit.synth import (
    CURRENT_NODULE,
    PRIOR_NODULE,
    StudyAttributes,
    ct_chest_series,
    dx_chest_pair,
    mammogram_four_view,
    multiframe_dataset,
    palette_dataset,
    ramp_dataset,
)

STUDY = StudyAttributes(study_instance_uid="1.2.3.4", patient_id="SYN-7", patient_name="Phantom^Anna")


def written(dataset):
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream


@pytest.fixture(scope="module")
def ct():
    return list(ct_chest_series(STUDY, slices=5))


def test_a_synthetic_ct_is_a_stack_in_space_and_always_the_same(ct):
    again = next(iter(ct_chest_series(STUDY, slices=5)))

    assert written(again).getvalue() == written(ct[0]).getvalue()
    assert len({dataset.SOPInstanceUID for dataset in ct}) == 5
    assert len({dataset.SeriesInstanceUID for dataset in ct}) == 1
    planes = [read_image_plane(dataset) for dataset in ct]
    numbers = [int(dataset.InstanceNumber) for dataset in ct]
    assert sort_images(planes[::-1], instance_numbers=numbers[::-1]) == [4, 3, 2, 1, 0]
    frame = display_frame(FrameSource.open(written(ct[2])), 0)
    hu = frame.values * frame.scale + frame.offset
    assert frame.padding_mask[0, 0]
    assert -1100 < np.median(hu[~frame.padding_mask]) < 200
    assert hu.max() > 400


def test_the_nodule_of_the_prior_is_smaller():
    def bright_pixels(nodule):
        datasets = list(ct_chest_series(STUDY, slices=5, nodule=nodule))
        frame = FrameSource.open(written(datasets[1])).stored_frame(0)
        centre_x, centre_y = CURRENT_NODULE.centre[0], CURRENT_NODULE.centre[1]
        column, row = round(centre_x / 0.74 + 255.5), round((centre_y - 6) / 0.74 + 255.5)
        return int((frame[row - 16 : row + 17, column - 16 : column + 17] > 900).sum())

    assert bright_pixels(CURRENT_NODULE) > bright_pixels(PRIOR_NODULE) + 50
    assert PRIOR_NODULE.centre == CURRENT_NODULE.centre


def test_a_synthetic_chest_pair_has_both_polarities_of_grey():
    pair = dx_chest_pair(STUDY)

    attributes = [display_attributes(read_header(written(dataset)).dataset)["shared"] for dataset in pair]

    assert [(shown["rows"], shown["columns"], shown["levels"]) for shown in attributes] == [
        (2500, 2048, 4)
    ] * 2
    assert [shown["inverse"] for shown in attributes] == [True, False]
    assert [shown["view_position"] for shown in attributes] == ["PA", "LL"]
    assert [shown["spacing_source"] for shown in attributes] == ["detector"] * 2
    assert [shown["patient_orientation"] for shown in attributes] == [["L", "F"], ["P", "F"]]


def test_a_synthetic_mammogram_has_its_chest_wall_where_it_is_hung():
    views = mammogram_four_view(STUDY)

    assert [(view.ImageLaterality, view.ViewPosition) for view in views] == [
        ("R", "CC"),
        ("L", "CC"),
        ("R", "MLO"),
        ("L", "MLO"),
    ]
    for view in views:
        pixels = FrameSource.open(written(view)).stored_frame(0)
        left, right = pixels[:, :200].mean(), pixels[:, -200:].mean()
        assert (right > left) == (view.ImageLaterality == "R")
        assert view.PatientOrientation[0] == ("P" if view.ImageLaterality == "R" else "A")
        assert pixels.max() < 4096


def test_the_attributes_of_a_ct_are_what_the_manifest_needs(ct):
    attributes = display_attributes(read_header(written(ct[0])).dataset)
    shown = frame_attributes(json.loads(json.dumps(attributes)), 0)

    assert attributes["frames"] == []
    assert shown["packing"] == {"scale": 1.0, "offset": -1024.0 - 32768.0}
    assert shown["value_units"] == "HU"
    assert [(voi["label"], voi["window_center"], voi["function"]) for voi in shown["voi"]] == [
        ("MEDIASTINUM", 40.0, "LINEAR"),
        ("LUNG", -600.0, "LINEAR"),
    ]
    assert shown["pixel_spacing_mm"] == [0.74, 0.74]
    assert shown["spacing_source"] == "patient"
    assert shown["patient_orientation"] == ["L", "P"]
    assert (shown["problem"], shown["lossy"], shown["kind"]) == ("", "", "grey")


def test_the_announced_packing_is_the_one_of_the_tiles():
    for is_signed in (False, True):
        dataset = ramp_dataset(is_signed=is_signed, RescaleSlope="2", RescaleIntercept="-7")
        frame = display_frame(FrameSource.open(written(dataset)), 0)
        packing = display_attributes(dataset)["shared"]["packing"]
        assert packing == {"scale": frame.scale, "offset": frame.offset}
    assert display_attributes(palette_dataset())["shared"]["packing"] is None
    assert display_attributes(ramp_dataset(bits_stored=32))["shared"]["packing"] is None


def test_frames_of_an_enhanced_object_store_only_what_differs():
    dataset = multiframe_dataset(frames=3)
    shared, orientation = Dataset(), Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PlaneOrientationSequence = Sequence([orientation])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    groups = []
    for z_mm in (0, 2, 4):
        position, group = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, z_mm]
        group.PlanePositionSequence = Sequence([position])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)

    attributes = display_attributes(dataset)

    assert attributes["frames"][0] == {}
    assert set(attributes["frames"][1]) == {"image_position_patient", "slice_location_mm"}
    assert frame_attributes(attributes, 2)["image_position_patient"] == [0.0, 0.0, 4.0]
    assert frame_attributes(attributes, 2)["rows"] == 8


def test_a_damaged_header_gives_a_problem_and_no_exception():
    dataset = ramp_dataset()
    dataset.BitsStored = 99
    assert "Bits Stored" in display_attributes(dataset)["shared"]["problem"]

    raw = written(ramp_dataset()).getvalue()
    at = raw.index(b"\x28\x00\x10\x00US\x02\x00")
    cut = raw[:at] + b"\x28\x00\x10\x00US\x01\x00" + raw[at + 8 : at + 9] + raw[at + 10 :]
    damaged = display_attributes(read_header(BytesIO(cut)).dataset)["shared"]
    assert damaged["problem"]
    assert set(damaged) == set(display_attributes(ramp_dataset())["shared"])


def spacing(**attributes):
    calibration = read_calibration(ramp_dataset(**attributes))
    return calibration.spacing_mm, calibration.source


def test_a_spacing_says_what_it_was_measured_on():
    assert spacing(Modality="CT", PixelSpacing=["0.5", "0.25"]) == ((0.5, 0.25), SpacingSource.PATIENT)
    assert spacing(Modality="DX", ImagerPixelSpacing=["0.1", "0.1"])[1] is SpacingSource.DETECTOR
    assert spacing(Modality="CR", PixelSpacing=["0.1", "0.1"])[1] is SpacingSource.DETECTOR
    calibrated = spacing(
        Modality="DX",
        PixelSpacing=["0.1", "0.1"],
        ImagerPixelSpacing=["0.1", "0.1"],
        PixelSpacingCalibrationType="FIDUCIAL",
    )
    assert calibrated == ((0.1, 0.1), SpacingSource.PATIENT)
    magnified = spacing(
        Modality="MG", ImagerPixelSpacing=["0.1", "0.1"], EstimatedRadiographicMagnificationFactor="2"
    )
    assert magnified == ((0.05, 0.05), SpacingSource.DETECTOR)
    assert spacing(Modality="OT") == (None, SpacingSource.NONE)


def test_ultrasound_is_measured_by_its_regions_only_when_they_agree():
    def region(delta):
        item = Dataset()
        item.RegionSpatialFormat = 1
        item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
        item.PhysicalDeltaX, item.PhysicalDeltaY = delta, delta
        item.RegionLocationMinX0 = item.RegionLocationMinY0 = 0
        item.RegionLocationMaxX1 = item.RegionLocationMaxY1 = 63
        return item

    dataset = ramp_dataset(Modality="US")
    dataset.SequenceOfUltrasoundRegions = Sequence([region(0.02), region(0.02)])
    assert read_calibration(dataset).spacing_mm == pytest.approx((0.2, 0.2))

    dataset.SequenceOfUltrasoundRegions[1].PhysicalDeltaX = 0.05
    assert read_calibration(dataset).source is SpacingSource.NONE


def test_describing_a_header_is_cheap(ct):
    data = written(ct[0]).getvalue()
    best = 1.0
    for _ in range(20):
        dataset = read_header(BytesIO(data)).dataset
        start = time.perf_counter()
        display_attributes(dataset)
        best = min(best, time.perf_counter() - start)

    assert best < 0.005
