"""Palettes are those of the standard, and blending is what the formula says."""

import numpy as np
import pytest
from pydicom.data import get_palette_files
from pydicom.filereader import dcmread

from dicomkit.pixels.colour_palettes import ColourPalette, palette_colours
from dicomkit.pixels.fusion import fuse
from dicomkit.pixels.packing import PackedFrame
from dicomkit.pixels.voi_lut import VOIFunction, VOIWindow

TO_TEN = VOIWindow(5.0, 10.0, VOIFunction.LINEAR_EXACT)


@pytest.mark.parametrize(
    ("palette", "file"),
    [
        (ColourPalette.HOT_IRON, "hotiron.dcm"),
        (ColourPalette.PET, "pet.dcm"),
        (ColourPalette.HOT_METAL_BLUE, "hotmetalblue.dcm"),
        (ColourPalette.PET_20_STEP, "pet20step.dcm"),
    ],
)
def test_well_known_palettes_are_the_published_objects(palette: ColourPalette, file: str) -> None:
    (path,) = get_palette_files(file)
    published = dcmread(path, force=True)

    colours = palette_colours(palette)

    for channel, name in enumerate(("Red", "Green", "Blue")):
        data = getattr(published, f"{name}PaletteColorLookupTableData")
        assert colours[:, channel].tolist() == list(data[:256])


def test_our_own_palettes_run_from_end_to_end() -> None:
    rainbow, inverse = palette_colours(ColourPalette.RAINBOW), palette_colours(ColourPalette.GREY_INVERSE)

    assert rainbow[[0, 32, 255]].tolist() == [[0, 0, 0], [0, 0, 255], [255, 0, 0]]
    assert inverse[[0, 1, 255]].tolist() == [[255, 255, 255], [254, 254, 254], [0, 0, 0]]


def test_every_value_gets_its_share_rounded_half_up() -> None:
    grey = np.array([[0, 100, 201, 77]], np.uint8)
    overlay = PackedFrame(np.array([[0, 100, 50, 100]], np.uint16), np.array([[0, 0, 0, 1]], bool), 0.1, 0.0)

    fused = fuse(grey, overlay, window=TO_TEN, palette=ColourPalette.GREY_INVERSE, opacity_percent=25)

    # 0 is white, 10 black, 5 the 128th of 255 steps; the last pixel is padding of the overlay.
    assert fused[0, :, 0].tolist() == [64, 75, (201 * 75 + 127 * 25 + 50) // 100, 77]
    assert (fused == fused[..., :1]).all()


@pytest.mark.parametrize("percent", [0, 100])
def test_at_the_ends_one_image_is_left(percent: int) -> None:
    rng = np.random.default_rng(3)
    grey = rng.integers(0, 256, (16, 16), dtype=np.uint8)
    overlay = PackedFrame(rng.integers(0, 256, (16, 16), dtype=np.uint16), None, 1.0, 0.0)
    window = VOIWindow(127.5, 255.0, VOIFunction.LINEAR_EXACT)

    fused = fuse(grey, overlay, window=window, palette=ColourPalette.HOT_IRON, opacity_percent=percent)

    if percent == 0:
        assert (fused == grey[..., None]).all()
    else:
        assert (fused == palette_colours(ColourPalette.HOT_IRON)[overlay.values]).all()
