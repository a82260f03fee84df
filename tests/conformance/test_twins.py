"""Pictures that must be the same are the same."""

from pathlib import Path

import numpy as np
import pytest

from tests.conformance.samples import bundled_files, collected_files
from tests.conformance.twins import SAME_VALUES, picture, pictures, values


def found(pattern: str) -> Path | None:
    """Return the first file of that name, or None where the sample set is not there."""
    return next((path for path in [*bundled_files(), *collected_files()] if path.match(pattern)), None)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SAME_VALUES)
def test_one_picture_in_many_encodings_has_the_same_values(name: str) -> None:
    paths = [path for pattern in SAME_VALUES[name] if (path := found(pattern)) is not None]
    if len(paths) < 2:
        pytest.skip("the sample set is not here")

    first = values(paths[0])

    assert [path.name for path in paths[1:] if not np.array_equal(values(path), first)] == []


def test_a_mammograms_tables_are_its_sigmoid_windows() -> None:
    path = found("GH133.dcm")
    if path is None:
        pytest.skip("the sample set is not here")

    windows_and_tables = pictures(path)

    # Three SIGMOID windows, and the same three as VOI LUT Sequence: NORMAL, HARDER, SOFTER.
    assert len(windows_and_tables) == 6
    for window, table in zip(windows_and_tables[:3], windows_and_tables[3:], strict=True):
        assert np.abs(window.astype(int) - table).max() <= 1


def test_a_codestream_that_is_subsampled_has_the_colours_of_its_twin() -> None:
    path, twin = found("SC_rgb_jpeg_lossy_gdcm.dcm"), found("SC_rgb_jpeg_dcmtk.dcm")
    if path is None or twin is None:
        pytest.skip("the sample set is not here")

    # Two encoders lost different things at the borders of the bars, so the bars are compared inside.
    rows = np.arange(5, 100, 10)
    difference = picture(path)[rows].astype(int) - picture(twin)[rows]
    assert np.abs(difference).max() <= 6
