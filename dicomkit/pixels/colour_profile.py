"""Colours of an image to those of the screen, by the profile that the file carries.

References
----------
PS3.3 C.11.15 (ICC Profile module), C.8.12.5 (Optical Path module of slide microscopy).
"""

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group

_MAX_PROFILE_BYTES = 8 * 2**20
# Differences of one level come from rounding: such a profile is that of the screen.
_ROUNDING = 1


def read_colour_profile(dataset: Dataset, *, frame_index: int = 0) -> bytes | None:
    """Return the ICC profile of a colour frame, or None.

    On a slide each optical path has its own; where the file does not say which path the frame was taken through, the
    first one with a profile counts.
    """
    profile = dataset.get("ICCProfile")
    if isinstance(profile, bytes) and profile:
        return profile
    group = functional_group(dataset, "OpticalPathIdentificationSequence", frame_index=frame_index)
    identifier = group.get("OpticalPathIdentifier") if group is not None else None
    for path in dataset.get("OpticalPathSequence") or ():
        profile = path.get("ICCProfile")
        is_meant = identifier is None or path.get("OpticalPathIdentifier") == identifier
        if is_meant and isinstance(profile, bytes) and profile:
            return profile
    return None


def to_screen_colours(rgb: NDArray[np.uint8], *, profile: bytes | None) -> NDArray[np.uint8]:
    """Convert colours to sRGB; they stay as they are without a profile, or with one that cannot be used.

    Parameters
    ----------
    rgb
        uint8, (..., 3).

    Notes
    -----
    Relative colorimetric with black point compensation: white and black of the file become those of the screen, and a
    file that says sRGB in any of its versions is not touched. The perceptual tables of the sRGB v4 profile would shift
    such a file by up to 105 levels.
    """
    transform = _screen_transform(profile) if profile and len(profile) <= _MAX_PROFILE_BYTES else None
    if transform is None:
        return rgb
    return _apply(transform, rgb)


@lru_cache(maxsize=16)
def _screen_transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            "RGB",
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    change = np.abs(_apply(transform, cube).astype(np.int16) - cube).max()
    return transform if change > _ROUNDING else None


def _apply(transform: ImageCms.ImageCmsTransform, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    flat = Image.fromarray(np.ascontiguousarray(rgb.reshape(1, -1, 3)))
    converted = ImageCms.applyTransform(flat, transform)
    if converted is None:
        return rgb
    return np.asarray(converted).reshape(rgb.shape)
