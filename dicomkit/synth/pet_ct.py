"""A PET/CT of the chest from the chest phantom: a CT for attenuation, and the uptake of F-18 FDG with hot lesions.

References
----------
PS3.3 A.3 (CT Image IOD), A.21 (PET Image IOD), C.8.9 (PET modules), C.7.4.1 (Frame of Reference).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage

from dicomkit.synth.chest_phantom import ChestPhantom, Nodule
from dicomkit.synth.modules import StudyAttributes, derived_uid, new_object, set_pixels
from dicomkit.synth.textures import blur

_CT_MATRIX, _CT_SPACING_MM, _CT_SLICE_MM = 256, 1.95, 5.0
_PET_MATRIX, _PET_SPACING_MM, _PET_SLICE_MM = 128, 5.3, 4.0
_TOP_MM = 298.0
_CENTRE_Y_MM = 6.0
_CT_NOISE_HU = 22.0
_PET_NOISE = 0.06
_LARGEST_STORED = 32767

WEIGHT_KG = 68.0
INJECTED_BQ = 3.1e8
HALF_LIFE_S = 6586.2
"""Of F-18."""

UPTAKE_S = 3600.0
"""From the injection to the scan."""

# Uptake by Hounsfield units: air, lung, fat, soft tissue and blood, bone marrow.
_TISSUE_HU = (-1024.0, -900.0, -700.0, -150.0, -60.0, 20.0, 90.0, 250.0, 700.0)
_TISSUE_SUV = (0.0, 0.1, 0.45, 0.3, 0.35, 1.0, 1.6, 1.3, 0.9)
# A lesion has one uptake inside its radius, and fades over this distance outside of it.
_FADES_MM = 5.0


@dataclass(frozen=True, slots=True)
class Lesion:
    """A ball with one uptake: centre in mm of the patient, radius in mm, SUV by body weight."""

    centre: tuple[float, float, float]
    radius_mm: float
    suv: float


LESIONS = (
    Lesion((-74.0, -22.0, 224.0), 12.0, 8.5),
    Lesion((-22.0, 8.0, 196.0), 10.0, 6.0),
    Lesion((42.0, 62.0, 88.0), 9.0, 12.0),
)
"""A nodule of the right lung, a lymph node beside the trachea, a focus at the left base."""


def pet_ct_study(study: StudyAttributes, *, slices: int = 60, seed: int = 11) -> Iterator[Dataset]:
    """Yield the CT (series 2), then the PET (series 3), both from head to feet in one frame of reference.

    Parameters
    ----------
    slices
        Of the CT, 5 mm apart, 256 x 256 pixels of 1.95 mm. The PET covers the same length with slices 4 mm apart,
        128 x 128 pixels of 5.3 mm, each with a Rescale Slope of its own. Its values are Bq/ml at the start of the scan.
    """
    phantom = ChestPhantom(nodule=Nodule(radius_mm=LESIONS[0].radius_mm), seed=seed)
    for index in range(slices):
        yield _ct_image(study, phantom, index, seed)
    pet_slices = int(slices * _CT_SLICE_MM / _PET_SLICE_MM)
    for index in range(pet_slices):
        yield _pet_image(study, phantom, index, pet_slices, seed)


def suv_factor() -> float:
    """Return the SUV of 1 Bq/ml in these studies."""
    return WEIGHT_KG * 1000.0 / (INJECTED_BQ * math.exp2(-UPTAKE_S / HALF_LIFE_S))


def _grid_mm(matrix: int, spacing_mm: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    x_mm = ((np.arange(matrix) - (matrix - 1) / 2) * spacing_mm).astype(np.float32)
    return x_mm, x_mm + np.float32(_CENTRE_Y_MM)


def _ct_image(study: StudyAttributes, phantom: ChestPhantom, index: int, seed: int) -> Dataset:
    z_mm = _TOP_MM - index * _CT_SLICE_MM
    x_mm, y_mm = _grid_mm(_CT_MATRIX, _CT_SPACING_MM)
    rng = np.random.default_rng((seed, index, 2))
    hu = blur(phantom.slice_hu(z_mm, x_mm=x_mm, y_mm=y_mm))
    hu += blur(rng.standard_normal(hu.shape, np.float32)) * np.float32(_CT_NOISE_HU / 0.375)
    dataset = new_object(
        study,
        sop_class_uid=CTImageStorage,
        modality="CT",
        series_number=2,
        series_description="CT for attenuation",
        instance_number=index + 1,
    )
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.KVP = "100"
    dataset.AcquisitionNumber = 1
    _place(dataset, study, z_mm, _CT_MATRIX, _CT_SPACING_MM, _CT_SLICE_MM)
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = "1", "-1024", "HU"
    dataset.WindowCenter, dataset.WindowWidth = ["40", "-600"], ["400", "1500"]
    dataset.WindowCenterWidthExplanation = ["SOFT TISSUE", "LUNG"]
    stored = np.clip(np.rint(hu), -1024, 3071).astype(np.int16) + np.int16(1024)
    set_pixels(dataset, stored, bits_stored=16, photometric_interpretation="MONOCHROME2")
    return dataset


def _pet_image(study: StudyAttributes, phantom: ChestPhantom, index: int, count: int, seed: int) -> Dataset:
    z_mm = _TOP_MM - index * _PET_SLICE_MM
    suv = _uptake(phantom, z_mm, np.random.default_rng((seed, index, 3)))
    bq_per_ml = suv / suv_factor()
    slope = float(f"{max(float(bq_per_ml.max()), 1.0) / _LARGEST_STORED:.8g}")
    dataset = new_object(
        study,
        sop_class_uid=PositronEmissionTomographyImageStorage,
        modality="PT",
        series_number=3,
        series_description="PET, attenuation corrected",
        instance_number=index + 1,
    )
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SeriesType = ["WHOLE BODY", "IMAGE"]
    dataset.NumberOfSlices, dataset.ImageIndex = count, index + 1
    dataset.FrameReferenceTime, dataset.ActualFrameDuration = "0", 120000
    dataset.CollimatorType = "NONE"
    _place(dataset, study, z_mm, _PET_MATRIX, _PET_SPACING_MM, _PET_SLICE_MM)
    _describe_tracer(dataset, study)
    dataset.RescaleSlope, dataset.RescaleIntercept = f"{slope:.8g}", "0"
    stored = np.clip(np.rint(bq_per_ml / slope), 0, _LARGEST_STORED).astype(np.int16)
    set_pixels(dataset, stored, bits_stored=16, photometric_interpretation="MONOCHROME2")
    return dataset


def _uptake(phantom: ChestPhantom, z_mm: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the SUV of a slice."""
    x_mm, y_mm = _grid_mm(_PET_MATRIX, _PET_SPACING_MM)
    hu = phantom.slice_hu(z_mm, x_mm=x_mm, y_mm=y_mm)
    tissue = np.interp(hu, _TISSUE_HU, _TISSUE_SUV).astype(np.float32)
    tissue = blur(blur(tissue))
    noise = blur(rng.standard_normal(tissue.shape, np.float32)) / np.float32(0.375)
    suv = np.maximum(tissue * (1 + _PET_NOISE * noise), 0).astype(np.float64)
    for lesion in LESIONS:
        x, y, z = lesion.centre
        distance = np.sqrt((x_mm[None, :] - x) ** 2 + (y_mm[:, None] - y) ** 2 + (z_mm - z) ** 2)
        share = np.clip(1 - (distance - lesion.radius_mm) / _FADES_MM, 0, 1)
        suv = suv * (1 - share) + lesion.suv * share
    return suv


def _place(
    dataset: Dataset, study: StudyAttributes, z_mm: float, matrix: int, spacing_mm: float, slice_mm: float
) -> None:
    corner_mm = -(matrix - 1) / 2 * spacing_mm
    dataset.BodyPartExamined = "CHEST"
    dataset.PatientPosition = "HFS"
    dataset.PatientWeight = f"{WEIGHT_KG:g}"
    dataset.FrameOfReferenceUID = derived_uid(study.study_instance_uid, "frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.SliceThickness = dataset.SpacingBetweenSlices = f"{slice_mm:g}"
    dataset.SliceLocation = f"{z_mm:.2f}"
    dataset.ImagePositionPatient = [f"{corner_mm:.4f}", f"{corner_mm + _CENTRE_Y_MM:.4f}", f"{z_mm:.4f}"]
    dataset.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    dataset.PixelSpacing = [f"{spacing_mm:g}", f"{spacing_mm:g}"]


def _describe_tracer(dataset: Dataset, study: StudyAttributes) -> None:
    """Write dose, decay and corrections. The studies begin an hour after midnight or later, so the injection is that day."""
    hours, minutes, seconds = (int(study.study_time[at : at + 2]) for at in (0, 2, 4))
    injected_s = hours * 3600 + minutes * 60 + seconds - int(UPTAKE_S)
    tracer = Dataset()
    tracer.Radiopharmaceutical = "FDG"
    tracer.RadiopharmaceuticalStartTime = (
        f"{injected_s // 3600:02}{injected_s // 60 % 60:02}{injected_s % 60:02}"
    )
    tracer.RadionuclideTotalDose = f"{INJECTED_BQ:g}"
    tracer.RadionuclideHalfLife = f"{HALF_LIFE_S:g}"
    tracer.RadionuclidePositronFraction = "0.9673"
    nuclide = Dataset()
    nuclide.CodeValue, nuclide.CodingSchemeDesignator, nuclide.CodeMeaning = "C-111A1", "SRT", "^18^Fluorine"
    tracer.RadionuclideCodeSequence = Sequence([nuclide])
    dataset.RadiopharmaceuticalInformationSequence = Sequence([tracer])
    dataset.Units, dataset.CountsSource = "BQML", "EMISSION"
    dataset.DecayCorrection = "START"
    dataset.DecayFactor = "1"
    dataset.CorrectedImage = ["DECY", "ATTN", "SCAT", "RAN", "NORM"]
    dataset.AttenuationCorrectionMethod = "CT"
