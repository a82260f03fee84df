"""How large a pixel is, and how far that may be trusted for a measurement.

References
----------
PS3.3 10.7 (Pixel Spacing and its calibration), C.8.5.5 (Ultrasound Region Calibration), C.8.7.4, C.8.11.7.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydicom.dataset import Dataset

from dicomkit.functional_groups import functional_group
from dicomkit.pixels.numbers import first_float, floats
from dicomkit.ultrasound_region import read_ultrasound_regions

_PROJECTION = frozenset({"CR", "DX", "MG", "XA", "RF", "IO", "PX", "DR", "RG"})


class SpacingSource(StrEnum):
    """What a pixel spacing was measured on."""

    PATIENT = "patient"
    """In the patient: cross-sectional images, and projections calibrated by an object of known size."""
    DETECTOR = "detector"
    """At the detector, or estimated from it: lengths in the patient differ by an unknown magnification."""
    ULTRASOUND_REGION = "ultrasound_region"
    """From the calibrated region of an ultrasound image; holds inside of that region only."""
    NONE = "none"
    """Not known: measure in pixels."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Spacing of pixels in mm: (row spacing down, column spacing across), None when unknown.

    `magnification` is the factor by which a spacing at the detector was already divided; 1 when the file gives none.
    """

    spacing_mm: tuple[float, float] | None
    source: SpacingSource
    magnification: float = 1.0


UNCALIBRATED = Calibration(None, SpacingSource.NONE)


def read_calibration(dataset: Dataset, *, frame_index: int = 0) -> Calibration:
    """Return the most honest spacing of a frame.

    Ultrasound uses its two-dimensional regions when they agree. A projection's Pixel Spacing counts as measured in
    the patient only when the file says how it was calibrated; otherwise it is one at the detector, like Imager Pixel
    Spacing, and is divided by Estimated Radiographic Magnification Factor where there is one.

    References
    ----------
    PS3.3 10.7.1.3 (relation of Pixel Spacing and Imager Pixel Spacing).
    """
    if dataset.get("SequenceOfUltrasoundRegions"):
        return _ultrasound_calibration(dataset)
    group = functional_group(dataset, "PixelMeasuresSequence", frame_index=frame_index)
    pixel_spacing = _pair((group if group is not None else dataset).get("PixelSpacing"))
    in_beam = functional_group(dataset, "ProjectionPixelCalibrationSequence", frame_index=frame_index)
    object_spacing = _pair(in_beam.get("ObjectPixelSpacingInCenterOfBeam")) if in_beam is not None else None
    if object_spacing is not None:
        # PS3.3 C.8.19.6 (Projection Pixel Calibration): in the plane of the patient, not at the detector.
        return Calibration(object_spacing, SpacingSource.PATIENT)
    properties = functional_group(dataset, "FramePixelDataPropertiesSequence", frame_index=frame_index)
    imager_spacing = _pair(dataset.get("ImagerPixelSpacing"))
    if imager_spacing is None and properties is not None:
        imager_spacing = _pair(properties.get("ImagerPixelSpacing"))
    if str(dataset.get("Modality") or "") not in _PROJECTION and imager_spacing is None:
        if pixel_spacing is not None:
            return Calibration(pixel_spacing, SpacingSource.PATIENT)
        return _detector(_pair(dataset.get("NominalScannedPixelSpacing")), dataset)
    if pixel_spacing is not None and _is_calibrated(dataset, pixel_spacing, imager_spacing):
        return Calibration(pixel_spacing, SpacingSource.PATIENT)
    return _detector(imager_spacing or pixel_spacing, dataset)


def read_pixel_aspect_ratio(dataset: Dataset, *, calibration: Calibration) -> tuple[float, float]:
    """Return vertical and horizontal size of a pixel in one unit: from the spacing, else Pixel Aspect Ratio, else 1:1.

    References
    ----------
    PS3.3 C.7.6.3.1.7.
    """
    if calibration.spacing_mm is not None and calibration.source is not SpacingSource.ULTRASOUND_REGION:
        down, across = calibration.spacing_mm
        return (1.0, 1.0) if abs(down - across) < 1e-4 * across else (down, across)
    return _pair(dataset.get("PixelAspectRatio")) or (1.0, 1.0)


def _is_calibrated(
    dataset: Dataset, pixel_spacing: tuple[float, float], imager_spacing: tuple[float, float] | None
) -> bool:
    if dataset.get("PixelSpacingCalibrationType"):
        return True
    # PS3.3 10.7.1.3: values that differ were corrected for magnification, though the file does not say how.
    return imager_spacing is not None and any(
        abs(pixel - imager) > 1e-3 * imager
        for pixel, imager in zip(pixel_spacing, imager_spacing, strict=True)
    )


def _detector(spacing: tuple[float, float] | None, dataset: Dataset) -> Calibration:
    if spacing is None:
        return UNCALIBRATED
    factor = first_float(dataset.get("EstimatedRadiographicMagnificationFactor")) or 1.0
    if not 1.0 <= factor <= 10.0:
        factor = 1.0
    return Calibration((spacing[0] / factor, spacing[1] / factor), SpacingSource.DETECTOR, factor)


def _ultrasound_calibration(dataset: Dataset) -> Calibration:
    spacings = {region.spacing_mm for region in read_ultrasound_regions(dataset)} - {None}
    if len(spacings) != 1:
        return UNCALIBRATED
    return Calibration(spacings.pop(), SpacingSource.ULTRASOUND_REGION)


def _pair(value: Any) -> tuple[float, float] | None:
    numbers = floats(value, count=2)
    if numbers is None or min(numbers) <= 0:
        return None
    return numbers[0], numbers[1]
