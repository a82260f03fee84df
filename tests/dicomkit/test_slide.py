"""Parts of whole slides at every level, against an assembly by plain numpy."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from dicomkit.errors import InvalidTileError
from dicomkit.image_attributes import display_attributes
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.scale import level_of
from dicomkit.slide import read_slide
from dicomkit.slide_region import SlideLevel, SourceShape, choose_source, slide_tile
from dicomkit.synth import StudyAttributes
from dicomkit.synth.slide import SlideOptions, slide_dataset
from dicomkit.tiles import TileRectangle, level_shape, tile_grid, tile_rectangle

ROWS, COLUMNS = 1153, 1390


@pytest.fixture(scope="module")
def colours() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)


def opened(dataset: Dataset) -> SlideLevel:
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    buffer.seek(0)
    return SlideLevel(FrameSource.open(buffer))


def whole_level(
    stored: SlideLevel, rows: int, columns: int, level: int, picture: int = 0
) -> NDArray[np.uint8]:
    """Return a level put together of all of its tiles."""
    level_rows, level_columns = level_shape(rows, columns, level=level)
    canvas = np.zeros((level_rows, level_columns, 3), np.uint8)
    down, across = tile_grid(rows, columns, level=level)
    for row in range(down):
        for column in range(across):
            rectangle = tile_rectangle(rows, columns, level=level, column=column, row=row)
            part = slide_tile(stored, picture, rectangle, level_rows=level_rows, level_columns=level_columns)
            canvas[rectangle.slices] = part
    return canvas


@pytest.mark.parametrize("tile", [240, 256, 512, 700])
def test_every_level_of_a_full_matrix_is_the_halved_whole(colours: NDArray[np.uint8], tile: int) -> None:
    stored = opened(slide_dataset(StudyAttributes(), [colours], SlideOptions(tile=tile)))

    for level in range(3):
        expected = level_of(colours, level)
        assert np.array_equal(whole_level(stored, ROWS, COLUMNS, level), expected)


def test_a_level_of_large_blocks_has_no_seams(
    colours: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dicomkit.slide_region._BLOCK", 64)
    stored = opened(slide_dataset(StudyAttributes(), [colours], SlideOptions(tile=200)))

    assert np.array_equal(whole_level(stored, ROWS, COLUMNS, 2), level_of(colours, 2))


def test_the_gaps_of_a_sparse_matrix_are_background(colours: NDArray[np.uint8]) -> None:
    places = ((512, 0), (17, 301), (1200, 1000))
    dataset = slide_dataset(StudyAttributes(), [colours], SlideOptions(tile=256, sparse_places=places))
    dataset.RecommendedAbsentPixelCIELabValue = [0, 32896, 32896]

    found = whole_level(opened(dataset), ROWS, COLUMNS, 0)

    expected = np.zeros_like(colours)
    for column, row in places:
        into = slice(row, row + 256), slice(column, column + 256)
        expected[into] = colours[into]
    assert np.array_equal(found, expected)


def test_a_sparse_matrix_without_a_colour_for_gaps_has_white_ones(colours: NDArray[np.uint8]) -> None:
    options = SlideOptions(tile=256, sparse_places=((0, 0),))

    found = whole_level(opened(slide_dataset(StudyAttributes(), [colours], options)), ROWS, COLUMNS, 0)

    assert (found[256:] == 255).all()
    assert (found[:256, 256:] == 255).all()


@pytest.mark.parametrize("sparse", [False, True])
def test_optical_paths_and_focal_planes_are_told_apart(sparse: bool) -> None:
    pictures = [np.full((300, 520, 3), 10 * number, np.uint8) for number in range(1, 7)]
    grid = tuple((column, row) for row in range(0, 300, 256) for column in range(0, 520, 256))
    options = SlideOptions(
        optical_paths=(("B", "Blue"), ("A", "Red")),
        focal_planes=3,
        sparse_places=grid if sparse else None,
    )
    stored = opened(slide_dataset(StudyAttributes(), pictures, options))

    for index, picture in enumerate(pictures):
        assert np.array_equal(whole_level(stored, 300, 520, 0, index), picture)
    named = [(one.path_name, one.height_mm) for one in stored.matrix.pictures]
    assert named == [(name, height) for name in ("Blue", "Red") for height in (0.0, 0.002, 0.004)]


def test_grey_gaps_are_padding_and_take_no_part_in_averages() -> None:
    values = np.full((512, 512), 1000, np.uint16)
    dataset = slide_dataset(StudyAttributes(), [values], SlideOptions(tile=255, sparse_places=((0, 0),)))

    part = slide_tile(opened(dataset), 0, TileRectangle(0, 0, 256, 256), level_rows=256, level_columns=256)

    assert isinstance(part, PackedFrame)
    assert part.padding_mask is not None
    assert (part.values[:128, :128] == 1000).all()
    assert not part.padding_mask[:128, :128].any()
    assert part.padding_mask[128:].all()


def test_a_stored_level_of_another_size_is_averaged_by_area() -> None:
    ramp = np.repeat(np.linspace(0, 240, 1501).astype(np.uint8)[np.newaxis], 900, axis=0)
    stored = opened(slide_dataset(StudyAttributes(), [np.stack([ramp] * 3, axis=-1)]))

    # The whole has 4,000 columns: level 2 has 1,000, two thirds of what is stored.
    part = slide_tile(stored, 0, TileRectangle(0, 512, 512, 488), level_rows=600, level_columns=1000)

    expected = np.linspace(0, 240, 1000)[512:]
    assert np.abs(np.asarray(part)[5, :, 0] - expected).max() <= 1.5


def test_the_coarsest_stored_level_that_is_fine_enough_is_chosen() -> None:
    shapes = [SourceShape(80_000, 100_000), SourceShape(5000, 6250), SourceShape(20_000, 25_000)]

    chosen = [choose_source(shapes, rows=80_000, columns=100_000, level=level) for level in range(8)]

    assert chosen == [0, 0, 2, 2, 1, 1, 1, 1]


def test_a_vast_slide_without_smaller_levels_is_not_decoded_whole() -> None:
    with pytest.raises(InvalidTileError, match="no smaller version"):
        choose_source([SourceShape(80_000, 100_000)], rows=80_000, columns=100_000, level=7)


def test_a_thumbnail_stands_in_where_a_level_would_take_too_long() -> None:
    shapes = [SourceShape(80_000, 100_000), SourceShape(400, 500)]

    assert choose_source(shapes, rows=80_000, columns=100_000, level=6) == 1


def test_only_the_frames_that_a_tile_needs_are_decoded(
    colours: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = opened(slide_dataset(StudyAttributes(), [colours], SlideOptions(tile=256)))
    decoded: list[int] = []
    original = FrameSource.stored_frame
    monkeypatch.setattr(
        FrameSource, "stored_frame", lambda self, index: decoded.append(index) or original(self, index)
    )

    slide_tile(stored, 0, TileRectangle(512, 512, 512, 512), level_rows=ROWS, level_columns=COLUMNS)

    # Six frames across: the third and fourth of the third and fourth row.
    assert sorted(decoded) == [14, 15, 20, 21]


def test_a_slide_is_described_without_its_frames(colours: NDArray[np.uint8]) -> None:
    places = tuple((column, row) for row in range(0, ROWS, 64) for column in range(0, COLUMNS, 64))
    dataset = slide_dataset(StudyAttributes(), [colours], SlideOptions(tile=64, sparse_places=places))

    attributes = display_attributes(dataset)

    assert attributes["frames"] == []
    assert attributes["shared"]["slide"] == {
        "rows": ROWS,
        "columns": COLUMNS,
        "tile_pixels": 64 * 64,
        "flavour": "VOLUME",
        "group": dataset.PyramidUID,
        "pictures": [["1", "Bright field", 0.0]],
        "pixel_spacing_mm": [0.0005, 0.0005],
    }


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("TotalPixelMatrixRows", 0),
        ("TotalPixelMatrixColumns", 4_000_000_000),
        ("ConcatenationUID", "1.2.3"),
        ("SOPClassUID", "1.2.840.10008.5.1.4.1.1.77.1.4"),
    ],
)
def test_what_makes_no_whole_is_no_slide(colours: NDArray[np.uint8], keyword: str, value: object) -> None:
    dataset = slide_dataset(StudyAttributes(), [colours[:64, :64]], SlideOptions(tile=64))
    setattr(dataset, keyword, value)

    assert read_slide(dataset) is None


def test_frames_that_the_file_lacks_are_background(colours: NDArray[np.uint8]) -> None:
    dataset = slide_dataset(StudyAttributes(), [colours], SlideOptions(tile=512))
    dataset.NumberOfFrames = 3
    dataset.PixelData = dataset.PixelData[: 3 * 512 * 512 * 3]

    found = whole_level(opened(dataset), ROWS, COLUMNS, 0)

    assert np.array_equal(found[:512], colours[:512])
    assert (found[512:] == 255).all()
