"""The coded concepts of a measurement report.

References
----------
PS3.16 TID 1500, TID 1501, TID 1410, TID 1419, TID 1600; CID 29 (modality), CID 100 (procedure), CID 7464 (statistics).
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept."""

    value: str
    scheme: str
    meaning: str

    def item(self) -> Dataset:
        """Return it as the item of a code sequence."""
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = self.value, self.scheme, self.meaning
        return item


REPORT = Code("126000", "DCM", "Imaging Measurement Report")
LANGUAGE = Code("121049", "DCM", "Language of Content Item and Descendants")
ENGLISH = Code("en-US", "RFC5646", "English (United States)")
OBSERVER_TYPE = Code("121005", "DCM", "Observer Type")
PERSON = Code("121006", "DCM", "Person")
PERSON_NAME = Code("121008", "DCM", "Person Observer Name")
PROCEDURE_REPORTED = Code("121058", "DCM", "Procedure reported")
IMAGE_LIBRARY = Code("111028", "DCM", "Image Library")
IMAGE_LIBRARY_GROUP = Code("126200", "DCM", "Image Library Group")
MODALITY = Code("121139", "DCM", "Modality")
IMAGING_MEASUREMENTS = Code("126010", "DCM", "Imaging Measurements")
MEASUREMENT_GROUP = Code("125007", "DCM", "Measurement Group")
TRACKING_IDENTIFIER = Code("112039", "DCM", "Tracking Identifier")
TRACKING_UID = Code("112040", "DCM", "Tracking Unique Identifier")
IMAGE_REGION = Code("111030", "DCM", "Image Region")
COMMENT = Code("121106", "DCM", "Comment")
DERIVATION = Code("121401", "DCM", "Derivation")

LENGTH = Code("410668003", "SCT", "Length")
LONG_AXIS = Code("103339001", "SCT", "Long axis")
SHORT_AXIS = Code("103340004", "SCT", "Short axis")
ANGLE = Code("1483009", "SCT", "Angle")
COBB_ANGLE = Code("285285000", "SCT", "Cobb angle")
AREA = Code("42798000", "SCT", "Area")
DURATION = Code("103335007", "SCT", "Duration")
# The standard names velocities of certain flows at certain times, and no difference or slope of any two; these are our own.
VELOCITY_DIFFERENCE = Code("VELOCITY_DIFFERENCE", "99READINGROOM", "Velocity difference")
SLOPE = Code("SLOPE", "99READINGROOM", "Slope")

MEAN = Code("373098007", "SCT", "Mean")
STANDARD_DEVIATION = Code("386136009", "SCT", "Standard Deviation")
MINIMUM = Code("255605001", "SCT", "Minimum")
MAXIMUM = Code("56851009", "SCT", "Maximum")

ATTENUATION = Code("112031", "DCM", "Attenuation Coefficient")
SUV = Code("126401", "DCM", "SUVbw")
# The standard has no concept for stored units without a meaning; this one says that it is our own.
PIXEL_VALUE = Code("PIXEL_VALUE", "99READINGROOM", "Pixel value")

UNITS = {
    "mm": Code("mm", "UCUM", "millimeter"),
    "mm2": Code("mm2", "UCUM", "square millimeter"),
    "deg": Code("deg", "UCUM", "degree"),
    "ms": Code("ms", "UCUM", "millisecond"),
    "cm/s": Code("cm/s", "UCUM", "centimeter/second"),
    "mm/s": Code("mm/s", "UCUM", "millimeter/second"),
    "cm/s2": Code("cm/s2", "UCUM", "centimeter/second squared"),
    "px": Code("1", "UCUM", "pixels"),
    "px2": Code("1", "UCUM", "square pixels"),
    "HU": Code("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "SUV": Code("{SUVbw}g/ml", "UCUM", "Standardized Uptake Value body weight"),
    "SUV lbm": Code("{SUVlbm}g/ml", "UCUM", "Standardized Uptake Value lean body mass"),
    "SUV bsa": Code("{SUVbsa}cm2/ml", "UCUM", "Standardized Uptake Value body surface area"),
    "SUV ibw": Code("{SUVibw}g/ml", "UCUM", "Standardized Uptake Value ideal body weight"),
    "Bq/ml": Code("Bq/ml", "UCUM", "Becquerels/milliliter"),
    "counts": Code("{counts}", "UCUM", "Counts"),
    "": Code("1", "UCUM", "no units"),
}

_PROCEDURES = {
    "CT": Code("77477000", "SCT", "Computed tomography"),
    "MR": Code("113091000", "SCT", "Magnetic resonance imaging"),
    "PT": Code("82918005", "SCT", "Positron emission tomography"),
    "US": Code("16310003", "SCT", "Diagnostic ultrasonography"),
    "MG": Code("71651007", "SCT", "Mammography"),
    "CR": Code("168537006", "SCT", "Plain radiography"),
    "DX": Code("168537006", "SCT", "Plain radiography"),
}
_IMAGING = Code("363679005", "SCT", "Imaging procedure")
_MODALITIES = {
    "CT": "Computed Tomography",
    "MR": "Magnetic Resonance",
    "PT": "Positron emission tomography",
    "US": "Ultrasound",
    "MG": "Mammography",
    "CR": "Computed Radiography",
    "DX": "Digital Radiography",
    "XA": "X-Ray Angiography",
    "RF": "Radiofluoroscopy",
    "NM": "Nuclear Medicine",
}


def procedure_of(modality: str) -> Code:
    """Return the procedure in which images of that modality are made."""
    return _PROCEDURES.get(modality, _IMAGING)


def modality_code(modality: str) -> Code:
    """Return a modality as a coded concept."""
    return Code(modality or "OT", "DCM", _MODALITIES.get(modality, modality or "Other"))
