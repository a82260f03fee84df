"""Files that are not as they should be, but whose images a hospital cannot lose."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from accounts.models import Facility
from archive.models import ArrivalConflict, Instance, Series, Study
from archive.services.received import Outcome
from tests.dicom_samples import (
    about,
    image,
    image_bytes,
    part10,
    pydicom_files,
    with_raw_values,
    without_meta,
    without_preamble,
)
from tests.factories import ingest
from viewer.stack import stack_of_series

pytestmark = pytest.mark.django_db

ODD_ENCODINGS: dict[str, tuple[Callable[[], bytes], str]] = {
    "no preamble": (lambda: without_preamble(image_bytes()), "1.2.840.10008.1.2.1"),
    "no meta": (lambda: without_meta(image_bytes()), "1.2.840.10008.1.2.1"),
    "no meta, implicit": (
        lambda: without_meta(image_bytes(transfer_syntax_uid=ImplicitVRLittleEndian)),
        "1.2.840.10008.1.2",
    ),
    "big endian": (lambda: image_bytes(transfer_syntax_uid=ExplicitVRBigEndian), "1.2.840.10008.1.2.2"),
    "implicit": (lambda: image_bytes(transfer_syntax_uid=ImplicitVRLittleEndian), "1.2.840.10008.1.2"),
}


@pytest.mark.parametrize(("make", "transfer_syntax_uid"), ODD_ENCODINGS.values(), ids=ODD_ENCODINGS)
def test_an_odd_encoding_is_read_for_what_it_is(
    make: Callable[[], bytes], transfer_syntax_uid: str, north: Facility
) -> None:
    result = ingest(make(), facility=north)

    assert (result.outcome, result.reason) == (Outcome.STORED, "")
    instance = Instance.objects.get()
    assert instance.transfer_syntax_uid == transfer_syntax_uid
    assert (instance.rows, instance.number_of_frames, Study.objects.get().patient_id) == (16, 1, "P1")


OPTIONAL = [
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyDescription",
    "AccessionNumber", "Modality", "SeriesNumber", "InstanceNumber", "SeriesDescription", "SpecificCharacterSet",
]  # fmt: skip


@pytest.mark.parametrize("missing", [*[[one] for one in OPTIONAL], OPTIONAL], ids=[*OPTIONAL, "all of them"])
@pytest.mark.parametrize("how", ["absent", "empty"])
def test_what_is_optional_in_practice_may_be_missing(missing: list[str], how: str, north: Facility) -> None:
    if how == "absent":
        content = image_bytes(**dict.fromkeys(missing))
    else:
        content = with_raw_values(image_bytes(), dict.fromkeys(missing, ("LO", b"")))

    result = ingest(content, facility=north)

    assert (result.outcome, result.reason) == (Outcome.STORED, "")


def test_a_study_without_a_date_is_listed_by_its_arrival(north: Facility) -> None:
    ingest(image_bytes(StudyDate=None, StudyTime=None), facility=north)

    study = Study.objects.get()
    assert (study.study_date, study.study_time) == (None, None)
    assert abs((study.study_moment - study.last_instance_at).total_seconds()) < 5


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"20240131", date(2024, 1, 31)),
        (b"2024.01.31", date(2024, 1, 31)),
        (b"20240230", None),
        (b"00000000", None),
        (b"yesterday", None),
        (b"", None),
    ],
)
def test_a_bad_date_is_unknown_and_costs_nothing_else(
    written: bytes, expected: date | None, north: Facility
) -> None:
    ingest(with_raw_values(image_bytes(), {"StudyDate": ("DA", written)}), facility=north)

    study = Study.objects.get()
    assert (study.study_date, study.study_time) == (expected, time(10, 30))


NAMES = {
    "Latin-1": (b"ISO_IR 100", b"M\xfcller^J\xfcrgen", "Müller^Jürgen"),
    "UTF-8": (b"ISO_IR 192", "Grüß^Änne".encode(), "Grüß^Änne"),
    "Cyrillic": (b"ISO_IR 144", "Юлия^Щ".encode("iso8859_5"), "Юлия^Щ"),
    "Japanese": (
        b"\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
        "Yamada^Tarou=山田^太郎",
    ),
    "Korean": (
        b"\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
        "Hong^Gildong=洪^吉洞",
    ),
    "misspelt": (b"ISO-IR 100", b"M\xfcller", "Müller"),
}


@pytest.mark.parametrize(("character_set", "written", "expected"), NAMES.values(), ids=NAMES)
def test_names_are_read_in_their_own_character_set(
    character_set: bytes, written: bytes, expected: str, north: Facility
) -> None:
    values = {"SpecificCharacterSet": ("CS", character_set), "PatientName": ("PN", written)}

    ingest(with_raw_values(image_bytes(), values), facility=north)

    assert Study.objects.get().patient_name == expected


def _enhanced(frames: int) -> Dataset:
    """Return an image whose functional groups alone are longer than a mebibyte, with explicit lengths."""
    dataset = image(rows=1, columns=frames, NumberOfFrames=str(frames))
    groups = []
    for number in range(frames):
        position, frame = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, float(number)]
        position.add_new(0x00091010, "OB", b"\0" * 400)
        frame.PlanePositionSequence = [position]
        groups.append(frame)
    dataset.PerFrameFunctionalGroupsSequence = groups
    orientation, shared = Dataset(), Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared.PlaneOrientationSequence = [orientation]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.Rows, dataset.Columns = 1, 1
    return dataset


def test_functional_groups_of_a_long_object_are_read(north: Facility) -> None:
    dataset = _enhanced(4000)
    dataset["PerFrameFunctionalGroupsSequence"].is_undefined_length = False

    result = ingest(part10(dataset), facility=north)

    assert (result.outcome, result.reason) == (Outcome.STORED, "")
    stack = stack_of_series(Series.objects.get().series_instance_uid)
    assert [one.attributes["image_position_patient"] for one in stack[-2:]] == [[0, 0, 3998], [0, 0, 3999]]


def test_an_object_without_an_image_is_stored_as_one(north: Facility) -> None:
    dataset = image(Modality="SR")
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"):
        delattr(dataset, keyword)

    assert ingest(part10(dataset), facility=north).outcome == Outcome.STORED

    instance = Instance.objects.get()
    assert (instance.number_of_frames, instance.image_attributes) == (0, None)


def test_requests_and_ages_are_indexed(north: Facility) -> None:
    dataset = image(about(1, patient_birth_date="", patient_age="006M"))
    request = Dataset()
    request.RequestedProcedureID, request.ScheduledProcedureStepID = "RP1", "SPS1"
    dataset.RequestAttributesSequence = [request]

    ingest(part10(dataset), facility=north)

    series, study = Series.objects.get(), Study.objects.get()
    assert (series.requested_procedure_id, series.scheduled_procedure_step_id) == ("RP1", "SPS1")
    assert 178 <= study.patient_age_days <= 186


PYDICOM = pydicom_files()


@pytest.mark.parametrize("path", PYDICOM, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_of_pydicoms_collection_has_an_outcome_and_a_reason(path: Path, north: Facility) -> None:
    result = ingest(path.read_bytes(), facility=north)

    assert result.outcome in {Outcome.STORED, Outcome.REJECTED}
    assert result.outcome == Outcome.STORED or result.reason.endswith(".")
    is_dicom = path.suffix == ".dcm"
    assert is_dicom or result.outcome == Outcome.REJECTED or path.parent.name != "test_files"


def test_of_pydicoms_images_only_those_without_an_identity_are_refused(north: Facility) -> None:
    refused = {
        path.name: result.reason
        for path in PYDICOM
        if path.suffix == ".dcm"
        and (result := ingest(path.read_bytes(), facility=north)).outcome == Outcome.REJECTED
    }

    without_identity = {name for name, reason in refused.items() if reason == "StudyInstanceUID is missing."}
    # The second begins with a stray byte.
    assert refused.keys() - without_identity == {"DICOMDIR-empty.dcm", "no_meta.dcm"}
    assert len(without_identity) == 20
    assert Instance.objects.count() + ArrivalConflict.objects.count() > 60
