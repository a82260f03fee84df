"""ZIP archives and DICOMDIRs as sources of files, bounded in what they can cost and kept inside themselves."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from django.conf import settings
from django.utils.translation import gettext_noop
from pydicom.dataset import Dataset

from archive.exceptions import UnreadableSourceError, UnsafeArchiveError
from archive.services.received import IngestResult, Outcome, ReceivedInstance
from dicomkit.malformed import refuse_malformed_values
from dicomkit.part10 import read_header

# A member that unfolds to more than this many times its packed size is made to exhaust the disk: DICOM of real
# images packs by two to ten, a blank image by about a thousand.
_PLAUSIBLE_RATIO = 1100
_RATIO_MATTERS_FROM_BYTES = 2**20


# What zipfile and the packers under it raise for a member that is not as its entry says.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)
_DAMAGED = gettext_noop("This member of the archive is damaged, or packed in a way that is not known here.")


class _Member:
    """A member of a ZIP archive, whose damage shows while whoever stores it reads."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except _DAMAGE as error:
            raise UnreadableSourceError(_DAMAGED) from error


def is_zip(source: BinaryIO) -> bool:
    """Tell whether a file is a ZIP archive by its first bytes; leaves the file at its start."""
    source.seek(0)
    start = source.read(4)
    source.seek(0)
    return start in (b"PK\x03\x04", b"PK\x05\x06")


def zip_members(source: BinaryIO) -> Iterator[ReceivedInstance | IngestResult]:
    """Yield the files of a ZIP archive one by one, each open until the next is asked for.

    A member that may not be read comes as a rejected result with its reason.

    Raises
    ------
    UnsafeArchiveError
        The archive is damaged, has too many members or unfolds to too much in all.
    """
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnsafeArchiveError("The ZIP archive is damaged.") from error
    with archive:
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        _refuse_bomb(members)
        for member in members:
            if reason := _reason_against(member):
                yield IngestResult(Outcome.REJECTED, member.filename, reason)
                continue
            try:
                with archive.open(member) as file:
                    # zipfile stops at the declared size, so the bound on declared sizes holds for what is read.
                    yield ReceivedInstance(_Member(file), member.filename)  # type: ignore[arg-type]
            except _DAMAGE:
                yield IngestResult(Outcome.REJECTED, member.filename, _DAMAGED)


def dicomdir_files(path: Path) -> Iterator[Path | IngestResult]:
    """Yield the files that a DICOMDIR names, none of them outside its folder.

    References
    ----------
    PS3.10 8.5 (file IDs), PS3.3 F.3 (basic directory)
    """
    with path.open("rb") as file:
        header = read_header(file)
    with refuse_malformed_values():
        file_ids = [_file_id(record) for record in header.dataset.get("DirectoryRecordSequence") or []]
    root = path.parent.resolve()
    for parts in filter(None, file_ids):
        target = _found_ignoring_case(root, parts)
        name = "/".join(parts)
        if target is None:
            yield IngestResult(
                Outcome.REJECTED, name, gettext_noop("The DICOMDIR names this file, but it is not there.")
            )
        elif not target.resolve().is_relative_to(root):
            yield IngestResult(
                Outcome.REJECTED, name, gettext_noop("The DICOMDIR names a file outside its folder.")
            )
        else:
            yield target


def _refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > settings.PACS_MAX_ARCHIVE_MEMBERS:
        raise UnsafeArchiveError(
            f"The ZIP archive has {len(members)} files, more than the limit of {settings.PACS_MAX_ARCHIVE_MEMBERS}."
        )
    total = sum(member.file_size for member in members)
    if total > settings.PACS_MAX_ARCHIVE_BYTES:
        raise UnsafeArchiveError(
            f"The ZIP archive unfolds to more than {settings.PACS_MAX_ARCHIVE_BYTES // 2**20} MiB."
        )


def _reason_against(member: zipfile.ZipInfo) -> str:
    """Return why a member is not read, or an empty text."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return gettext_noop("Its name points outside the archive.")
    if member.flag_bits & 0x1:
        return gettext_noop("It is encrypted; unpack it first.")
    if member.file_size > settings.PACS_MAX_INSTANCE_BYTES:
        return f"It is larger than {settings.PACS_MAX_INSTANCE_BYTES // 2**20} MiB."
    if member.file_size > _RATIO_MATTERS_FROM_BYTES and member.file_size > _PLAUSIBLE_RATIO * max(
        member.compress_size, 1
    ):
        return gettext_noop("It unfolds to far more than an image would.")
    return ""


def _file_id(record: Dataset) -> list[str]:
    value = record.get("ReferencedFileID")
    if not value:
        return []
    return [str(part) for part in ([value] if isinstance(value, str) else value)]


def _found_ignoring_case(root: Path, parts: list[str]) -> Path | None:
    """Return the file of a file ID. Media were often copied by systems that changed the case of names."""
    path = root
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or "\\" in part:
            return path / ".." if part == ".." else None
        exact = path / part
        if exact.exists():
            path = exact
            continue
        if not path.is_dir():
            return None
        matches = [entry for entry in path.iterdir() if entry.name.casefold() == part.casefold()]
        if not matches:
            return None
        path = matches[0]
    return path if path.is_file() else None
