"""Tiles, names, geometry, dates and UIDs against vectors that the front end shares."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from dicomkit.errors import InvalidTileError
from dicomkit.geometry import ImagePlane, orientation_letters, sort_images
from dicomkit.person_name import display_name, search_key
from dicomkit.temporal import (
    age_in_days,
    age_text,
    age_text_at,
    parse_date,
    parse_date_time,
    parse_time,
)
from dicomkit.tiles import level_count, level_shape, tile_grid, tile_rectangle
from dicomkit.uid import is_valid_uid, new_uid

GOLDEN = Path(__file__).parent.parent / "golden"


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", golden("pyramids"), ids=lambda case: f"{case['rows']}x{case['columns']}")
def test_a_pyramid_halves_rounding_up_until_one_tile_is_left(case):
    rows, columns = case["rows"], case["columns"]

    assert level_count(rows, columns) == len(case["levels"])
    for level, expected in enumerate(case["levels"]):
        assert level_shape(rows, columns, level=level) == (expected["rows"], expected["columns"])
        assert tile_grid(rows, columns, level=level) == (expected["tile_rows"], expected["tile_columns"])
        last = expected["last_tile"]
        rectangle = tile_rectangle(rows, columns, level=level, column=last["column"], row=last["row"])
        assert (rectangle.rows, rectangle.columns) == (last["height"], last["width"])


@pytest.mark.parametrize(
    ("level", "column", "row"), [(3, 0, 0), (-1, 0, 0), (0, 2, 0), (0, 0, 2), (0, -1, 0), (0, 0, -1)]
)
def test_a_tile_outside_of_the_pyramid_is_refused(level, column, row):
    with pytest.raises(InvalidTileError):
        tile_rectangle(1024, 1024, level=level, column=column, row=row)


@pytest.mark.parametrize("case", golden("person_names"), ids=lambda case: case["value"] or "empty")
def test_a_name_is_shown_and_found_as_people_write_it(case):
    assert display_name(case["value"]) == case["display"]
    assert search_key(case["value"]) == case["search_key"]


@pytest.mark.parametrize("case", golden("geometry")["orientation_letters"], ids=lambda case: case["letters"])
def test_directions_are_named_by_their_strongest_letters(case):
    assert orientation_letters(case["direction"]) == case["letters"]


@pytest.mark.parametrize("case", golden("geometry")["image_to_patient"])
def test_image_points_and_patient_points_convert_into_each_other(case):
    plane = ImagePlane(tuple(case["position"]), tuple(case["row_direction"]), tuple(case["column_direction"]))
    spacing = tuple(case["spacing_mm"])

    patient = plane.image_to_patient(*case["image"], spacing_mm=spacing)

    assert patient == pytest.approx(tuple(case["patient"]))
    assert plane.patient_to_image(patient, spacing_mm=spacing) == pytest.approx(
        (*case["image"], 0.0), abs=1e-9
    )


def axial(z_mm):
    return ImagePlane((0.0, 0.0, z_mm), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


@pytest.mark.parametrize(
    ("planes", "numbers", "order"),
    [
        ([axial(5), axial(0), axial(10)], [2, 1, 3], [1, 0, 2]),
        ([axial(5), axial(0), axial(10)], [2, 3, 1], [2, 0, 1]),
        ([axial(5), axial(0), axial(10)], [None, None, None], [1, 0, 2]),
        ([axial(0), axial(0), axial(5)], [3, 1, 2], [1, 2, 0]),
        ([axial(0), None, axial(5)], [3, 1, None], [1, 0, 2]),
        ([None, None], [None, None], [0, 1]),
        ([], [], []),
    ],
    ids=[
        "by position",
        "down as the numbers",
        "no numbers",
        "two at one place",
        "one without plane",
        "nothing",
        "empty",
    ],
)
def test_images_sort_by_position_and_fall_back_to_their_numbers(planes, numbers, order):
    assert sort_images(planes, instance_numbers=numbers) == order


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240131", date(2024, 1, 31)),
        ("2024.01.31", date(2024, 1, 31)),
        ("20240231", None),
        ("", None),
        (None, None),
        ("abc", None),
    ],
)
def test_dates_are_read_tolerantly(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123045.5", time(12, 30, 45, 500000)),
        ("1230", time(12, 30)),
        ("12", time(12)),
        ("12:30:45", time(12, 30, 45)),
        ("235960", time(23, 59, 59)),
        ("2500", None),
        ("", None),
    ],
)
def test_times_are_read_tolerantly(text, expected):
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20240131123045+0130", datetime(2024, 1, 31, 12, 30, 45, tzinfo=timezone(timedelta(minutes=90)))),
        ("20240131123045+0000", datetime(2024, 1, 31, 12, 30, 45, tzinfo=UTC)),
        ("202401", datetime(2024, 1, 1)),
        ("2024013", None),
    ],
)
def test_moments_are_read_with_their_zone(text, expected):
    assert parse_date_time(text) == expected


def test_ages_are_read_and_computed_in_the_unit_that_fits():
    assert age_text("074Y") == "74 y"
    assert age_text("008M") == "8 mo"
    assert age_text("old") == ""
    assert age_in_days("002W") == 14
    assert age_text_at(date(1950, 2, 1), date(2024, 1, 31)) == "73 y"
    assert age_text_at(date(1950, 2, 1), date(2024, 2, 1)) == "74 y"
    assert age_text_at(date(2024, 1, 1), date(2024, 1, 13)) == "12 d"
    assert age_text_at(date(2024, 1, 1), date(2024, 2, 1)) == "4 wk"
    assert age_text_at(date(2023, 5, 20), date(2024, 2, 1)) == "8 mo"
    assert age_text_at(date(2024, 1, 2), date(2024, 1, 1)) == ""


def test_new_uids_are_valid_and_differ():
    assert is_valid_uid(new_uid())
    assert new_uid() != new_uid()


@pytest.mark.parametrize("text", ["", "1", "1.02", "1.2.", ".1.2", "1.2.x", "1." + "2" * 63, "1.2\n"])
def test_a_malformed_uid_is_not_valid(text):
    assert not is_valid_uid(text)
