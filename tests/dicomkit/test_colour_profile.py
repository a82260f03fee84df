"""Colours with a profile become those of the screen; those that are the screen's already are left alone."""

from io import BytesIO

import numpy as np
import pytest
from PIL import ImageCms
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.pixels.colour_profile import to_screen_colours
from dicomkit.pixels.display import display_frame
from dicomkit.pixels.frames import FrameSource
from dicomkit.synth import palette_dataset, rgb_dataset
from dicomkit.synth.colour_profiles import SRGB_PRIMARIES, matrix_profile
from dicomkit.synth.known import rgb_values


def shown(dataset: Dataset) -> np.ndarray:
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    frame = display_frame(FrameSource.open(stream), 0)
    assert isinstance(frame, np.ndarray)
    return frame


def screen_level(light: np.ndarray) -> np.ndarray:
    """Return the level of the screen for an amount of light from 0 to 1 (IEC 61966-2-1)."""
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def test_linear_light_becomes_the_levels_of_the_screen() -> None:
    dataset = rgb_dataset()
    dataset.ICCProfile = matrix_profile(gamma=1.0)

    expected = screen_level(rgb_values(32, 48) / 255)
    assert np.abs(shown(dataset) - expected).max() <= 1
    assert shown(dataset)[0, 1].tolist()[0] == round(float(screen_level(np.array(5 / 255))))


def test_other_primaries_are_mixed_into_those_of_the_screen() -> None:
    red, green, blue = SRGB_PRIMARIES
    dataset = rgb_dataset()
    dataset.ICCProfile = matrix_profile(primaries=(blue, green, red))

    expected = screen_level(rgb_values(32, 48)[..., ::-1] / 255)
    assert np.abs(shown(dataset) - expected).max() <= 2


def test_a_palette_goes_through_the_profile_too() -> None:
    dataset = palette_dataset()
    dataset.ICCProfile = matrix_profile()

    assert np.abs(shown(dataset)[0, 3] - screen_level(np.array([3, 252, 7]) / 255)).max() <= 1


def test_the_optical_path_of_the_frame_gives_the_profile() -> None:
    dataset = rgb_dataset()
    paths = []
    for identifier, profile in (("1", matrix_profile(gamma=3.0)), ("2", matrix_profile(gamma=1.0))):
        path = Dataset()
        path.OpticalPathIdentifier, path.ICCProfile = identifier, profile
        paths.append(path)
    dataset.OpticalPathSequence = Sequence(paths)
    frame, used = Dataset(), Dataset()
    used.OpticalPathIdentifier = "2"
    frame.OpticalPathIdentificationSequence = Sequence([used])
    dataset.PerFrameFunctionalGroupsSequence = Sequence([frame])

    assert np.abs(shown(dataset) - screen_level(rgb_values(32, 48) / 255)).max() <= 1


@pytest.mark.parametrize("version", ["2", "none", "damaged"])
def test_colours_of_the_screen_stay_exactly_as_they_are(version: str) -> None:
    profiles = {
        "2": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
        "none": b"",
        "damaged": matrix_profile()[:200],
    }
    rgb = np.random.default_rng(10).integers(0, 256, (9, 7, 3), np.uint8)

    assert np.array_equal(to_screen_colours(rgb, profile=profiles[version]), rgb)
