"""Instances as they leave: with what was corrected here, and with what their files say kept beside it.

Whatever sends, exports or answers with stored instances takes them from here. The blob is never changed, and is what
leaves where nothing was corrected.
"""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from pydicom.dataset import Dataset

from archive.models import Correction, Instance, Study
from archive.services.corrections.received import IDENTITY, SERIES_COLUMNS, STUDY_COLUMNS, text_of
from archive.storage import blob_store
from dicomkit.identity import clean_text
from dicomkit.original_attributes import ATTRIBUTES_OF_A_PERSON, with_corrections
from dicomkit.part10 import read_header
from dicomkit.rewriting import rewrite
from dicomkit.temporal import age_string

_IN_MEMORY_BYTES = 8 * 2**20


def outgoing_header(instance: Instance) -> Dataset:
    """Return the data set of an instance up to its pixel data, as it leaves.

    Parameters
    ----------
    instance
        With blob, series and study.

    Raises
    ------
    DicomKitError, BlobNotFoundError
        It cannot be read, or is lost.
    """
    with blob_store().open(instance.blob.sha256) as file:
        return corrected_dataset(instance, read_header(file).dataset)


def outgoing_file(instance: Instance) -> BinaryIO:
    """Return an instance as a file that leaves, open for reading at its start; the caller closes it.

    Reads the header; where nothing was corrected the file is the blob itself. Pixel data is never decoded.

    Raises
    ------
    DicomKitError, BlobNotFoundError
        It cannot be read, or is lost.
    """
    stored = blob_store().open(instance.blob.sha256)
    header = read_header(stored).dataset
    if corrected_dataset(instance, header) is header:
        stored.seek(0)
        return stored
    with stored:
        # The caller closes it.
        target: BinaryIO = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # type: ignore[assignment]  # noqa: SIM115
        try:
            rewrite(stored, target, lambda dataset: corrected_dataset(instance, dataset))
        except BaseException:
            target.close()
            raise
    target.seek(0)
    return target


def corrected_dataset(instance: Instance, dataset: Dataset) -> Dataset:
    """Return a stored data set with what was corrected; the same object where nothing was."""
    values = corrections_of(instance, dataset)
    if not values:
        return dataset
    return with_corrections(dataset, values, modified_at=_modified_at(instance.series.study))


def corrections_of(instance: Instance, dataset: Dataset) -> dict[str, str | None]:
    """Return what of a stored data set was corrected, by keyword; None for what has to go.

    An image that came to another study speaks of that study and its patient in everything; of others only those
    attributes change that somebody corrected, for images of one study may well differ in the rest.
    """
    series, study = instance.series, instance.series.study
    came = clean_text(dataset, "StudyInstanceUID", 64)
    was_moved = came != study.study_instance_uid
    keywords = STUDY_COLUMNS if was_moved else study.received_attributes
    values: dict[str, str | None] = {
        keyword: text_of(getattr(study, STUDY_COLUMNS[keyword]))
        for keyword in keywords
        if keyword in STUDY_COLUMNS and _is_said(study, keyword, dataset)
    }
    values |= {
        keyword: text_of(getattr(series, SERIES_COLUMNS[keyword]))
        for keyword in series.received_attributes
        if keyword in SERIES_COLUMNS
    }
    if was_moved:
        values["StudyInstanceUID"] = study.study_instance_uid
    if clean_text(dataset, "SeriesInstanceUID", 64) != series.series_instance_uid:
        values["SeriesInstanceUID"] = series.series_instance_uid
    return values | _of_another_person(study, dataset, values)


def _is_said(study: Study, keyword: str, dataset: Dataset) -> bool:
    """Leave out what neither the study nor the file says, and times, which the study only repeats for the list."""
    if keyword in ("StudyTime", "TimezoneOffsetFromUTC"):
        return False
    return bool(text_of(getattr(study, STUDY_COLUMNS[keyword]))) or keyword in dataset


def _of_another_person(
    study: Study, dataset: Dataset, values: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Return what goes because it tells of somebody else, and the age of the right person."""
    is_another = any(
        keyword in values and values[keyword] != clean_text(dataset, keyword, 324)
        for keyword in ("PatientID", "IssuerOfPatientID")
    )
    gone: dict[str, str | None] = {}
    if is_another:
        gone = {keyword: None for keyword in ATTRIBUTES_OF_A_PERSON if keyword in dataset}
    if "PatientAge" in dataset and any(keyword in values for keyword in IDENTITY):
        gone["PatientAge"] = age_string(timedelta(days=study.patient_age_days))
    return gone


def _modified_at(study: Study) -> datetime:
    made = (
        Correction.objects.filter(studies=study, undone_at=None)
        .order_by("-made_at")
        .values_list("made_at", flat=True)
        .first()
    )
    return made or study.updated_at.astimezone(UTC)
