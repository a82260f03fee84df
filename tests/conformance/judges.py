"""Renderers and decoders that we did not write, each asked for the same picture or the same stored values as ours.

Every judge answers with an array, or None when it cannot read the file: then it has no opinion.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread  # noqa: TID251 - pydicom is the judge here
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import pixel_array

from dicomkit.functional_groups import functional_group
from dicomkit.pixels.voi_lut import VOI, VOILUT, VOIFunction, VOIWindow
from dicomkit.transfer_syntax import Decoder

# DCMTK has one program for each family of decoders.
_DCMTK_PROGRAMS = {
    Decoder.NATIVE: "dcm2pnm",
    Decoder.RLE: "dcm2pnm",
    Decoder.JPEG: "dcmj2pnm",
    Decoder.JPEG_LS: "dcml2pnm",
}
_LIMIT_SECONDS = 60
_PYTHON_CANNOT = (RuntimeError, NotImplementedError, AttributeError, ValueError, KeyError, TypeError, OSError)


@cache
def is_installed(program: str) -> bool:
    """Whether a judge's program is there."""
    return shutil.which(program) is not None


def dcmtk_can_decode(decoder: Decoder) -> bool:
    """Whether DCMTK reads such pixel data by itself."""
    return decoder in _DCMTK_PROGRAMS


def dcmtk_picture(
    path: Path,
    *,
    decoder: Decoder,
    frame_number: int,
    voi: VOI | None,
    voi_number: int | None = None,
    is_in_stored_values: bool = False,
) -> NDArray[np.uint8] | None:
    """Return what DCMTK draws: grey (rows, columns) or RGB (rows, columns, 3), without overlays and scaling.

    Parameters
    ----------
    frame_number
        1-based.
    voi
        The window or table to draw grey with; None for colour.
    voi_number
        1-based place among the file's own windows, or tables, where DCMTK is to read it by itself.
    is_in_stored_values
        Whether the window has been carried over to stored values: DCMTK then leaves out the modality transform.
    """
    program = _DCMTK_PROGRAMS[decoder]
    if not is_installed(program):
        return None
    options = ["--write-raw-pnm", "--no-overlays", "--frame", str(frame_number)]
    options += ["--no-modality"] if is_in_stored_values else []
    answer = subprocess.run(
        [program, "--quiet", *options, *_dcmtk_voi(voi, voi_number), os.fspath(path)],
        capture_output=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    if answer.returncode or not answer.stdout:
        return None
    return np.asarray(Image.open(BytesIO(answer.stdout)))


def _dcmtk_voi(voi: VOI | None, voi_number: int | None) -> list[str]:
    match voi:
        case VOILUT():
            return ["--use-voi-lut", str(voi_number)]
        case VOIWindow(function=VOIFunction.LINEAR_EXACT):
            # DCMTK knows no LINEAR_EXACT; its LINEAR with these numbers is the same straight line (C.11.2.1.3.2).
            return ["--set-window", repr(voi.center + 0.5), repr(voi.width + 1), "--linear-function"]
        case VOIWindow() if voi_number is not None:
            return ["--use-window", str(voi_number)]
        case VOIWindow():
            is_sigmoid = voi.function is VOIFunction.SIGMOID
            function = "--sigmoid-function" if is_sigmoid else "--linear-function"
            return ["--set-window", repr(voi.center), repr(voi.width), function]
    return []


@contextmanager
def decoded_by_gdcm(path: Path) -> Iterator[Path | None]:
    """Let GDCM write the file anew with native pixel data, for the time of the block."""
    with TemporaryDirectory() as folder:
        decoded = Path(folder) / "decoded.dcm"
        if is_installed("gdcmconv"):
            subprocess.run(
                ["gdcmconv", "--raw", os.fspath(path), os.fspath(decoded)],
                capture_output=True,
                timeout=_LIMIT_SECONDS,
                check=False,
            )
        yield decoded if decoded.exists() and decoded.stat().st_size else None


def pydicom_frame(path: Path, *, frame_index: int) -> NDArray[Any] | None:
    """Return the stored values of one frame as pydicom decodes them, RGB where the file says YBR."""
    try:
        return pixel_array(dcmread(path, force=True), index=frame_index)
    except _PYTHON_CANNOT:
        return None


def pydicom_header(path: Path) -> Dataset:
    """Return the attributes before the pixel data as pydicom reads them."""
    return dcmread(path, force=True, stop_before_pixels=True)


def openjpeg_frame(path: Path, *, frame_index: int) -> NDArray[Any] | None:
    """Return one unsigned grey frame of a JPEG 2000 or HTJ2K file as OpenJPEG decodes it (through Pillow)."""
    dataset = dcmread(path, force=True)
    if dataset.PixelRepresentation or dataset.SamplesPerPixel > 1:
        return None
    frames = int(dataset.get("NumberOfFrames") or 1)
    for index, codestream in enumerate(generate_frames(dataset.PixelData, number_of_frames=frames)):
        if index == frame_index:
            return np.asarray(Image.open(BytesIO(codestream)))
    return None


def pydicom_picture(
    stored: NDArray[Any], path: Path, *, frame_index: int, voi: VOI
) -> NDArray[np.float64] | None:
    """Return grey in [0, 255], not rounded and not inverted, by pydicom's modality and VOI functions.

    Parameters
    ----------
    stored
        Stored values of the frame as a judge decoded them.
    voi
        Says how to read the numbers that pydicom gives back; the window itself pydicom reads from the file.
    """
    try:
        dataset = _classic(dcmread(path, force=True, stop_before_pixels=True), frame_index)
        values = apply_modality_lut(stored, dataset)
        grey = apply_voi_lut(values, dataset, prefer_lut=isinstance(voi, VOILUT)).astype(np.float64)
        if isinstance(voi, VOILUT):
            return grey / ((1 << voi.table.bits_per_entry) - 1) * 255
        low, high = _window_output(dataset)
    except _PYTHON_CANNOT:
        return None
    return np.clip((grey - low) / (high - low), 0, 1) * 255


def pydicom_colours(stored: NDArray[Any], path: Path) -> NDArray[Any]:
    """Return the high bytes of what pydicom finds in the 16-bit palette of the file: (rows, columns, 3)."""
    dataset = dcmread(path, force=True, stop_before_pixels=True)
    # pydicom refuses supplemental palettes by name; the table itself is like any other.
    dataset.pop("PixelPresentation", None)
    colours: NDArray[Any] = apply_color_lut(stored, dataset)
    return colours >> 8


def _classic(dataset: Dataset, frame_index: int) -> Dataset:
    """Return the attributes of one frame as an object without functional groups has them: pydicom knows no others."""
    for keyword in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
        group = functional_group(dataset, keyword, frame_index=frame_index)
        if group is not None:
            dataset.update(group)
    return dataset


def _window_output(dataset: Dataset) -> tuple[float, float]:
    """Return the range that pydicom windows into: that of the values after the modality transform."""
    bits, low = int(dataset.BitsStored), 0
    if dataset.get("ModalityLUTSequence"):
        return 0, (1 << int(dataset.ModalityLUTSequence[0].LUTDescriptor[2])) - 1
    if dataset.PixelRepresentation:
        low = -(1 << (bits - 1))
    slope, intercept = float(dataset.get("RescaleSlope", 1)), float(dataset.get("RescaleIntercept", 0))
    return low * slope + intercept, (low + (1 << bits) - 1) * slope + intercept
