"""Which patient, study, series and instance a data set says it belongs to.

References
----------
PS3.3 C.7 (the modules that carry the identifiers), PS3.5 9 (unique identifiers)
"""

import re
from dataclasses import dataclass

from pydicom.dataset import Dataset

from dicomkit.errors import IdentityError
from dicomkit.malformed import CONVERSION_ERRORS

# PS3.5 9.1 allows 64 characters of digits and dots. Components with leading zeros are against it, but so common
# that an archive refusing them would lose studies.
_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class InstanceIdentity:
    """The identifiers of one instance, cleaned of padding and validated."""

    patient_id: str
    issuer_of_patient_id: str
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str


def identity_of(dataset: Dataset) -> InstanceIdentity:
    """Return the identity of an instance.

    Raises
    ------
    IdentityError
        A unique identifier is missing, or is not one. The message names the attribute, never its value.
    """
    return InstanceIdentity(
        patient_id=clean_text(dataset, "PatientID", 64),
        issuer_of_patient_id=clean_text(dataset, "IssuerOfPatientID", 64),
        study_instance_uid=_uid(dataset, "StudyInstanceUID"),
        series_instance_uid=_uid(dataset, "SeriesInstanceUID"),
        sop_instance_uid=_uid(dataset, "SOPInstanceUID"),
        sop_class_uid=_uid(dataset, "SOPClassUID"),
    )


def clean_text(dataset: Dataset, keyword: str, max_length: int) -> str:
    """Return an attribute as one line of text: no padding, no control characters, several values joined by a
    backslash, at most ``max_length`` characters; empty where it is absent or unreadable.
    """
    try:
        value = dataset.get(keyword)
    except CONVERSION_ERRORS:
        return ""
    if value is None:
        return ""
    is_list = (
        not isinstance(value, str | bytes) and hasattr(value, "__iter__") and not hasattr(value, "components")
    )
    text = "\\".join(str(one) for one in value) if is_list else str(value)
    return _CONTROL_CHARACTERS.sub(" ", text).strip()[:max_length].strip()


def whole_number(dataset: Dataset, keyword: str) -> int | None:
    """Return an attribute as a whole number that fits 32 bits; None where it is absent or no number."""
    text = clean_text(dataset, keyword, 32).split("\\")[0]
    try:
        number = int(float(text)) if text else None
    except (ValueError, OverflowError):
        return None
    return number if number is None or -(2**31) <= number < 2**31 else None


def is_uid(text: str) -> bool:
    """Tell whether a text is a unique identifier, leading zeros of a component forgiven.

    References
    ----------
    PS3.5 9.1
    """
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def _uid(dataset: Dataset, keyword: str) -> str:
    text = clean_text(dataset, keyword, 65)
    if not text:
        raise IdentityError(f"{keyword} is missing.")
    if not is_uid(text):
        raise IdentityError(f"{keyword} is not a unique identifier.")
    return text
