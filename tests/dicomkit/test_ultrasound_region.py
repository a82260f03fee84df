"""Regions of an ultrasound image measure in their own units, and what has no measure in them gets none."""

import json
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.image_attributes import display_attributes, frame_attributes
from dicomkit.marking import MarkingKind
from dicomkit.measurement import Quantity, measures_of
from dicomkit.pixel_scale import CalibrationLine, PixelScale, ScaleSource, pixel_scale
from dicomkit.region_shapes import Point
from dicomkit.synth import ramp_dataset
from dicomkit.ultrasound_region import read_ultrasound_regions

CM, SECONDS, CM_PER_SECOND = 3, 4, 7
SECTOR, M_MODE, SPECTRUM = 1, 2, 3


def region(
    box: tuple[int, int, int, int],
    format_: int,
    units: tuple[int, int],
    deltas: tuple[float, float],
    **more: Any,
) -> Dataset:
    """Return an item of the Sequence of Ultrasound Regions."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = format_, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = box[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = box[2:]
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaX, item.PhysicalDeltaY = deltas
    for keyword, value in more.items():
        setattr(item, keyword, value)
    return item


@pytest.fixture
def duplex() -> Dataset:
    """Return a sector above an M-mode and a spectrum, as a machine shows them on one screen."""
    dataset = ramp_dataset(Modality="US")
    dataset.SequenceOfUltrasoundRegions = Sequence(
        [
            region((0, 0, 299, 199), SECTOR, (CM, CM), (0.02, 0.03)),
            region(
                (0, 200, 299, 299),
                M_MODE,
                (SECONDS, CM),
                (0.005, 0.05),
                ReferencePixelX0=0,
                ReferencePixelY0=0,
            ),
            region(
                (300, 200, 599, 299),
                SPECTRUM,
                (SECONDS, CM_PER_SECOND),
                (0.004, -2.0),
                ReferencePixelX0=0,
                ReferencePixelY0=60,
                ReferencePixelPhysicalValueY=0.0,
            ),
        ]
    )
    return dataset


def scale_at(dataset: Dataset, *points: Point, line: CalibrationLine | None = None) -> PixelScale:
    """Return the scale after the attributes were stored as JSON."""
    attributes = frame_attributes(json.loads(json.dumps(display_attributes(dataset))), 0)
    return pixel_scale(attributes, points, calibration=line)


def measured(dataset: Dataset, kind: MarkingKind, *points: Point) -> dict[Quantity, Any]:
    """Return what a drawing measures."""
    found = measures_of(kind, points, scale_at(dataset, *points))
    return {one.quantity: (one.value, one.unit) for one in found}


def test_a_sector_measures_in_millimetres_by_its_own_two_deltas(duplex: Dataset) -> None:
    ends = np.array([[10.0, 20.0], [110.0, 140.0]])
    item = duplex.SequenceOfUltrasoundRegions[0]
    expected = np.linalg.norm((ends[1] - ends[0]) * [item.PhysicalDeltaX, item.PhysicalDeltaY]) * 10

    found = measured(duplex, MarkingKind.LENGTH, *map(tuple, ends))

    assert found == {Quantity.LENGTH: (pytest.approx(expected), "mm")}


def test_an_m_mode_measures_time_across_and_depth_down(duplex: Dataset) -> None:
    found = measured(duplex, MarkingKind.LENGTH, (20.0, 210.0), (180.0, 230.0))

    assert found == {
        Quantity.DURATION: (pytest.approx(160 * 0.005 * 1000), "ms"),
        Quantity.LENGTH: (pytest.approx(20 * 0.05 * 10), "mm"),
        # As a wall or a valve moves: 10 mm in 0.8 s, away from the probe.
        Quantity.SLOPE: (pytest.approx(12.5), "mm/s"),
    }


def test_a_spectrum_measures_time_and_velocity_from_its_reference_line(duplex: Dataset) -> None:
    found = measured(duplex, MarkingKind.LENGTH, (320.0, 260.5), (420.0, 230.5))

    assert found == {
        Quantity.DURATION: (pytest.approx(400.0), "ms"),
        Quantity.VELOCITY_DIFFERENCE: (pytest.approx(60.0), "cm/s"),
        Quantity.SLOPE: (pytest.approx(150.0), "cm/s2"),
    }
    axes = scale_at(duplex, (320.0, 260.5)).axes
    assert axes is not None and axes[1] is not None and axes[1].zero_px is not None
    # The middle of row 260, 60 rows below the top of the region, is the line of no flow.
    velocities = (np.array([260.5, 230.5]) - axes[1].zero_px) * axes[1].per_pixel
    np.testing.assert_allclose(velocities, [0.0, 60.0])


def test_a_reference_line_may_have_a_value_of_its_own(duplex: Dataset) -> None:
    duplex.SequenceOfUltrasoundRegions[2].ReferencePixelPhysicalValueY = 20.0

    axis = read_ultrasound_regions(duplex)[2].down

    assert axis is not None and axis.zero_px is not None
    assert (260.5 - axis.zero_px) * axis.per_pixel == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        (MarkingKind.RECTANGLE, [(320, 210), (400, 210), (400, 250), (320, 250)]),
        (MarkingKind.ANGLE, [(320, 210), (350, 250), (400, 210)]),
        (MarkingKind.BIDIRECTIONAL, [(320, 210), (400, 210), (360, 205), (360, 215)]),
    ],
)
def test_over_time_and_velocity_there_is_no_area_no_angle_and_no_diameter(
    duplex: Dataset, kind: MarkingKind, points: list[Point]
) -> None:
    assert measured(duplex, kind, *points) == {}


def test_a_line_from_one_region_into_another_measures_pixels_and_says_why(duplex: Dataset) -> None:
    scale = scale_at(duplex, (10, 190), (10, 290))

    assert (scale.spacing_mm, scale.source) == (None, ScaleSource.NO_REGION)


def test_a_line_of_known_length_says_nothing_of_a_spectrum(duplex: Dataset) -> None:
    line = CalibrationLine(((0, 0), (100, 0)), 10.0)

    assert scale_at(duplex, (320, 260), line=line).source is ScaleSource.ULTRASOUND_AXES
    assert scale_at(duplex, (20, 20), line=line).source is ScaleSource.CALIBRATION


def test_of_two_regions_that_overlap_the_one_on_top_counts(duplex: Dataset) -> None:
    inset = region((0, 0, 49, 49), SECTOR, (CM, CM), (0.1, 0.1))
    duplex.SequenceOfUltrasoundRegions[0].RegionFlags = 1
    duplex.SequenceOfUltrasoundRegions.append(inset)

    assert scale_at(duplex, (10, 10), (40, 40)).spacing_mm == pytest.approx((1.0, 1.0))
    assert scale_at(duplex, (10, 10), (90, 90)).spacing_mm == pytest.approx((0.3, 0.2))


def test_a_region_without_units_calibrates_nothing(duplex: Dataset) -> None:
    duplex.SequenceOfUltrasoundRegions = Sequence([region((0, 0, 99, 99), 5, (0, 0), (0.0, 0.0))])

    assert read_ultrasound_regions(duplex) == ()
    assert scale_at(duplex, (10, 10)).source is ScaleSource.NONE
