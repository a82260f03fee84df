"""Screening mammograms in four views, made of textures inside of a breast's outline.

References
----------
PS3.3 A.27 (Digital Mammography X-Ray Image IOD), C.8.11.7 (Mammography Image module); PS3.16 CID 4014 (views).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation

from dicomkit.synth.modules import StudyAttributes, new_object, set_pixels
from dicomkit.synth.textures import Plane, blur, smooth_noise

_ROWS, _COLUMNS = 3328, 2560
_PIXEL_MM = 0.07


@dataclass(frozen=True, slots=True)
class _View:
    laterality: str
    name: str
    code: str
    meaning: str
    patient_orientation: tuple[str, str]


# Right breasts are hung with the chest wall on the right. On a CC view the outer side is up.
_VIEWS = (
    _View("R", "CC", "399162004", "cranio-caudal", ("P", "L")),
    _View("L", "CC", "399162004", "cranio-caudal", ("A", "R")),
    _View("R", "MLO", "399368009", "medio-lateral oblique", ("P", "FL")),
    _View("L", "MLO", "399368009", "medio-lateral oblique", ("A", "FR")),
)


def mammogram_four_view(study: StudyAttributes, *, series_number: int = 1, seed: int = 11) -> list[Dataset]:
    """Return RCC, LCC, RMLO and LMLO, 3328 x 2560, 12 bits, each in a series of its own; about 8 s.

    Parameters
    ----------
    study
        Whom it is of.
    seed
        Chooses the glandular tissue; both breasts of a seed are alike, not the same.
    """
    return [
        _mg_image(study, _pixels(view, seed), view, series_number + index)
        for index, view in enumerate(_VIEWS)
    ]


def _pixels(view: _View, seed: int) -> NDArray[np.uint16]:
    """Draw a breast with the chest wall at the left edge, and turn right ones round."""
    rng = np.random.default_rng((seed, view.laterality == "R", view.name == "MLO"))
    rows = np.linspace(-1, 1, _ROWS, dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, _COLUMNS, dtype=np.float32)[None, :]
    is_oblique = view.name == "MLO"
    inwards = _outline(rows, columns, is_oblique)
    # Compression makes the middle even; near the skin the breast thins out.
    thickness = np.sqrt(np.clip(1 - (1 - np.clip(inwards / 0.22, 0, 1)) ** 2, 0, 1))
    tissue = _tissue(rng, rows, columns, inwards, is_oblique)
    grey = thickness * (np.float32(1180) + tissue)
    skin = np.exp(-(((inwards - 0.006) / 0.005) ** 2))
    grey += np.float32(230) * skin
    if is_oblique:
        grey = _add_pectoral_muscle(grey, rng, rows, columns)
    _add_calcifications(grey, rng, view)
    grey += blur(rng.standard_normal(grey.shape, np.float32)) * np.float32(26) * (0.4 + thickness)
    grey[inwards <= 0] = 0
    pixels = np.clip(np.rint(grey), 0, 4095).astype(np.uint16)
    return np.ascontiguousarray(pixels[:, ::-1]) if view.laterality == "R" else pixels


def _outline(rows: Plane, columns: Plane, is_oblique: bool) -> Plane:
    """Return about how far inside of the skin a pixel lies, in widths of the detector; negative outside."""
    centre, half, reach = (0.12, 0.78, 0.70) if is_oblique else (0.0, 0.66, 0.72)
    sag = (rows - centre) / half
    droop = 1 + 0.16 * sag if is_oblique else 1
    edge = reach * np.sqrt(np.clip(1 - np.abs(sag) ** 2.15, 0, 1)) * droop
    if is_oblique:
        # The armpit: skin runs from the breast up to the upper edge, with a rounded corner between.
        armpit = 0.60 - 0.40 * (rows + 1)
        edge = 0.05 * np.logaddexp(edge / 0.05, armpit / 0.05)
    slope = np.gradient(edge[:, 0]) * _COLUMNS
    inwards = (edge - columns) / np.sqrt(1 + np.minimum(slope**2, 60))[:, None]
    nipple_row = 0.16 if is_oblique else 0.02
    tip = np.exp(-(((rows - nipple_row) / 0.034) ** 2) * np.float32(1.0))
    # The nipple only moves the skin: further in, nothing of it is left.
    nipple = 0.034 * tip * np.exp(-np.clip(inwards, 0, None) / 0.02)
    return np.asarray(inwards + nipple, np.float32)


def _tissue(rng: np.random.Generator, rows: Plane, columns: Plane, inwards: Plane, is_oblique: bool) -> Plane:
    """Return glandular tissue that fans out from the nipple, strands and fat lobules."""
    shape = (_ROWS, _COLUMNS)
    centre_row = 0.10 if is_oblique else -0.04
    cone = np.exp(-(((rows - centre_row) / 0.40) ** 2) - ((columns - 0.36) / 0.24) ** 2)
    clouds = smooth_noise(rng, shape, cell_px=420) + 0.6 * smooth_noise(rng, shape, cell_px=170)
    fine = 0.55 * smooth_noise(rng, shape, cell_px=64) + 0.35 * smooth_noise(rng, shape, cell_px=24)
    # Where a smooth noise crosses zero runs a thin bright line: the ligaments between the lobules.
    strands = np.exp(-((smooth_noise(rng, shape, cell_px=150) / 0.10) ** 2))
    strands += 0.7 * np.exp(-((smooth_noise(rng, shape, cell_px=70) / 0.13) ** 2))
    gland = 1 / (1 + np.exp(-2.2 * (clouds + 2.6 * cone - 1.25)))
    under_skin = np.clip((inwards - 0.03) / 0.06, 0, 1)
    density = under_skin * (gland * (760 + 230 * fine) + strands * (70 + 170 * cone)) + 90 * fine
    return np.asarray(density, np.float32)


def _add_pectoral_muscle(grey: Plane, rng: np.random.Generator, rows: Plane, columns: Plane) -> Plane:
    border = 0.43 - 0.30 * (rows + 1) - 0.05 * (rows + 0.3) ** 2
    inside = 1 / (1 + np.exp(-np.clip((border - columns) / 0.009, -40, 40)))
    fibres = smooth_noise(rng, (_ROWS, _COLUMNS), cell_px=240)
    muscle = np.float32(2060) + 45 * fibres + 900 * np.clip(border - columns, 0, 0.4) + 0.12 * grey
    return np.asarray(np.maximum(grey, grey * (1 - inside) + muscle * inside), np.float32)


def _add_calcifications(grey: Plane, rng: np.random.Generator, view: _View) -> None:
    """Add a few scattered benign ones, and a small cluster in the left breast."""
    spots = [(int(rng.integers(900, 2400)), int(rng.integers(200, 1300)), 2.6) for _ in range(5)]
    if view.laterality == "L":
        row, column = (1450, 980) if view.name == "CC" else (1560, 1010)
        spots += [
            (row + int(rng.normal(0, 28)), column + int(rng.normal(0, 28)), float(rng.uniform(1.0, 1.9)))
            for _ in range(14)
        ]
    for row, column, radius_px in spots:
        box = slice(row - 12, row + 13), slice(column - 12, column + 13)
        offsets = np.arange(-12, 13, dtype=np.float32)
        spot = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / (2 * radius_px**2))
        grey[box] += np.float32(820) * spot


def _mg_image(study: StudyAttributes, pixels: NDArray[np.uint16], view: _View, series_number: int) -> Dataset:
    dataset = new_object(
        study,
        sop_class_uid=DigitalMammographyXRayImageStorageForPresentation,
        modality="MG",
        series_number=series_number,
        series_description=f"{view.laterality} {view.name}",
        instance_number=1,
    )
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.BodyPartExamined = "BREAST"
    dataset.ImageLaterality = view.laterality
    dataset.ViewPosition = view.name
    dataset.PatientOrientation = list(view.patient_orientation)
    dataset.AnatomicRegionSequence = Sequence([_code("76752008", "Breast")])
    dataset.ViewCodeSequence = Sequence([_code(view.code, view.meaning)])
    dataset.ViewCodeSequence[0].ViewModifierCodeSequence = Sequence([])
    dataset.OrganExposed = "BREAST"
    dataset.BreastImplantPresent = "NO"
    dataset.PartialView = "NO"
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = "1", "0", "US"
    dataset.PresentationLUTShape = "IDENTITY"
    dataset.LossyImageCompression = "00"
    dataset.BurnedInAnnotation = "NO"
    dataset.DetectorType = "DIRECT"
    dataset.ImagerPixelSpacing = [f"{_PIXEL_MM}", f"{_PIXEL_MM}"]
    dataset.EstimatedRadiographicMagnificationFactor = "1.04"
    dataset.KVP = "29"
    dataset.WindowCenter, dataset.WindowWidth = "1850", "2900"
    set_pixels(dataset, pixels, bits_stored=12, photometric_interpretation="MONOCHROME2")
    return dataset


def _code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "SCT", meaning
    return code
