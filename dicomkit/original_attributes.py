"""Correct attributes of a data set and keep in it what they were.

References
----------
PS3.3 C.12.1.1.9 (Original Attributes Sequence), PS3.5 6.1.2.5 (character sets of a data set)
"""

from collections.abc import Mapping
from datetime import datetime

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.identity import clean_text
from dicomkit.malformed import refuse_malformed_values

MODIFYING_SYSTEM = "Reading Room"
_UNICODE = "ISO_IR 192"
_MOST_CHARACTERS = 2**16

# What else of a data set tells who somebody is: it goes when an instance turns out to be of another person.
# PS3.3 C.7.1.1, C.7.2.2, C.7.1.3 (patient, patient study, clinical trial subject).
ATTRIBUTES_OF_A_PERSON = (
    "IssuerOfPatientIDQualifiersSequence",
    "TypeOfPatientID",
    "OtherPatientIDs",
    "OtherPatientIDsSequence",
    "OtherPatientNames",
    "PatientBirthName",
    "PatientBirthTime",
    "PatientBirthDateInAlternativeCalendar",
    "PatientDeathDateInAlternativeCalendar",
    "PatientMotherBirthName",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "PatientTelecomInformation",
    "PatientInsurancePlanCodeSequence",
    "ReferencedPatientSequence",
    "ReferencedPatientPhotoSequence",
    "MedicalRecordLocator",
    "MilitaryRank",
    "BranchOfService",
    "CountryOfResidence",
    "RegionOfResidence",
    "PatientReligiousPreference",
    "EthnicGroup",
    "EthnicGroupCodeSequence",
    "Occupation",
    "ResponsiblePerson",
    "ResponsiblePersonRole",
    "ResponsibleOrganization",
    "PatientComments",
    "PatientSize",
    "PatientWeight",
    "PatientBodyMassIndex",
    "MedicalAlerts",
    "Allergies",
    "SmokingStatus",
    "PregnancyStatus",
    "LastMenstrualDate",
    "AdditionalPatientHistory",
    "SpecialNeeds",
    "PatientState",
    "AdmissionID",
    "IssuerOfAdmissionIDSequence",
    "ServiceEpisodeID",
    "ServiceEpisodeDescription",
    "ClinicalTrialSubjectID",
    "ClinicalTrialSubjectReadingID",
)


def with_corrections(dataset: Dataset, values: Mapping[str, str | None], *, modified_at: datetime) -> Dataset:
    """Return a data set with other values of top-level attributes, and with those that it had.

    Parameters
    ----------
    dataset
        It is not changed.
    values
        By keyword; None takes the attribute away. Those that are so already stay untouched.
    modified_at
        With its time zone.

    Returns
    -------
    Dataset
        The same one where nothing differs. Otherwise with a further item in the Original Attributes Sequence; an
        attribute that was absent stands there empty.

    Raises
    ------
    MalformedAttributeError
        A value of the data set does not follow its value representation.
    """
    with refuse_malformed_values():
        differing = {keyword: value for keyword, value in values.items() if _differs(dataset, keyword, value)}
        if not differing:
            return dataset
        corrected = _copy(dataset)
        if any(value and not value.isascii() for value in differing.values()):
            # The present character set may lack the letters: all texts are turned into Unicode, in every sequence.
            corrected.decode()
            corrected.SpecificCharacterSet = _UNICODE
        previous = Dataset()
        for keyword, value in differing.items():
            previous.add(corrected[keyword] if keyword in corrected else _element(keyword, None))
            if value is None:
                delattr(corrected, keyword)
            else:
                # A new element: the present one belongs to the data set that was passed, too.
                corrected.add(_element(keyword, value))
        item = Dataset()
        item.SourceOfPreviousValues = ""
        item.AttributeModificationDateTime = modified_at.strftime("%Y%m%d%H%M%S.%f%z")
        item.ModifyingSystem = MODIFYING_SYSTEM
        item.ReasonForTheAttributeModification = "CORRECT"
        item.ModifiedAttributesSequence = Sequence([previous])
        corrected.OriginalAttributesSequence = Sequence(
            [*(dataset.get("OriginalAttributesSequence") or []), item]
        )
        return corrected


def _differs(dataset: Dataset, keyword: str, value: str | None) -> bool:
    if value is None:
        return keyword in dataset
    return clean_text(dataset, keyword, _MOST_CHARACTERS) != value


def _copy(dataset: Dataset) -> Dataset:
    """Return a data set whose top level can be changed on its own."""
    copy = Dataset()
    copy.update(dataset)
    is_implicit, is_little_endian = dataset.original_encoding
    copy.set_original_encoding(is_implicit, is_little_endian, dataset.original_character_set)
    return copy


def _element(keyword: str, value: str | None) -> DataElement:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise ValueError(f"{keyword} is no attribute")
    return DataElement(tag, dictionary_VR(tag), value)
