"""Synthetic studies for viewers to open: a CT of 300 different slices and a mammogram of four views."""

from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import UID

from dicomkit.synth import StudyAttributes, ct_chest_series, mammogram_four_view
from dicomkit.uid import new_uid

SLICES = 300


@dataclass(frozen=True)
class PeerStudy:
    """A study on disk and how a list names its patient."""

    patient_id: str
    study_instance_uid: str
    folder: Path

    @property
    def is_mammogram(self) -> bool:
        """Whether it has four views instead of a stack."""
        return self.patient_id.startswith("MG")


def write_cts(folder: Path, count: int, *, slices: int = SLICES) -> list[PeerStudy]:
    """Write CTs of as many patients; all show the same slices, under UIDs of their own."""
    images = list(ct_chest_series(StudyAttributes(), slices=slices))
    return [_write_study(folder, f"CT{number:03}", images) for number in range(count)]


def write_mammograms(folder: Path, count: int) -> list[PeerStudy]:
    """Write mammograms of four views, of as many patients."""
    images = mammogram_four_view(StudyAttributes())
    return [_write_study(folder, f"MG{number:03}", images) for number in range(count)]


def _write_study(parent: Path, patient_id: str, images: list[Dataset]) -> PeerStudy:
    folder = parent / patient_id
    folder.mkdir(parents=True)
    study_uid, frame_uid = new_uid(), new_uid()
    series_uids = {str(image.SeriesInstanceUID): new_uid() for image in images}
    for number, image in enumerate(images):
        original = image.SeriesInstanceUID
        image.PatientID, image.PatientName = patient_id, f"Peer^{patient_id}"
        image.StudyInstanceUID, image.SeriesInstanceUID = study_uid, UID(series_uids[original])
        image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = UID(new_uid())
        if "FrameOfReferenceUID" in image:
            image.FrameOfReferenceUID = frame_uid
        image.save_as(folder / f"{number:03}.dcm", enforce_file_format=True)
        image.SeriesInstanceUID = original
    return PeerStudy(patient_id, study_uid, folder)
