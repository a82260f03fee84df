"""MR mosaics with known slices, as a Siemens scanner writes them.

References
----------
PS3.3 C.8.3.1 (MR Image module); the CSA header as nibabel documents it.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from dicomkit.synth.modules import StudyAttributes, new_object, set_pixels

_CHECK, _CHECK_ITEM = 77, 205


@dataclass(frozen=True, kw_only=True, slots=True)
class MosaicOptions:
    """Where a mosaic lies and what it says of itself.

    Attributes
    ----------
    first_position
        Centre of the first pixel of the first slice, mm.
    normal
        From one slice to the next.
    csa_version
        1 or 2, or None for no CSA header.
    """

    first_position: tuple[float, float, float] = (-100.0, -90.0, -40.0)
    orientation: tuple[float, float, float, float, float, float] = (1, 0, 0, 0, 1, 0)
    normal: tuple[float, float, float] = (0, 0, 1)
    spacing_mm: tuple[float, float] = (3.0, 2.5)
    slice_spacing_mm: float = 3.6
    csa_version: int | None = 2
    has_private_count: bool = False
    series_number: int = 1
    instance_number: int = 1


def mosaic_dataset(
    study: StudyAttributes, slices: NDArray[np.uint16], options: MosaicOptions | None = None
) -> Dataset:
    """Return a mosaic of slices, (slices, rows, columns); its Image Position (Patient) is the scanner's own."""
    asked = options or MosaicOptions()
    count, rows, columns = slices.shape
    across = math.ceil(math.sqrt(count))
    picture = np.zeros((across * rows, across * columns), np.uint16)
    for index, one in enumerate(slices):
        row, column = divmod(index, across)
        picture[row * rows : (row + 1) * rows, column * columns : (column + 1) * columns] = one
    dataset = new_object(
        study,
        sop_class_uid=MRImageStorage,
        modality="MR",
        series_number=asked.series_number,
        series_description="ep2d mosaic",
        instance_number=asked.instance_number,
    )
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
    dataset.Manufacturer = "SIEMENS"
    dataset.FrameOfReferenceUID = f"{dataset.SeriesInstanceUID}.1"[:64]
    down_mm, across_mm = asked.spacing_mm
    row_direction, column_direction = np.array(asked.orientation[:3]), np.array(asked.orientation[3:])
    # The corner of a slice of the mosaic's size around the same centre.
    position = (
        np.array(asked.first_position)
        - row_direction * across_mm * (picture.shape[1] - columns) / 2
        - column_direction * down_mm * (picture.shape[0] - rows) / 2
    )
    dataset.ImagePositionPatient = [round(float(value), 6) for value in position]
    dataset.ImageOrientationPatient = list(asked.orientation)
    dataset.PixelSpacing = list(asked.spacing_mm)
    dataset.SliceThickness = asked.slice_spacing_mm - 0.6
    dataset.SpacingBetweenSlices = asked.slice_spacing_mm
    _add_private(dataset, asked, count)
    set_pixels(dataset, picture, bits_stored=12, photometric_interpretation="MONOCHROME2")
    return dataset


def csa_header(entries: Mapping[str, Sequence[str]], *, version: int = 2) -> bytes:
    """Return a CSA header of texts."""
    head = b"SV10\4\3\2\1" if version == 2 else b""
    parts = [head, struct.pack("<II", len(entries), _CHECK)]
    excess = len(next(iter(entries.values()), ()))
    for name, values in entries.items():
        parts.append(struct.pack("<64si4siii", name.encode(), len(values), b"IS", 6, len(values), _CHECK))
        for value in values:
            data = value.encode() + b"\0"
            lengths = (0, len(data), _CHECK_ITEM, 0) if version == 2 else (len(data) + excess, 0, 0, 0)
            parts += [struct.pack("<4i", *lengths), data, b"\0" * (-len(data) % 4)]
    return b"".join(parts)


def _add_private(dataset: Dataset, asked: MosaicOptions, count: int) -> None:
    if asked.has_private_count:
        dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0A, "US", count)
    if asked.csa_version is not None:
        entries = {
            "EchoLinePosition": ["32"],
            "NumberOfImagesInMosaic": [str(count)],
            "SliceNormalVector": [f"{value:.8f}" for value in asked.normal],
        }
        block = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
        block.add_new(0x10, "OB", csa_header(entries, version=asked.csa_version))
