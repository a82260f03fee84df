"""Small objects whose every pixel is known, for tests and for looking at the pipeline.

References
----------
PS3.3 A.8 (Secondary Capture), C.7.6.3 (Image Pixel), C.7.9 (Palette Color Lookup Table).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
)

from dicomkit.synth.modules import StudyAttributes, new_object, set_pixels


def ramp_values(rows: int, columns: int, *, bits_stored: int, is_signed: bool) -> NDArray[Any]:
    """Return the pixels of `ramp_dataset`: from the lowest value, top left, to the highest, bottom right."""
    lowest = -(1 << (bits_stored - 1)) if is_signed else 0
    steps = np.linspace(lowest, lowest + (1 << bits_stored) - 1, rows * columns)
    width = 8 if bits_stored <= 8 else 16 if bits_stored <= 16 else 32
    return np.floor(steps).astype(f"{'i' if is_signed else 'u'}{width // 8}").reshape(rows, columns)


def ramp_dataset(
    *,
    rows: int = 64,
    columns: int = 64,
    bits_stored: int = 12,
    is_signed: bool = False,
    photometric_interpretation: str = "MONOCHROME2",
    transfer_syntax_uid: str = ExplicitVRLittleEndian,
    study: StudyAttributes | None = None,
    **attributes: Any,
) -> Dataset:
    """Return a grey image whose values rise evenly over the whole range of Bits Stored.

    Parameters
    ----------
    transfer_syntax_uid
        A native one.
    attributes
        Further attributes by keyword, for example `RescaleSlope="2"`.
    """
    dataset = _secondary_capture(study, transfer_syntax_uid)
    pixels = ramp_values(rows, columns, bits_stored=bits_stored, is_signed=is_signed)
    set_pixels(
        dataset, pixels, bits_stored=bits_stored, photometric_interpretation=photometric_interpretation
    )
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def rgb_dataset(
    *,
    rows: int = 32,
    columns: int = 48,
    is_planar: bool = False,
    transfer_syntax_uid: str = ExplicitVRLittleEndian,
    study: StudyAttributes | None = None,
) -> Dataset:
    """Return a colour image: red rises to the right, green downwards, blue is 128."""
    dataset = _secondary_capture(study, transfer_syntax_uid)
    pixels = rgb_values(rows, columns)
    set_pixels(dataset, pixels, bits_stored=8, photometric_interpretation="RGB")
    if is_planar:
        dataset.PlanarConfiguration = 1
        data = np.moveaxis(pixels, -1, 0).tobytes()
        dataset.PixelData = data + b"\0" * (len(data) % 2)
    return dataset


def rgb_values(rows: int, columns: int) -> NDArray[np.uint8]:
    """Return the pixels of `rgb_dataset`."""
    pixels = np.full((rows, columns, 3), 128, np.uint8)
    pixels[..., 0] = np.linspace(0, 255, columns).astype(np.uint8)
    pixels[..., 1] = np.linspace(0, 255, rows).astype(np.uint8)[:, None]
    return pixels


def palette_dataset(
    *, rows: int = 16, columns: int = 16, bits_per_entry: int = 16, study: StudyAttributes | None = None
) -> Dataset:
    """Return a palette image: pixel n has index n modulo 256, which means red n, green 255 - n, blue 7."""
    dataset = _secondary_capture(study, ExplicitVRLittleEndian)
    indices = (np.arange(rows * columns) % 256).astype(np.uint8).reshape(rows, columns)
    set_pixels(dataset, indices, bits_stored=8, photometric_interpretation="PALETTE COLOR")
    ramp = np.arange(256)
    for channel, entries in (("Red", ramp), ("Green", 255 - ramp), ("Blue", np.full(256, 7))):
        dataset.add_new(f"{channel}PaletteColorLookupTableDescriptor", "US", [256, 0, bits_per_entry])
        data = entries.astype("<u2") << 8 if bits_per_entry == 16 else entries.astype(np.uint8)
        setattr(dataset, f"{channel}PaletteColorLookupTableData", data.tobytes())
    return dataset


def supplemental_palette_dataset(
    *, first_coloured: int = 192, study: StudyAttributes | None = None
) -> Dataset:
    """Return a grey 16 x 16 image whose pixel n is n; from `first_coloured` on it is red 255 - n, green 7, blue n."""
    dataset = _secondary_capture(study, ExplicitVRLittleEndian)
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    set_pixels(dataset, values, bits_stored=16, photometric_interpretation="MONOCHROME2")
    dataset.PixelPresentation = "COLOR"
    coloured = np.arange(first_coloured, 256)
    channels = {"Red": 255 - coloured, "Green": np.full(len(coloured), 7), "Blue": coloured}
    for channel, entries in channels.items():
        dataset.add_new(
            f"{channel}PaletteColorLookupTableDescriptor", "US", [len(coloured), first_coloured, 16]
        )
        data = (entries.astype("<u2") << 8).tobytes()
        dataset.add_new(f"{channel}PaletteColorLookupTableData", "OW", data)
    return dataset


def multiframe_dataset(
    *, frames: int = 4, rows: int = 8, columns: int = 8, study: StudyAttributes | None = None
) -> Dataset:
    """Return a grey multi-frame image; every pixel of frame n (0-based) is n + 1."""
    attributes = study or StudyAttributes()
    dataset = new_object(
        attributes,
        sop_class_uid=MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
        modality="OT",
        series_number=1,
        series_description="Known frames",
        instance_number=1,
    )
    dataset.ConversionType = "SYN"
    dataset.NumberOfFrames = frames
    pixels = np.broadcast_to(
        np.arange(1, frames + 1, dtype=np.uint16)[:, None, None], (frames, rows, columns)
    )
    set_pixels(
        dataset, np.ascontiguousarray(pixels), bits_stored=16, photometric_interpretation="MONOCHROME2"
    )
    return dataset


def _secondary_capture(study: StudyAttributes | None, transfer_syntax_uid: str) -> Dataset:
    dataset = new_object(
        study or StudyAttributes(),
        sop_class_uid=SecondaryCaptureImageStorage,
        modality="OT",
        series_number=1,
        series_description="Known pixels",
        instance_number=1,
        transfer_syntax_uid=transfer_syntax_uid,
    )
    dataset.ConversionType = "SYN"
    return dataset
