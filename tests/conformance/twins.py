"""Files that carry their own oracle: the same picture written in several ways, or twice within one file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicomkit.pixels.display import default_inverse, default_voi, display_frame, render
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.voi_lut import read_vois

# Patterns of file names that all hold the stored values of the first, without loss.
SAME_VALUES: dict[str, tuple[str, ...]] = {
    "head CT": (
        "CTImage.dcm_LittleEndianImplicit*",
        "CTImage.dcm_LittleEndianExplicit*",
        "CTImage.dcm_BigEndian*",
        "CTImage.dcm_Deflated*",
        "CTImage.dcm_RLE*",
        "CTImage.dcm_JPEGProcess14T*",
        "CTImage.dcm_JPEGProcess14SV1*",
        "CTImage.dcm_JPEGLSLossless*",
        "CTImage.dcm_JPEG2000Lossless*",
    ),
    "WG04 CT1": ("CT1_UNC", "CT1_RLE", "CT1_JPLL", "CT1_JLSL", "CT1_J2KR"),
    "WG04 MR1": ("MR1_UNC", "MR1_RLE", "MR1_JPLL", "MR1_JLSL", "MR1_J2KR"),
    "WG04 NM1": ("NM1_UNC", "NM1_RLE", "NM1_JPLL", "NM1_JLSL", "NM1_J2KR"),
    "WG04 XA1": ("XA1_RLE", "XA1_JPLL", "XA1_JLSL", "XA1_J2KR"),
    "WG04 US1": ("US1_UNC", "US1_RLE", "US1_J2KR"),
    "WG04 VL1": ("VL1_RLE", "VL1_J2KR"),
    "MR_small": ("MR_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_jp2klossless.dcm"),
    "emri_small": (
        "emri_small.dcm",
        "emri_small_big_endian.dcm",
        "emri_small_RLE.dcm",
        "emri_small_jpeg_2k_lossless.dcm",
        "emri_small_jpeg_2k_lossless_too_short.dcm",
    ),
    "liver": ("liver.dcm", "liver_expb.dcm"),
    "dose": ("rtdose.dcm", "rtdose_expb.dcm", "rtdose_rle.dcm"),
    "colour of 8 bits": ("SC_rgb.dcm", "SC_rgb_rle.dcm", "SC_rgb_expb.dcm", "SC_rgb_jpeg_gdcm.dcm"),
    "colour of 16 bits": ("SC_rgb_16bit.dcm", "SC_rgb_rle_16bit.dcm", "SC_rgb_expb_16bit.dcm"),
    "colour of 32 bits": ("SC_rgb_32bit.dcm", "SC_rgb_rle_32bit.dcm", "SC_rgb_expb_32bit.dcm"),
    "palette": ("OBXXXX1A.dcm", "OBXXXX1A_rle.dcm", "OBXXXX1A_expb.dcm"),
}


def values(path: Path) -> NDArray[np.generic]:
    """Return all stored values of a file: (frames, rows, columns[, 3])."""
    with FrameSource.open(path) as source:
        return np.stack([source.stored_frame(index) for index in range(source.pixel_format.number_of_frames)])


def picture(path: Path) -> NDArray[np.uint8]:
    """Return the first frame in its default window."""
    return pictures(path)[0]


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    """Return the first frame in each of its windows and tables, or in the automatic one."""
    with FrameSource.open(path) as source:
        dataset, layout = source.dataset, source.pixel_format
        frame = display_frame(source, 0)
        vois = read_vois(dataset) or (default_voi(frame, dataset=dataset, layout=layout),)
        inverse = default_inverse(dataset, layout=layout)
        return [render(frame, voi=voi, inverse=inverse) for voi in vois]
