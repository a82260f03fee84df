"""Radiographs of the chest: rays through the chest phantom, finished as a detector's software would.

References
----------
PS3.3 A.26 (Digital X-Ray Image IOD), C.8.11 (DX modules), C.7.6.1.1.1 (Patient Orientation).
"""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DigitalXRayImageStorageForPresentation

from dicomkit.synth.chest_phantom import ChestPhantom, Nodule
from dicomkit.synth.ct_chest import CURRENT_NODULE
from dicomkit.synth.modules import StudyAttributes, new_object, set_pixels
from dicomkit.synth.textures import Plane, blur, resample

_ROWS, _COLUMNS = 2500, 2048
_PIXEL_MM = 0.168
_GRID_MM = 1.2
_WATER_PER_MM = 0.0175
_MAXIMUM = 4095
_MARKER = ("11110", "10001", "10001", "11110", "10100", "10010", "10001")
"""The letter R of the lead marker, as dots."""


def dx_chest_pair(
    study: StudyAttributes,
    *,
    nodule: Nodule | None = CURRENT_NODULE,
    series_number: int = 1,
    seed: int = 7,
) -> list[Dataset]:
    """Return a PA view (MONOCHROME1) and a left lateral view (MONOCHROME2), 2500 x 2048, 12 bits; about 6 s.

    Parameters
    ----------
    study
        Whom it is of.
    nodule, seed
        As for the CT of the same patient.
    """
    frontal, lateral = _projections(ChestPhantom(nodule=nodule, seed=seed, is_standing=True))
    # On a PA view, shown as if facing the patient, the patient's left is on the right: as the phantom's x.
    pa = _finish(frontal, np.random.default_rng(seed), marker_at=(150, 170))
    # A left lateral view is shown with the front of the patient on the left.
    side = _finish(lateral, np.random.default_rng(seed + 1), marker_at=None)
    return [
        _dx_image(
            study, _MAXIMUM - pa, view="PA", orientation=["L", "F"], number=1, series_number=series_number
        ),
        _dx_image(study, side, view="LL", orientation=["P", "F"], number=2, series_number=series_number),
    ]


def _projections(phantom: ChestPhantom) -> tuple[Plane, Plane]:
    """Return the attenuation along rays from back to front and from right to left, rows from head to feet."""
    x_mm = np.arange(-172, 172.1, _GRID_MM).astype(np.float32)
    y_mm = np.arange(-125, 125.1, _GRID_MM).astype(np.float32)
    heights_mm = np.arange(345.0, -75.0, -_GRID_MM)
    frontal = np.empty((len(heights_mm), len(x_mm)), np.float32)
    lateral = np.empty((len(heights_mm), len(y_mm)), np.float32)
    for index, z_mm in enumerate(heights_mm):
        hu = phantom.slice_hu(float(z_mm), x_mm=x_mm, y_mm=y_mm)
        # Bone absorbs more than its density says at the energies of a radiograph.
        density = np.maximum(1 + hu / 1000, 0) + np.maximum(hu - 150, 0) * np.float32(0.0011)
        frontal[index] = density.sum(axis=0) * (_WATER_PER_MM * _GRID_MM)
        lateral[index] = density.sum(axis=1) * (_WATER_PER_MM * _GRID_MM)
    return frontal, lateral


def _finish(
    attenuation: Plane, rng: np.random.Generator, *, marker_at: tuple[int, int] | None
) -> NDArray[np.uint16]:
    """Bring attenuation onto the detector and equalise it: large differences are reduced, small ones kept."""
    area = resample(attenuation, (_ROWS, round(attenuation.shape[1] * _GRID_MM / _PIXEL_MM)))
    picture = _fit_columns(area)
    coarse = resample(blur(resample(picture, (_ROWS // 25, _COLUMNS // 25)), times=6), picture.shape)
    in_air = picture < 0.1
    picture = picture - np.float32(0.42) * coarse
    grain = blur(rng.standard_normal(picture.shape, np.float32)) * np.float32(0.022)
    picture = picture + grain * np.exp(np.clip(coarse, 0, 5) * np.float32(0.22))
    low, high = np.percentile(picture[::8, ::8][~in_air[::8, ::8]], (0.2, 99.6))
    low -= 0.1 * (high - low)
    picture[in_air] = np.minimum(picture[in_air], low + 0.02 * (high - low))
    grey = np.clip((picture - low) / (high - low), 0, 1) ** np.float32(0.92) * np.float32(3700) + np.float32(
        120
    )
    if marker_at is not None:
        _paint_marker(grey, *marker_at)
    return np.asarray(np.clip(np.rint(grey), 0, _MAXIMUM), np.uint16)


def _fit_columns(area: Plane) -> Plane:
    """Cut or widen to the detector's columns, the middle staying in the middle; air is added at the sides."""
    surplus = area.shape[1] - _COLUMNS
    if surplus >= 0:
        return area[:, surplus // 2 : surplus // 2 + _COLUMNS]
    left = -surplus // 2
    return np.pad(area, ((0, 0), (left, -surplus - left)), mode="edge")


def _paint_marker(grey: Plane, row: int, column: int) -> None:
    dots = np.array([[int(dot) for dot in line] for line in _MARKER], np.float32)
    letter = np.kron(dots, np.ones((14, 14), np.float32)) > 0
    grey[row : row + letter.shape[0], column : column + letter.shape[1]][letter] = 4000


def _dx_image(
    study: StudyAttributes,
    pixels: NDArray[np.uint16],
    *,
    view: str,
    orientation: list[str],
    number: int,
    series_number: int,
) -> Dataset:
    dataset = new_object(
        study,
        sop_class_uid=DigitalXRayImageStorageForPresentation,
        modality="DX",
        series_number=series_number,
        series_description="Chest PA and lateral",
        instance_number=number,
    )
    inverted = view == "PA"
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.BodyPartExamined = "CHEST"
    dataset.ViewPosition = view
    dataset.PatientOrientation = orientation
    dataset.ImageLaterality = "U"
    dataset.AnatomicRegionSequence = Sequence([_code("51185008", "SCT", "Chest")])
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = -1 if inverted else 1
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = "1", "0", "US"
    dataset.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"
    dataset.LossyImageCompression = "00"
    dataset.BurnedInAnnotation = "NO"
    dataset.DetectorType = "SCINTILLATOR"
    dataset.ImagerPixelSpacing = [f"{_PIXEL_MM}", f"{_PIXEL_MM}"]
    dataset.KVP = "125"
    dataset.WindowCenter, dataset.WindowWidth = "2048", "4096"
    set_pixels(
        dataset,
        pixels,
        bits_stored=12,
        photometric_interpretation="MONOCHROME1" if inverted else "MONOCHROME2",
    )
    return dataset


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
