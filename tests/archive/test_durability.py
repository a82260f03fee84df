"""Bytes are on the disk before rows name them and before anybody is told; a failure leaves nothing half done."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from accounts.models import Facility
from archive.exceptions import InstanceTooLargeError, StorageError, StorageFullError
from archive.models import Blob, Instance, OwedWork, Patient, Study
from archive.services import ingest as corridor
from archive.services.ingest import ingest_instances
from archive.services.received import Outcome, ReceivedInstance
from archive.storage import blob_store
from archive.storage.base import StagedBlob
from audit.models import AuditEvent
from tests.dicom_samples import about, image_bytes
from tests.factories import arrival, ingest, received


def staged_files(blob_folder: Path) -> list[Path]:
    """Return what lies in the store's temporary area."""
    return list((blob_folder / "staging").glob("*"))


def kept_files(blob_folder: Path) -> list[Path]:
    """Return the blobs on the disk."""
    return [path for path in blob_folder.glob("??/??/*") if path.is_file()]


def rows_written() -> int:
    """Return how many rows of the archive there are."""
    return sum(model.objects.count() for model in (Blob, Instance, Patient, Study, OwedWork))


def _failing(number: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


class _FullFile:
    """An open file of a disk that takes no more bytes."""

    def __init__(self, write: Callable[..., Any]) -> None:
        self.write = write

    def __enter__(self) -> "_FullFile":
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""


@pytest.mark.django_db(transaction=True)
def test_file_name_and_folders_are_durable_before_the_commit(
    north: Facility, blob_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    flush, rename, commit = os.fsync, Path.replace, connection._commit

    def flushed(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        kind = "file" if path.is_file() else "folder"
        if path.is_relative_to(blob_folder.resolve().parent):
            steps.append(f"flush {kind} {len(path.relative_to(blob_folder.resolve().parent).parts) - 1}")
        flush(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    def committed() -> None:
        steps.append("commit")
        commit()

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    monkeypatch.setattr(connection, "_commit", committed)

    ingest(image_bytes(), facility=north)

    assert steps[:2] == ["flush file 2", "rename"]
    # The folder of the blob, and those two above it that got a new entry.
    assert set(steps[2 : steps.index("commit")]) == {"flush folder 2", "flush folder 1", "flush folder 0"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, StorageFullError), (errno.EDQUOT, StorageFullError), (errno.EIO, StorageError)],
    ids=["no space", "quota", "broken disk"],
)
@pytest.mark.parametrize("place", ["create", "write", "fsync", "rename"])
def test_a_failing_disk_leaves_nothing_indexed_and_nothing_staged(
    place: str,
    number: int,
    error: type[StorageError],
    north: Facility,
    blob_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ingest(image_bytes(about(5)), facility=north)
    before = rows_written(), AuditEvent.objects.count(), kept_files(blob_folder)
    if place == "fsync":
        monkeypatch.setattr(os, "fsync", _failing(number))
    elif place == "rename":
        monkeypatch.setattr(Path, "replace", _failing(number))
    elif place == "create":
        monkeypatch.setattr(Path, "open", _failing(number))
    else:
        monkeypatch.setattr(Path, "open", lambda *_, **__: _FullFile(_failing(number)))

    with pytest.raises(StorageError) as caught:
        ingest_instances(
            received=[received(image_bytes(number=n)) for n in (1, 2)], session=arrival(facility=north)
        )

    assert type(caught.value) is error
    assert (rows_written(), AuditEvent.objects.count()) == before[:2]
    assert staged_files(blob_folder) == []
    assert "staging" not in str(caught.value)


@pytest.mark.django_db
def test_a_disk_that_is_almost_full_takes_nothing_in(
    north: Facility, blob_folder: Path, settings: Settings
) -> None:
    settings.PACS_MIN_FREE_BYTES = 2**62
    blob_store.cache_clear()

    with pytest.raises(StorageFullError, match="almost full"):
        ingest(image_bytes(), facility=north)

    assert staged_files(blob_folder) == []
    assert not blob_store().is_writable()


@pytest.fixture
def _failing_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the disk of the database is full")

    monkeypatch.setattr(corridor.StudyIndexer, "finish", fail)
    yield
    monkeypatch.undo()


@pytest.mark.django_db
@pytest.mark.usefixtures("_failing_rows")
def test_a_failing_database_leaves_no_row_and_at_most_bytes_without_one(
    north: Facility, blob_folder: Path
) -> None:
    before = AuditEvent.objects.count()

    with pytest.raises(DatabaseError):
        ingest(image_bytes(), facility=north)

    assert (rows_written(), AuditEvent.objects.count()) == (0, before)
    assert staged_files(blob_folder) == []
    assert len(kept_files(blob_folder)) == 1


@pytest.mark.django_db
def test_what_failed_is_stored_and_recorded_when_it_comes_again_in_the_same_session(
    north: Facility, blob_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = arrival(facility=north)
    with monkeypatch.context() as patch:
        patch.setattr(corridor.StudyIndexer, "finish", _failing(errno.EIO))
        with pytest.raises(OSError, match="Input/output"):
            ingest(image_bytes(), facility=north, session=session)
    assert session.counts == {}

    result = ingest(image_bytes(), facility=north, session=session)

    assert result.outcome == Outcome.STORED
    assert AuditEvent.objects.filter(event_type="instances_stored").count() == 1
    assert len(kept_files(blob_folder)) == 1


class _Broken:
    """A file that cannot be read to its end."""

    def __init__(self, error: Exception) -> None:
        self._error, self._parts = error, [image_bytes()[:200]]

    def read(self, _: int = -1) -> bytes:
        if self._parts:
            return self._parts.pop()
        raise self._error


@pytest.mark.django_db
def test_a_source_that_cannot_be_read_is_one_rejected_file_and_no_failure_of_our_disk(
    north: Facility, blob_folder: Path
) -> None:
    broken: Any = _Broken(OSError(errno.EIO, "Input/output error"))

    results = ingest_instances(
        received=[ReceivedInstance(broken, "scratched.dcm"), received(image_bytes())],
        session=arrival(facility=north),
    )

    assert [result.outcome for result in results] == [Outcome.REJECTED, Outcome.STORED]
    assert "read" in results[0].reason
    assert staged_files(blob_folder) == []


@pytest.mark.django_db
def test_a_file_over_the_limit_is_rejected_and_its_part_removed(
    north: Facility, blob_folder: Path, settings: Settings
) -> None:
    settings.PACS_MAX_INSTANCE_BYTES = 2**20

    result = ingest(image_bytes() + bytes(2**20), facility=north)

    assert (result.outcome, "1 MiB" in result.reason) == (Outcome.REJECTED, True)
    assert staged_files(blob_folder) == []
    assert issubclass(InstanceTooLargeError, corridor.RefusedError)


@pytest.mark.django_db
def test_interrupted_writes_are_discarded_when_they_are_old_and_only_then(blob_folder: Path) -> None:
    store = blob_store()
    old, new = (store.stage(received(content).source, limit_bytes=100) for content in (b"old", b"new"))
    os.utime(old.path, (0, 0))

    assert store.discard_older_than(24 * 3600) == 1

    assert staged_files(blob_folder) == [new.path]


def _stage(content: bytes) -> StagedBlob:
    return blob_store().stage(received(content).source, limit_bytes=1000)


def test_bytes_are_found_by_their_content_and_keys_are_checked(blob_folder: Path) -> None:
    store = blob_store()
    blobs = [_stage(content) for content in (b"one", b"two")]
    store.keep(blobs)

    with store.open(blobs[0].sha256) as file:
        assert file.read() == b"one"
    assert sorted(store.iter_keys()) == sorted(blob.sha256 for blob in blobs)
    for key in ("../../etc/passwd", "0" * 63, "G" * 64, "/" * 64):
        with pytest.raises(ValueError, match="hexadecimal"):
            store.open(key)


def test_the_same_content_kept_twice_at_once_is_one_blob(blob_folder: Path) -> None:
    first, second = _stage(b"same"), _stage(b"same")

    blob_store().keep([first, second])
    blob_store().keep([_stage(b"same")])

    assert first.path != second.path
    assert [path.read_bytes() for path in kept_files(blob_folder)] == [b"same"]
    assert staged_files(blob_folder) == []
