"""What objects have in common that are made of the images of a study: whom they are of, and what they speak of.

References
----------
PS3.3 C.7.1.1, C.7.2.1, C.7.5.1, C.12.1 (patient, study, equipment, SOP common), C.17.2.3 (evidence).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from dicomkit.image_references import ImageReference
from dicomkit.malformed import refuse_malformed_values
from dicomkit.uid import new_uid

_OF_THE_STUDY = (
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "PatientAge",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyID",
    "StudyDescription",
)
# Attributes of type 2: present, empty where nothing is known.
_ALWAYS_PRESENT = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "StudyID",
)


@dataclass(frozen=True, slots=True)
class EvidenceImage:
    """A frame that an object speaks of."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    modality: str
    number_of_frames: int
    frame_number: int

    def reference(self) -> ImageReference:
        """Return the reference to it; a frame number only where there are several."""
        return ImageReference(
            self.sop_instance_uid, (self.frame_number,) if self.number_of_frames > 1 else ()
        )


@dataclass(frozen=True, slots=True)
class EvidenceSeries:
    """The series that an object comes into, and its place there."""

    description: str
    number: int
    instance_number: int
    created: datetime
    series_instance_uid: str = field(default_factory=new_uid)


def new_evidence(header: Dataset, series: EvidenceSeries, *, sop_class_uid: str, modality: str) -> Dataset:
    """Return an object of the same patient and study as an image, with a UID of its own.

    Parameters
    ----------
    header
        Of an image of the study; it is not changed.

    Raises
    ------
    MalformedAttributeError
        A value of the header does not follow its value representation.
    """
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    with refuse_malformed_values():
        for keyword in _OF_THE_STUDY:
            value = header.get(keyword)
            if value is not None and not isinstance(value, (list, tuple)) and str(value).strip():
                setattr(dataset, keyword, str(value))
            elif keyword in _ALWAYS_PRESENT:
                setattr(dataset, keyword, "")
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class_uid, new_uid()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.Modality, dataset.Manufacturer = modality, "Reading Room"
    dataset.ManufacturerModelName, dataset.DeviceSerialNumber = "Reading Room", "0"
    dataset.SoftwareVersions = "Reading Room"
    dataset.SeriesInstanceUID, dataset.SeriesNumber = series.series_instance_uid, series.number
    dataset.SeriesDescription, dataset.InstanceNumber = series.description, series.instance_number
    dataset.InstanceCreationDate = series.created.strftime("%Y%m%d")
    dataset.InstanceCreationTime = series.created.strftime("%H%M%S")
    dataset.ContentDate, dataset.ContentTime = dataset.InstanceCreationDate, dataset.InstanceCreationTime
    dataset.TimezoneOffsetFromUTC = series.created.strftime("%z") or "+0000"
    return dataset


def evidence_sequence(study_instance_uid: str, images: Iterable[EvidenceImage]) -> Sequence:
    """Return the images of a study by series, each once."""
    found: dict[str, dict[str, str]] = {}
    for one in images:
        found.setdefault(one.series_instance_uid, {})[one.sop_instance_uid] = one.sop_class_uid
    study = Dataset()
    study.StudyInstanceUID = study_instance_uid
    study.ReferencedSeriesSequence = Sequence(
        [_series_item(series_uid, instances) for series_uid, instances in found.items()]
    )
    return Sequence([study])


def _series_item(series_instance_uid: str, instances: dict[str, str]) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID = series_instance_uid
    series.ReferencedSOPSequence = Sequence([_instance_item(*pair) for pair in instances.items()])
    return series


def _instance_item(sop_instance_uid: str, sop_class_uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class_uid, sop_instance_uid
    return item
