"""Each shape of a shutter covers exactly the pixels that the standard says."""

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.pixels.shutter import Circle, Polygon, Rectangle, Shutter, read_shutter, shutter_mask
from dicomkit.synth import add_overlay, multiframe_dataset, ramp_dataset


def picture(lines: str) -> np.ndarray:
    """Return where a drawing has a hash."""
    return np.array([[mark == "#" for mark in line] for line in lines.split()])


def test_a_rectangular_shutter_shows_the_pixels_from_edge_to_edge() -> None:
    dataset = ramp_dataset(
        ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge="2",
        ShutterRightVerticalEdge="4",
        ShutterUpperHorizontalEdge="2",
        ShutterLowerHorizontalEdge="3",
        ShutterPresentationValue=32896,
    )
    shutter = read_shutter(dataset)

    assert shutter is not None
    assert shutter.shapes == (Rectangle(left=2, right=4, upper=2, lower=3),)
    assert (shutter.presentation_value, shutter.grey) == (32896, 128)
    assert np.array_equal(shutter_mask(shutter, 4, 6), picture("###### #...## #...## ######"))


def test_a_circular_shutter_is_a_circle_on_the_screen() -> None:
    dataset = ramp_dataset(
        ShutterShape="CIRCULAR", CenterOfCircularShutter=["3", "4"], RadiusOfCircularShutter="2"
    )
    shutter = read_shutter(dataset)

    assert shutter is not None
    assert shutter.shapes == (Circle(center_row=3, center_column=4, radius=2),)
    assert np.array_equal(shutter_mask(shutter, 5, 7), picture("###.### ##...## #.....# ##...## ###.###"))
    # Pixels twice as high as wide: two columns are as far as one row.
    assert np.array_equal(
        shutter_mask(shutter, 5, 7, pixel_aspect_ratio=(2.0, 1.0)),
        picture("####### ###.### #.....# ###.### #######"),
    )


def test_a_polygonal_shutter_shows_its_inside_and_its_line() -> None:
    dataset = ramp_dataset(
        ShutterShape="POLYGONAL", VerticesOfThePolygonalShutter=["1", "3", "3", "1", "5", "3", "3", "5"]
    )
    shutter = read_shutter(dataset)

    assert shutter is not None
    assert np.array_equal(shutter_mask(shutter, 6, 6), picture("##.### #...## .....# #...## ##.### ######"))


@pytest.mark.parametrize("is_clockwise", [True, False])
def test_a_polygon_with_the_corners_of_a_rectangle_is_that_rectangle(is_clockwise: bool) -> None:
    corners = ((2.0, 3.0), (2.0, 9.0), (7.0, 9.0), (7.0, 3.0))
    polygon = Shutter((Polygon(corners if is_clockwise else corners[::-1]),))
    rectangle = Shutter((Rectangle(left=3, right=9, upper=2, lower=7),))

    assert np.array_equal(shutter_mask(polygon, 12, 10), shutter_mask(rectangle, 12, 10))


def test_a_hollow_polygon_covers_its_hollow() -> None:
    shutter = Shutter((Polygon(((1, 1), (5, 1), (5, 7), (1, 7), (1, 5), (3, 5), (3, 3), (1, 3))),))

    assert np.array_equal(shutter_mask(shutter, 5, 7), picture("...#... ...#... ....... ....... ......."))


def test_a_bitmap_shutter_covers_where_its_overlay_is_set() -> None:
    bits = np.random.default_rng(9).random((4, 5)) < 0.5
    dataset = ramp_dataset(ShutterShape="BITMAP", ShutterOverlayGroup=0x6002)
    add_overlay(dataset, ~bits, group=0x6000)
    add_overlay(dataset, bits, group=0x6002, origin=(2, 2))

    shutter = read_shutter(dataset)

    expected = np.zeros((6, 7), bool)
    expected[1:5, 1:6] = bits
    assert shutter is not None
    assert np.array_equal(shutter_mask(shutter, 6, 7), expected)
    assert shutter.grey == 0


def test_of_several_shapes_only_what_all_leave_open_is_shown() -> None:
    dataset = ramp_dataset(
        ShutterShape=["RECTANGULAR", "CIRCULAR"],
        ShutterLeftVerticalEdge="4",
        ShutterRightVerticalEdge="7",
        ShutterUpperHorizontalEdge="1",
        ShutterLowerHorizontalEdge="5",
        CenterOfCircularShutter=["3", "4"],
        RadiusOfCircularShutter="2",
    )
    shutter = read_shutter(dataset)

    assert shutter is not None
    assert np.array_equal(shutter_mask(shutter, 5, 7), picture("###.### ###..## ###...# ###..## ###.###"))


def test_a_shutter_that_lacks_its_numbers_covers_nothing() -> None:
    assert read_shutter(ramp_dataset()) is None
    assert read_shutter(ramp_dataset(ShutterShape="CIRCULAR", RadiusOfCircularShutter="3")) is None
    assert read_shutter(ramp_dataset(ShutterShape="BITMAP", ShutterOverlayGroup=0x6000)) is None
    assert read_shutter(ramp_dataset(ShutterShape="OVAL")) is None


def test_a_frame_of_an_enhanced_object_has_its_own_shutter() -> None:
    dataset = multiframe_dataset(frames=2)
    groups = []
    for radius in ("1", "2"):
        item, group = Dataset(), Dataset()
        item.ShutterShape, item.CenterOfCircularShutter, item.RadiusOfCircularShutter = (
            "CIRCULAR",
            ["4", "4"],
            radius,
        )
        group.FrameDisplayShutterSequence = Sequence([item])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)

    shutters = [read_shutter(dataset, frame_index=index) for index in (0, 1)]

    assert [shutter.shapes[0].radius for shutter in shutters] == [1, 2]
