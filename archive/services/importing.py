"""Importing files, folders, ZIP archives and DICOMDIRs from a disk."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_noop

from archive.exceptions import RefusedError
from archive.services.containers import dicomdir_files, is_zip, zip_members
from archive.services.ingest import close_session, ingest_instance, ingest_instances
from archive.services.received import ArrivalSession, IngestResult, Outcome, ReceivedInstance
from dicomkit.errors import DicomKitError

# Files that share one transaction and one flush of the folders. More would not be faster and would make a failure,
# which concerns the whole batch, dearer.
_BATCH_FILES = 64
_BATCH_BYTES = 64 * 2**20


def count_files(paths: Iterable[Path]) -> int:
    """Return how many files the paths hold, for a progress bar; a ZIP archive counts as one."""
    return sum(1 for _ in _walk(paths))


def import_paths(
    paths: Iterable[Path], *, session: ArrivalSession, on_file: Callable[[], None] = lambda: None
) -> Iterator[IngestResult]:
    """Import everything that the paths hold, safe to run again, and yield what became of each file.

    Parameters
    ----------
    paths
        Files, folders, ZIP archives, DICOMDIRs.
    session
        Who imports, for which facility; closed at the end.
    on_file
        Called after each file found on the disk.
    """
    batch: list[Path] = []
    batch_bytes = 0
    for path in _walk(paths):
        if isinstance(path, IngestResult):
            yield _refused(path, session)
            on_file()
            continue
        if _is_container(path):
            yield from _import_container(path, session)
            on_file()
            continue
        batch.append(path)
        batch_bytes += path.stat().st_size if path.exists() else 0
        if len(batch) >= _BATCH_FILES or batch_bytes >= _BATCH_BYTES:
            yield from _import_batch(batch, session)
            for _ in batch:
                on_file()
            batch, batch_bytes = [], 0
    yield from _import_batch(batch, session)
    for _ in batch:
        on_file()
    close_session(session)


def ingest_file(source: BinaryIO, *, name: str, session: ArrivalSession) -> Iterator[IngestResult]:
    """Take in one uploaded file, or each member of one uploaded ZIP archive, and yield what became of them.

    Raises
    ------
    UnsafeArchiveError
        The ZIP archive is damaged or would cost too much.
    StorageError
        The blob store failed; what was yielded before is durable.
    """
    if not is_zip(source):
        yield ingest_instance(received=ReceivedInstance(source, name), session=session)
        return
    for member in zip_members(source):
        yield (
            _refused(member, session)
            if isinstance(member, IngestResult)
            else ingest_instance(received=member, session=session)
        )


def _refused(result: IngestResult, session: ArrivalSession) -> IngestResult:
    """Count a file that was refused before it reached the corridor."""
    session.counts[result.outcome] += 1
    return result


def _walk(paths: Iterable[Path]) -> Iterator[Path | IngestResult]:
    """Yield files in a stable order. Links to folders are not followed, or a loop would never end."""
    for path in paths:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders.sort()
                yield from (_regular(Path(folder, name)) for name in sorted(names))
        elif path.name.upper() == "DICOMDIR":
            yield from _files_of_dicomdir(path)
        else:
            yield _regular(path)


def _regular(path: Path) -> Path | IngestResult:
    """Return the path, or a refusal of what is no file: to open a pipe would wait for ever."""
    if path.is_file():
        return path
    return IngestResult(Outcome.REJECTED, str(path), gettext_noop("It is no regular file."))


def _files_of_dicomdir(path: Path) -> list[Path | IngestResult]:
    """Return what a DICOMDIR names, or the refusal of the whole."""
    try:
        files = list(dicomdir_files(path))
    except DicomKitError as error:
        return [IngestResult(Outcome.REJECTED, str(path), str(error))]
    except OSError as error:
        return [IngestResult(Outcome.REJECTED, str(path), f"It cannot be read ({error.strerror}).")]
    return files or [IngestResult(Outcome.REJECTED, str(path), gettext_noop("It names no files."))]


def _is_container(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_zip(file)
    except OSError:
        return False


def _import_container(path: Path, session: ArrivalSession) -> Iterator[IngestResult]:
    try:
        with path.open("rb") as file:
            yield from ingest_file(file, name=str(path), session=session)
    except RefusedError as error:
        yield _refused(IngestResult(Outcome.REJECTED, str(path), str(error)), session)


def _import_batch(paths: list[Path], session: ArrivalSession) -> list[IngestResult]:
    """Import files together. A bad file is one rejected result; what is raised is a failure of the disk or database."""
    if not paths:
        return []
    with ExitStack() as opened:
        received: list[ReceivedInstance] = []
        unreadable: list[IngestResult] = []
        for path in paths:
            try:
                received.append(ReceivedInstance(opened.enter_context(path.open("rb")), str(path)))
            except OSError as error:
                reason = f"It cannot be read ({error.strerror})."
                unreadable.append(_refused(IngestResult(Outcome.REJECTED, str(path), reason), session))
        return unreadable + ingest_instances(received=received, session=session)
