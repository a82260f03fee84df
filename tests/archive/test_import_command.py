"""import_dicom: what it takes, what it counts, what it says, and that it may be run again."""

import io
import json
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pydicom.dataset import Dataset
from pytest_django import Settings

from accounts.models import Facility
from archive.models import Instance, Study
from archive.services.importing import count_files, import_paths
from archive.services.received import ArrivalSession, Origin
from archive.storage import blob_store
from audit.actors import Actor
from audit.models import AuditEvent
from tests.dicom_samples import image, image_bytes, part10, pydicom_file, zip_of

pytestmark = pytest.mark.django_db


def run(*paths: Path, facility: str | None = None) -> dict[str, Any]:
    """Run the command and return what it prints as JSON."""
    out = io.StringIO()
    options = ["--facility", facility] if facility else []
    call_command("import_dicom", *map(str, paths), "--json", *options, stdout=out)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def counts(report: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return stored, duplicate, conflict, rejected."""
    return report["stored"], report["duplicate"], report["conflict"], report["rejected"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder, with folders in it, of two images, one of them twice, one conflict and one letter."""
    root = tmp_path / "from the scanner"
    (root / "b" / "c").mkdir(parents=True)
    (root / "a.dcm").write_bytes(image_bytes(number=1))
    (root / "b" / "again").write_bytes(image_bytes(number=1))
    (root / "b" / "c" / "IM0002").write_bytes(image_bytes(number=2))
    (root / "b" / "other.dcm").write_bytes(image_bytes(number=1, SeriesDescription="Changed"))
    (root / "letter.txt").write_text("Dear colleague, please find the images enclosed.")
    return root


def test_a_folder_is_imported_with_counts_and_reasons(folder: Path, north: Facility) -> None:
    report = run(folder)

    assert counts(report) == (2, 1, 1, 1)
    assert {(Path(one["file"]).name, one["outcome"]) for one in report["reasons"]} == {
        ("letter.txt", "rejected"),
        ("other.dcm", "conflict"),
    }
    assert all(one["reason"].endswith(".") for one in report["reasons"])
    assert Study.objects.get().facility == north


def test_it_may_be_run_again(folder: Path, north: Facility) -> None:
    run(folder)

    report = run(folder)

    assert counts(report) == (0, 3, 1, 1)
    assert Instance.objects.count() == 2


def test_the_import_is_on_the_audit_record_under_the_name_of_the_command(
    folder: Path, north: Facility
) -> None:
    run(folder)

    record = AuditEvent.objects.get(event_type="instances_imported")
    assert (record.actor_kind, record.actor_identifier) == ("command", "import_dicom")
    assert record.details == {"origin": "import", "stored": 2, "duplicate": 1, "conflict": 1, "rejected": 1}


def test_it_speaks_to_people_too(folder: Path, north: Facility) -> None:
    out = io.StringIO()

    call_command("import_dicom", str(folder), stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[-1] == "2 stored, 1 duplicate, 1 conflict, 1 rejected"
    assert any("letter.txt" in line and line.startswith("rejected: ") for line in lines)


@pytest.mark.parametrize(
    ("codes", "facility", "said"),
    [
        ([], None, "There is no facility yet"),
        (["NORTH", "SOUTH"], None, "--facility CODE"),
        (["NORTH", "SOUTH"], "EAST", "no active facility 'EAST'; there are: NORTH, SOUTH."),
    ],
    ids=["none there is", "two to choose from", "an unknown one"],
)
def test_an_open_choice_of_facility_is_one_clear_line(
    codes: list[str], facility: str | None, said: str, folder: Path
) -> None:
    for code in codes:
        Facility.objects.create(code=code, name=code)

    with pytest.raises(CommandError) as caught:
        run(folder, facility=facility)

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not Study.objects.exists()


def test_a_facility_is_found_whatever_the_case_of_its_code(
    folder: Path, north: Facility, south: Facility
) -> None:
    assert run(folder, facility="south")["stored"] == 2
    assert Study.objects.get().facility == south


def test_a_path_that_does_not_exist_is_one_clear_line(tmp_path: Path, north: Facility) -> None:
    with pytest.raises(CommandError, match=r"no such file or folder: .*missing"):
        run(tmp_path / "missing")


def test_a_full_disk_is_one_clear_line(folder: Path, north: Facility, settings: Settings) -> None:
    settings.PACS_MIN_FREE_BYTES = 2**62
    blob_store.cache_clear()

    with pytest.raises(CommandError, match=r"almost full.*Run the same command again"):
        run(folder)


def test_a_file_that_may_not_be_read_is_one_rejected_file(
    folder: Path, north: Facility, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def open_unless_locked(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == "IM0002":
            raise PermissionError(13, "Permission denied")
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_unless_locked)

    report = run(folder)

    assert counts(report) == (1, 1, 1, 2)
    assert "Permission denied" in str(report["reasons"])


def test_a_pipe_among_the_files_does_not_hold_the_import_up(folder: Path, north: Facility) -> None:

    os.mkfifo(folder / "pipe")

    report = run(folder)

    assert counts(report) == (2, 1, 1, 2)
    assert "no regular file" in str(report["reasons"])


def test_more_files_than_one_batch_holds_are_all_imported(tmp_path: Path, north: Facility) -> None:
    for number in range(70):
        (tmp_path / f"{number:03}.dcm").write_bytes(image_bytes(number=number + 1, rows=4, columns=4))

    assert counts(run(tmp_path)) == (70, 0, 0, 0)
    assert Study.objects.get().number_of_study_related_instances == 70


def test_a_zip_archive_is_imported_member_by_member(tmp_path: Path, north: Facility) -> None:
    members = {
        "CD/IM1": image_bytes(number=1),
        "CD/IM2": image_bytes(number=2),
        "CD/README.TXT": b"Read me." * 40,
    }
    path = tmp_path / "cd.zip"
    path.write_bytes(zip_of(members))

    report = run(path)

    assert counts(report) == (2, 0, 0, 1)
    assert report["reasons"][0]["file"] == "CD/README.TXT"


NAMES = ["../../evil.dcm", "/etc/evil.dcm", "C:\\evil.dcm", "..\\evil.dcm", "a/../../evil.dcm", ".", ""]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: repr(name))
def test_a_member_whose_name_points_elsewhere_is_refused_and_written_nowhere(
    name: str, tmp_path: Path, north: Facility
) -> None:
    place = tmp_path / "in" / "here"
    place.mkdir(parents=True)
    path = place / "slip.zip"
    path.write_bytes(
        _renamed(
            zip_of({"x" * max(len(name), 1): image_bytes(number=1), "good": image_bytes(number=2)}), name
        )
    )

    report = run(path)

    assert report["stored"] <= 2
    assert name in {"", "."} or counts(report) == (1, 0, 0, 1)
    assert not list(tmp_path.rglob("*evil*"))
    assert {one.name for one in tmp_path.iterdir()} <= {"in", "blobs"}


def _renamed(archive: bytes, name: str) -> bytes:
    """Return an archive whose first member, named "xx…", has another name, also one that no tool writes."""
    old = b"x" * max(len(name), 1)
    return archive.replace(old, name.encode() or b"\0")


BOMB = bytes(8 * 2**20)


def _encrypted() -> bytes:
    archive = bytearray(zip_of({"secret": image_bytes()}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(signature) + offset] |= 1
    return bytes(archive)


def _with_damaged_member(*, compression: int) -> bytes:
    content = zip_of({"bad": image_bytes(number=1), "good": image_bytes(number=2)}, compression=compression)
    archive = bytearray(content)
    archive[200:260] = b"\xa5" * 60
    return bytes(archive)


ODD_ARCHIVES: dict[str, tuple[bytes, str, int]] = {
    "bomb": (zip_of({"bomb.dcm": BOMB}), "not DICOM", 0),
    "better packed bomb": (
        zip_of({"bomb.dcm": BOMB}, compression=zipfile.ZIP_BZIP2),
        "far more than an image",
        0,
    ),
    "encrypted": (_encrypted(), "encrypted", 0),
    "damaged, deflated": (_with_damaged_member(compression=zipfile.ZIP_DEFLATED), "damaged", 1),
    "damaged, stored": (_with_damaged_member(compression=zipfile.ZIP_STORED), "damaged", 1),
    "damaged, lzma": (_with_damaged_member(compression=zipfile.ZIP_LZMA), "damaged", 1),
    "damaged, bzip2": (_with_damaged_member(compression=zipfile.ZIP_BZIP2), "damaged", 1),
    "cut off": (zip_of({"a": image_bytes()})[:300], "damaged", 0),
    "archive in an archive": (zip_of({"inner.zip": zip_of({"a": image_bytes()})}), "ZIP archive", 0),
    "empty": (zip_of({}), "", 0),
}


@pytest.mark.parametrize(("content", "said", "stored"), ODD_ARCHIVES.values(), ids=ODD_ARCHIVES)
def test_an_odd_archive_costs_only_what_is_odd(
    content: bytes, said: str, stored: int, tmp_path: Path, north: Facility
) -> None:
    path = tmp_path / "odd.zip"
    path.write_bytes(content)

    report = run(path)

    assert counts(report) == (stored, 0, 0, 1 if said else 0)
    assert said in str(report["reasons"])


def test_a_compression_that_nobody_knows_is_refused_for_that_member(tmp_path: Path, north: Facility) -> None:
    archive = bytearray(zip_of({"odd": image_bytes(number=1)}))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", archive, archive.index(signature) + offset, 77)
    (tmp_path / "odd.zip").write_bytes(archive)

    assert counts(run(tmp_path / "odd.zip")) == (0, 0, 0, 1)


@pytest.mark.parametrize("limit", ["PACS_MAX_ARCHIVE_MEMBERS", "PACS_MAX_ARCHIVE_BYTES"])
def test_an_archive_beyond_the_limits_is_refused_as_a_whole(
    limit: str, tmp_path: Path, north: Facility, settings: Settings
) -> None:
    setattr(settings, limit, 1)
    path = tmp_path / "large.zip"
    path.write_bytes(zip_of({"a": image_bytes(number=1), "b": image_bytes(number=2)}))

    report = run(path)

    assert counts(report) == (0, 0, 0, 1)
    assert not Study.objects.exists()


def test_a_member_over_the_limit_of_one_file_is_refused(
    tmp_path: Path, north: Facility, settings: Settings
) -> None:
    settings.PACS_MAX_INSTANCE_BYTES = 1000
    path = tmp_path / "large.zip"
    path.write_bytes(zip_of({"a": image_bytes()}))

    assert counts(run(path)) == (0, 0, 0, 1)


def test_the_dicomdir_of_a_real_medium_is_followed(north: Facility) -> None:
    report = run(pydicom_file("DICOMDIR").parent / "DICOMDIR")

    assert report["stored"] == Instance.objects.count() == 31
    assert report["rejected"] == 0


def _medium(root: Path, *file_ids: list[str] | str) -> Path:
    """Write a medium of two images in the folder IMAGES, whose DICOMDIR names these files, and return that."""
    (root / "IMAGES").mkdir(parents=True)
    for number in (1, 2):
        (root / "IMAGES" / f"IM{number}").write_bytes(image_bytes(number=number))
    directory = image(SOPClassUID="1.2.840.10008.1.3.10")
    del directory.PixelData
    directory.DirectoryRecordSequence = [_record(file_id) for file_id in file_ids]
    (root / "DICOMDIR").write_bytes(part10(directory))
    return root / "DICOMDIR"


def _record(file_id: list[str] | str, *, padding: int = 0) -> Dataset:
    record = Dataset()
    record.DirectoryRecordType = "IMAGE"
    record.ReferencedFileID = file_id
    record.add_new(0x00091010, "OB", bytes(padding))
    return record


OUTSIDE = {
    "up": ["..", "outside"],
    "further up": ["..", "..", "..", "..", "etc", "passwd"],
    "absolute": "/etc/passwd",
    "path": "IMAGES/../../outside",
    "Windows path": ["IMAGES", "..\\..\\outside"],
    "link": "link",
    "itself": ".",
    "nothing": "",
}


@pytest.mark.parametrize("file_id", OUTSIDE.values(), ids=OUTSIDE)
def test_a_dicomdir_that_points_outside_its_folder_is_not_followed(
    file_id: list[str] | str, tmp_path: Path, north: Facility
) -> None:
    (tmp_path / "outside").write_bytes(image_bytes(number=9))
    dicomdir = _medium(tmp_path / "cd", file_id)
    (tmp_path / "cd" / "link").symlink_to(tmp_path / "outside")

    report = run(dicomdir)

    assert counts(report) == (0, 0, 0, 1)
    assert not Instance.objects.exists()


def test_a_dicomdir_is_followed_whatever_the_case_of_the_files(tmp_path: Path, north: Facility) -> None:
    dicomdir = _medium(tmp_path / "cd", ["images", "im1"], ["Images", "IM2"])

    assert counts(run(dicomdir)) == (2, 0, 0, 0)


def test_a_dicomdir_names_what_is_missing(tmp_path: Path, north: Facility) -> None:
    dicomdir = _medium(tmp_path / "cd", ["IMAGES", "IM1"], ["IMAGES", "IM3"], ["ELSEWHERE", "IM1"])

    report = run(dicomdir)

    assert counts(report) == (1, 0, 0, 2)
    assert [(one["file"], "not there" in one["reason"]) for one in report["reasons"]] == [
        ("IMAGES/IM3", True),
        ("ELSEWHERE/IM1", True),
    ]


def test_a_dicomdir_longer_than_a_mebibyte_is_followed(tmp_path: Path, north: Facility) -> None:
    dicomdir = _medium(tmp_path / "cd")
    directory = image(SOPClassUID="1.2.840.10008.1.3.10")
    directory.DirectoryRecordSequence = [
        _record(["IMAGES", "IM1"], padding=600_000),
        _record(["IMAGES", "IM2"], padding=600_000),
    ]
    dicomdir.write_bytes(part10(directory))

    assert counts(run(dicomdir)) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"no DICOM at all" * 20, image_bytes()], ids=["empty", "text", "an image"]
)
def test_a_file_that_is_only_called_dicomdir_is_rejected(
    content: bytes, tmp_path: Path, north: Facility
) -> None:
    (tmp_path / "DICOMDIR").write_bytes(content)

    report = run(tmp_path / "DICOMDIR")

    assert counts(report) == (0, 0, 0, 1)


def test_the_progress_reaches_the_number_of_files(folder: Path, north: Facility) -> None:
    dicomdir = _medium(folder / "cd", ["IMAGES", "IM1"], ["IMAGES", "IM3"])
    (folder / "cd.zip").write_bytes(zip_of({"a": image_bytes()}))
    (folder / "link").symlink_to(folder / "nowhere")
    paths = [folder, dicomdir]
    seen: list[None] = []

    session = ArrivalSession(Origin.IMPORT, Actor.command("import_dicom"), north)
    list(import_paths(paths, session=session, on_file=lambda: seen.append(None)))

    assert len(seen) == count_files(paths) == 5 + 1 + 1 + 3 + 2
