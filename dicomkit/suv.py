"""Standardised uptake value by body weight: activity per volume, as if the tracer had spread evenly in the patient.

    SUVbw [g/ml] = activity [Bq/ml] * weight [g] / injected activity left at the same moment [Bq]

References
----------
PS3.3 C.8.9.1 (PET Series: Units, SUV Type, Decay Correction), C.7.6.16.2.11 (Real World Value Mapping); PS3.16 CID 84
and CID 85 (units of PET).
"""

import math
from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.errors import DicomKitError, InvalidLookupTableError, NoSUVError
from dicomkit.malformed import refuse_malformed_values
from dicomkit.pet_decay import remaining_share
from dicomkit.pet_frame import PETFrame, positive_of
from dicomkit.pixels.modality_lut import Rescale, read_modality_transform
from dicomkit.pixels.numbers import first_float

_PHILIPS_CREATOR, _PHILIPS_GROUP = "Philips PET Private Group", 0x7053
_PHILIPS_SUV_FACTOR, _PHILIPS_ACTIVITY_FACTOR = 0x00, 0x09

# UCUM units in small letters, as Units (0054,1001) and how many of them.
_UCUM_UNITS = {
    "bq/ml": ("BQML", 1.0),
    "kbq/ml": ("BQML", 1000.0),
    "g/ml": ("GML", 1.0),
    "g/ml{suvbw}": ("GML", 1.0),
    "{suvbw}g/ml": ("GML", 1.0),
}
_ENHANCED_PET = "1.2.840.10008.5.1.4.1.1.130"
_PET_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.128.1", _ENHANCED_PET})
_BQ_PER_MBQ = 1e6
# Nobody was injected with less or more: such a number was written in another unit.
_DOSES_BQ = (1e4, 1e11)


@dataclass(frozen=True, slots=True)
class SUVFactor:
    """SUV by body weight in g/ml = modality value * `value`."""

    value: float


@dataclass(frozen=True, slots=True)
class SUVProblem:
    """Why there is no SUV: `reason` is one sentence to a radiologist."""

    reason: str


def is_pet_image(dataset: Dataset) -> bool:
    """Return whether an image holds what a PET measured, as opposed to a screenshot or report in a PET series."""
    is_pet = str(dataset.get("SOPClassUID") or "") in _PET_CLASSES or bool(dataset.get("Units"))
    return is_pet and dataset.get("Modality") == "PT"


def body_weight_suv(dataset: Dataset, *, frame_index: int = 0) -> SUVFactor | SUVProblem:
    """Return the factor from modality values to SUV by body weight, or why there is none. Never an error.

    Parameters
    ----------
    dataset
        Header of a PET image, an enhanced or a legacy converted one. Private attributes of GE and Philips are used.
    frame_index
        0-based.

    Notes
    -----
    What is left in the syringe is not subtracted: the injected dose is used as it is written.

    References
    ----------
    PS3.3 C.8.9.1.1.3 (Units), C.11.1.1.2 (modality values).
    """
    frame = PETFrame(dataset, frame_index)
    try:
        with refuse_malformed_values():
            factor = _factor(frame)
    except NoSUVError as error:
        return SUVProblem(str(error))
    except DicomKitError:
        return SUVProblem("What the file says of the injection or the scan is damaged.")
    if not (math.isfinite(factor) and factor > 0):
        return SUVProblem("What the file says of the injection or the scan cannot be right.")
    return SUVFactor(factor)


def _factor(frame: PETFrame) -> float:
    units, scale = _units(frame)
    if units == "GML":
        _refuse_other_suv(frame)
        return scale
    _refuse_without_attenuation_correction(frame)
    if units == "BQML":
        return scale * _suv_of_activity(frame)
    if units == "CNTS":
        return _philips_factor(frame)
    raise NoSUVError("The values of the image are not activity by volume.")


def _units(frame: PETFrame) -> tuple[str, float]:
    """Return the units of the modality values as Units (0054,1001), and how many units one modality value is."""
    units = frame.text("Units")
    if units:
        return units, 1.0
    mapped = dict(_mapped_units(frame))
    for wanted in ("GML", "BQML"):
        if wanted in mapped:
            return wanted, mapped[wanted]
    raise NoSUVError("The image does not say what its values are measured in.")


def _mapped_units(frame: PETFrame) -> list[tuple[str, float]]:
    """Return what the real world value mappings turn modality values into, where that is a multiplication."""
    rescale = read_modality_transform(frame.dataset, frame_index=frame.frame_index)
    if not isinstance(rescale, Rescale):
        raise InvalidLookupTableError("A PET image has a table in place of a rescale slope.")
    found = []
    for mapping in _mappings(frame):
        codes = mapping.get("MeasurementUnitsCodeSequence") or [Dataset()]
        code = str(codes[0].get("CodeValue") or "").strip().lower()
        slope, intercept = (
            first_float(mapping.get(f"RealWorldValue{name}")) for name in ("Slope", "Intercept")
        )
        if code not in _UCUM_UNITS or not slope:
            continue
        # Both lines must meet zero at the same stored value, else no factor leads from one to the other.
        if math.isclose((intercept or 0.0) * rescale.slope, slope * rescale.intercept, abs_tol=1e-9):
            units, scale = _UCUM_UNITS[code]
            found.append((units, scale * slope / rescale.slope))
    return found


def _mappings(frame: PETFrame) -> list[Dataset]:
    per_frame = frame.dataset.get("PerFrameFunctionalGroupsSequence") or []
    own = per_frame[frame.frame_index : frame.frame_index + 1]
    shared = frame.dataset.get("SharedFunctionalGroupsSequence") or []
    for source in (*own, *shared[:1], frame.dataset):
        mappings = source.get("RealWorldValueMappingSequence")
        if mappings:
            return list(mappings)
    return []


def _refuse_other_suv(frame: PETFrame) -> None:
    """Refuse values that are an SUV already, but not by body weight. Without an SUV Type they are."""
    suv_type = frame.text("SUVType")
    if suv_type not in ("", "BW"):
        kinds = {"BSA": "body surface", "IBW": "ideal body weight"}
        raise NoSUVError(
            f"The image holds SUV by {kinds.get(suv_type, 'lean body mass')}, not by body weight."
        )


def _refuse_without_attenuation_correction(frame: PETFrame) -> None:
    corrections = frame.texts("CorrectedImage")
    corrected = frame.text("AttenuationCorrected")
    if corrected == "YES" or "ATTN" in corrections:
        return
    if corrected or corrections:
        raise NoSUVError("The image is not corrected for attenuation.")
    raise NoSUVError("The image does not say whether it is corrected for attenuation.")


def _philips_factor(frame: PETFrame) -> float:
    """Return the factor for counts, which only Philips devices tell, in private attributes (0 where unknown)."""
    suv = first_float(frame.private(_PHILIPS_CREATOR, _PHILIPS_GROUP, _PHILIPS_SUV_FACTOR))
    if suv:
        return suv
    activity = first_float(frame.private(_PHILIPS_CREATOR, _PHILIPS_GROUP, _PHILIPS_ACTIVITY_FACTOR))
    if activity:
        return activity * _suv_of_activity(frame)
    raise NoSUVError("The image holds counts, and the file does not say how much activity they are.")


def _suv_of_activity(frame: PETFrame) -> float:
    """Return the SUV of 1 Bq/ml."""
    weight_kg = frame.positive("PatientWeight", missing="The patient's weight is missing.")
    tracer = frame.radiopharmaceutical()
    return weight_kg * 1000.0 / (_injected_bq(frame, tracer) * remaining_share(frame, tracer))


def _injected_bq(frame: PETFrame, tracer: Dataset) -> float:
    """Return the injected activity: written in Bq, but in MBq in an enhanced object (PS3.3 C.8.9.2, C.8.22.4)."""
    written = positive_of(tracer.get("RadionuclideTotalDose"), missing="The injected dose is missing.")
    is_enhanced = frame.text("SOPClassUID") == _ENHANCED_PET
    dose_bq = written * _BQ_PER_MBQ if is_enhanced else written
    if not _DOSES_BQ[0] <= dose_bq <= _DOSES_BQ[1]:
        unit = "MBq" if is_enhanced else "Bq"
        raise NoSUVError(f"The injected dose is recorded as {written:g} {unit}, which cannot be right.")
    return dose_bq
