"""Patient, study, series and SOP modules of synthetic objects, complete enough for every validator.

References
----------
PS3.3 C.7.1.1 (Patient), C.7.2 (Study), C.7.3.1 (General Series), C.7.5.1 (General Equipment), C.12.1 (SOP Common);
PS3.10 7.1 (File Meta Information).
"""

import uuid
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from dicomkit.uid import new_uid

_NAMESPACE = uuid.UUID("6b1cbb1e-7a4e-4d5c-9f0e-3d1f6f0b7a52")


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyAttributes:
    """Whom a synthetic study is of, and when it was made. Dates as DA, times as TM."""

    patient_id: str = "SYN-0001"
    issuer_of_patient_id: str = "READINGROOM"
    patient_name: str = "Phantom^Demo"
    patient_birth_date: str = "19500201"
    patient_sex: str = "O"
    patient_age: str = ""
    study_instance_uid: str = field(default_factory=new_uid)
    study_date: str = "20240131"
    study_time: str = "103000"
    study_id: str = "1"
    study_description: str = ""
    accession_number: str = ""
    referring_physician_name: str = ""
    institution_name: str = "Reading Room Demo"


def derived_uid(*parts: object) -> str:
    """Return a UID that is always the same for the same parts, so that repeated demo data are duplicates."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(str(part) for part in parts)).int}"


def new_object(
    study: StudyAttributes,
    *,
    sop_class_uid: str,
    modality: str,
    series_number: int,
    series_description: str,
    instance_number: int,
    transfer_syntax_uid: str = ExplicitVRLittleEndian,
) -> Dataset:
    """Return an object with File Meta Information and all modules up to its image."""
    series_uid = derived_uid(study.study_instance_uid, series_number)
    dataset = Dataset()
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID = derived_uid(series_uid, instance_number)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    _add_patient_and_study(dataset, study)
    dataset.Modality = modality
    dataset.SeriesInstanceUID = series_uid
    dataset.SeriesNumber = series_number
    dataset.SeriesDescription = series_description
    dataset.SeriesDate = dataset.ContentDate = dataset.AcquisitionDate = study.study_date
    dataset.SeriesTime = dataset.ContentTime = dataset.AcquisitionTime = study.study_time
    dataset.Manufacturer = "Reading Room"
    dataset.ManufacturerModelName = "Synthetic phantom"
    dataset.InstanceNumber = instance_number
    return dataset


def set_pixels(
    dataset: Dataset, pixels: NDArray[np.integer], *, bits_stored: int, photometric_interpretation: str
) -> None:
    """Write native pixel data and the Image Pixel module for it.

    Parameters
    ----------
    pixels
        8, 16 or 32-bit integers, signed or not; (rows, columns) or (rows, columns, 3), or with a first axis of frames
        when Number of Frames is set before.
    """
    frames = int(dataset.get("NumberOfFrames", 0) or 0)
    shape = pixels.shape[1:] if frames else pixels.shape
    bits_allocated = pixels.dtype.itemsize * 8
    dataset.Rows, dataset.Columns = shape[:2]
    dataset.SamplesPerPixel = shape[2] if len(shape) == 3 else 1
    if dataset.SamplesPerPixel > 1:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric_interpretation
    dataset.BitsAllocated = bits_allocated
    dataset.BitsStored = bits_stored
    dataset.HighBit = bits_stored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    little_endian = UID(dataset.file_meta.TransferSyntaxUID).is_little_endian
    data = pixels.astype(pixels.dtype.newbyteorder("<" if little_endian else ">"), copy=False).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OB" if bits_allocated <= 8 else "OW"


def _add_patient_and_study(dataset: Dataset, study: StudyAttributes) -> None:
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientID = study.patient_id
    dataset.IssuerOfPatientID = study.issuer_of_patient_id
    dataset.PatientName = study.patient_name
    dataset.PatientBirthDate = study.patient_birth_date
    dataset.PatientSex = study.patient_sex
    if study.patient_age:
        dataset.PatientAge = study.patient_age
    dataset.StudyInstanceUID = study.study_instance_uid
    dataset.StudyDate = study.study_date
    dataset.StudyTime = study.study_time
    dataset.StudyID = study.study_id
    dataset.StudyDescription = study.study_description
    dataset.AccessionNumber = study.accession_number
    dataset.ReferringPhysicianName = study.referring_physician_name
    dataset.InstitutionName = study.institution_name
