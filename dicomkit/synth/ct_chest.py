"""A CT of the chest with contrast, from the chest phantom.

References
----------
PS3.3 A.3 (CT Image IOD), C.8.2.1 (CT Image module), C.7.6.2 (Image Plane).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from dicomkit.synth.chest_phantom import AIR_HU, ChestPhantom, Nodule
from dicomkit.synth.modules import StudyAttributes, derived_uid, new_object, set_pixels
from dicomkit.synth.textures import blur

_MATRIX = 512
_SPACING_MM = 0.74
_TOP_MM = 298.0
_BOTTOM_MM = 2.0
_PADDING_VALUE = -2000
_NOISE_HU = 15.0
CURRENT_NODULE = Nodule(radius_mm=8.5)
PRIOR_NODULE = Nodule(radius_mm=4.5)


def ct_chest_series(
    study: StudyAttributes,
    *,
    slices: int = 120,
    nodule: Nodule | None = CURRENT_NODULE,
    series_number: int = 2,
    seed: int = 7,
) -> Iterator[Dataset]:
    """Yield the slices of an axial series from head to feet, one at a time.

    Parameters
    ----------
    study
        Whom it is of. The same study, slices and seed give the same bytes again.
    slices
        Spread evenly over 30 cm; 120 make slices of 2.5 mm.
    nodule
        In the right upper lobe; `PRIOR_NODULE` for an earlier study of the same patient, None for none.
    seed
        Of vessels and noise; keep it for studies of one patient.

    Returns
    -------
    512 x 512, signed 16 bits, Hounsfield units + 1024, padding outside of the circle of reconstruction; 35 ms each.
    """
    phantom = ChestPhantom(nodule=nodule, seed=seed)
    spacing_mm = (_TOP_MM - _BOTTOM_MM) / max(1, slices - 1)
    x_mm = ((np.arange(_MATRIX) - (_MATRIX - 1) / 2) * _SPACING_MM).astype(np.float32)
    y_mm = x_mm + np.float32(6)
    for index in range(slices):
        z_mm = _TOP_MM - index * spacing_mm
        rng = np.random.default_rng((seed, index, slices))
        stored = _stored_slice(phantom.slice_hu(z_mm, x_mm=x_mm, y_mm=y_mm), x_mm, y_mm, rng)
        yield _ct_image(study, stored, index, z_mm, spacing_mm, series_number)


def _stored_slice(
    hu: NDArray[np.float32], x_mm: NDArray[np.float32], y_mm: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.int16]:
    _paint_table(hu, x_mm, y_mm)
    # The scanner's point spread, then noise that is smooth over neighbouring pixels.
    hu = blur(hu)
    noise = blur(rng.standard_normal(hu.shape, np.float32))
    # More is absorbed in the middle of the body, so there is more noise.
    distance = np.hypot(x_mm[None, :] / 190, (y_mm[:, None] - 6) / 190)
    hu += noise * (_NOISE_HU / 0.375) * (1.15 - 0.45 * distance)
    stored = np.clip(np.rint(hu), -1024, 3071).astype(np.int16) + np.int16(1024)
    stored[distance > 1] = _PADDING_VALUE
    return stored


def _paint_table(hu: NDArray[np.float32], x_mm: NDArray[np.float32], y_mm: NDArray[np.float32]) -> None:
    """Add the couch under the back: a thin shell around foam."""
    depth = y_mm[:, None] - (121.0 - 26.0 * (x_mm[None, :] / 200) ** 2)
    couch = (np.abs(x_mm[None, :]) < 208) & (hu < AIR_HU + 20)
    hu[couch & (depth > 0) & (depth < 22)] = -905.0
    hu[couch & (((depth > 0) & (depth < 2.2)) | ((depth > 20) & (depth < 22)))] = -210.0


def _ct_image(
    study: StudyAttributes,
    stored: NDArray[np.int16],
    index: int,
    z_mm: float,
    spacing_mm: float,
    series_number: int,
) -> Dataset:
    dataset = new_object(
        study,
        sop_class_uid=CTImageStorage,
        modality="CT",
        series_number=series_number,
        series_description=f"Chest with contrast {spacing_mm:.1f} mm",
        instance_number=index + 1,
    )
    corner_mm = -(_MATRIX - 1) / 2 * _SPACING_MM
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.BodyPartExamined = "CHEST"
    dataset.PatientPosition = "HFS"
    dataset.FrameOfReferenceUID = derived_uid(study.study_instance_uid, "frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.AcquisitionNumber = 1
    dataset.KVP = "120"
    dataset.XRayTubeCurrent = "210"
    dataset.ExposureTime = "500"
    dataset.ConvolutionKernel = "STANDARD"
    dataset.ContrastBolusAgent = "Iodinated contrast"
    dataset.SliceThickness = f"{spacing_mm:.3f}"
    dataset.SpacingBetweenSlices = f"{spacing_mm:.3f}"
    dataset.SliceLocation = f"{z_mm:.2f}"
    dataset.ImagePositionPatient = [f"{corner_mm:.3f}", f"{corner_mm + 6:.3f}", f"{z_mm:.3f}"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.PixelSpacing = [f"{_SPACING_MM}", f"{_SPACING_MM}"]
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = "1", "-1024", "HU"
    dataset.WindowCenter, dataset.WindowWidth = ["40", "-600"], ["400", "1500"]
    dataset.WindowCenterWidthExplanation = ["MEDIASTINUM", "LUNG"]
    set_pixels(dataset, stored, bits_stored=16, photometric_interpretation="MONOCHROME2")
    dataset.add_new("PixelPaddingValue", "SS", _PADDING_VALUE)
    return dataset
