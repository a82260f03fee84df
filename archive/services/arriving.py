"""What the archive indexes of one instance: from its header to column values, by level."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydicom.dataset import Dataset

from dicomkit.attributes import Level, indexed_attributes
from dicomkit.identity import InstanceIdentity, clean_text, whole_number
from dicomkit.image_attributes import display_attributes
from dicomkit.mosaic import read_mosaic
from dicomkit.part10 import Part10Header
from dicomkit.temporal import age_in_days, parse_date, parse_time

# Of one sample: a double float, PS3.3 C.7.6.24.
_MOST_BITS = 64
# Nobody was older; a birth date further back is a placeholder.
_OLDEST = timedelta(days=130 * 366)


@dataclass(frozen=True)
class ArrivingInstance:
    """What the archive indexes of one instance, as column values by level."""

    identity: InstanceIdentity
    sha256: str
    size_bytes: int
    patient: dict[str, Any]
    study: dict[str, Any]
    series: dict[str, Any]
    instance: dict[str, Any]

    @classmethod
    def of(
        cls, header: Part10Header, identity: InstanceIdentity, *, sha256: str, size_bytes: int
    ) -> "ArrivingInstance":
        """Read the indexed attributes out of a header."""
        dataset = header.dataset
        patient, study = _columns(header, Level.PATIENT), _columns(header, Level.STUDY)
        study["patient_age_days"] = _age_days(patient, study, clean_text(dataset, "PatientAge", 16))
        series = _columns(header, Level.SERIES) | _request_columns(header)
        image_attributes = display_attributes(dataset) if _is_image(header) else None
        instance = _columns(header, Level.INSTANCE) | {
            "transfer_syntax_uid": header.syntax.uid[:64],
            "number_of_frames": _number_of_frames(dataset, image_attributes),
            "image_attributes": image_attributes,
        }
        return cls(identity, sha256, size_bytes, patient, study, series, instance)


def _columns(header: Part10Header, level: Level) -> dict[str, Any]:
    """Return the values of the indexed attributes of one level, by column."""
    values: dict[str, Any] = {}
    for attribute in indexed_attributes(level):
        text = clean_text(header.dataset, attribute.keyword, attribute.max_length or 64)
        match attribute.vr:
            case "DA":
                values[attribute.column] = parse_date(text)
            case "TM":
                values[attribute.column] = parse_time(text)
            case "IS":
                values[attribute.column] = whole_number(header.dataset, attribute.keyword)
            case "US":
                values[attribute.column] = _unsigned(header, attribute.keyword)
            case _:
                values[attribute.column] = text
    return values


def _unsigned(header: Part10Header, keyword: str) -> int | None:
    """Return an unsigned attribute; None where only a lying header could hold the value."""
    number = whole_number(header.dataset, keyword)
    largest = _MOST_BITS if keyword == "BitsAllocated" else 2**16 - 1
    return number if number is not None and 0 <= number <= largest else None


def _request_columns(header: Part10Header) -> dict[str, str]:
    items = header.dataset.get("RequestAttributesSequence") or []
    if not items:
        return {}
    return {
        "requested_procedure_id": clean_text(items[0], "RequestedProcedureID", 64),
        "scheduled_procedure_step_id": clean_text(items[0], "ScheduledProcedureStepID", 64),
    }


def _age_days(patient: dict[str, Any], study: dict[str, Any], patient_age: str) -> int:
    """Return the age at the time of the study: by the dates where both are known, else as the file states it."""
    born, made = patient["patient_birth_date"], study["study_date"]
    if born and made and timedelta() <= made - born < _OLDEST:
        age: timedelta = made - born
        return age.days
    days = age_in_days(patient_age)
    return -1 if days is None else days


def _number_of_frames(dataset: Dataset, image_attributes: dict[str, Any] | None) -> int:
    """Return how many images an object is: its frames, or the slices of a mosaic; 0 without an image."""
    if image_attributes is None:
        return 0
    mosaic = read_mosaic(dataset)
    return mosaic.slices if mosaic else max(whole_number(dataset, "NumberOfFrames") or 1, 1)


def _is_image(header: Part10Header) -> bool:
    """Tell whether an object has pixels; of a deflated one only its image module can say so."""
    dataset = header.dataset
    return all(whole_number(dataset, keyword) for keyword in ("Rows", "Columns", "BitsAllocated"))
