"""How volumes are shared on disk: a budget, several processes, full disks, and images that cannot be decoded."""

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from accounts.models import Facility, User
from archive.models import Study
from archive.services.corrections.rejecting import plan_rejection
from common.redis_client import redis_client
from dicomkit.reformat_voxels import PADDING
from tests.archive.correcting import correct
from tests.factories import store
from tests.viewer.conftest import pixels
from tests.viewer.plane_samples import (
    SLICES,
    packed_values,
    plane_address,
    run_tasks,
    series_of,
    shown_plane,
    values_of,
)
from viewer import tasks
from viewer.exceptions import VolumeStoreFullError
from viewer.tiles.attempts import Permission, decoding_attempts
from viewer.volumes import services, slices
from viewer.volumes import store as storage
from viewer.volumes.series import content_of
from viewer.volumes.store import VolumeStore

SHAPE = (4, 8, 16)
POSITIONING = "111209"
SIZE_BYTES = 4 * 8 * 16 * 2


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_new_volume_has_all_slices_missing_and_keeps_what_is_put(tmp_path: Path) -> None:
    volume = VolumeStore(tmp_path, budget_bytes=10**6).open("a", SHAPE)
    assert volume.missing(range(4)) == [0, 1, 2, 3]

    volume.put(2, np.full((8, 16), 7, np.uint16))
    volume.put_damaged(3)

    again = VolumeStore(tmp_path, budget_bytes=10**6).open("a", SHAPE)
    assert again.missing(range(4)) == [0, 1]
    assert again.damaged() == [3]
    assert (again.voxels[2] == 7).all()
    assert (again.voxels[3] == PADDING).all()
    assert names(tmp_path) == {"a"}


def test_the_volume_unused_for_longest_makes_room(tmp_path: Path) -> None:
    volumes = VolumeStore(tmp_path, budget_bytes=3 * SIZE_BYTES)
    opened = {name: volumes.open(name, SHAPE) for name in "abc"}
    for age, name in enumerate("cab"):
        os.utime(tmp_path / name, (1000 + age, 1000 + age))

    assert opened["c"].is_current()
    volumes.open("d", SHAPE)

    assert names(tmp_path) == {"b", "c", "d"}
    assert not opened["a"].is_current()
    assert opened["c"].is_current()
    # It was removed, and who has it open may go on reading.
    assert opened["a"].voxels.sum() == 0


def test_a_volume_that_was_made_anew_is_opened_anew(tmp_path: Path) -> None:
    volumes = VolumeStore(tmp_path, budget_bytes=10**6)
    before = volumes.open("a", SHAPE)
    shutil.rmtree(tmp_path / "a")
    assert not before.is_current()

    after = volumes.open("a", SHAPE)

    assert after.is_current()
    assert not before.is_current()


def test_what_an_ended_process_left_unfinished_is_removed(tmp_path: Path) -> None:
    (tmp_path / "unfinished-1").mkdir()
    (tmp_path / "unfinished-2").mkdir()
    os.utime(tmp_path / "unfinished-1", (1000, 1000))

    VolumeStore(tmp_path, budget_bytes=10**6).open("a", SHAPE)

    assert names(tmp_path) == {"a", "unfinished-2"}


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)

    with pytest.raises(VolumeStoreFullError, match="no room on its disk"):
        VolumeStore(tmp_path, budget_bytes=10**6).open("a", SHAPE)
    assert names(tmp_path) == set()


def test_a_nearly_full_disk_is_left_to_the_archive(tmp_path: Path) -> None:
    VolumeStore(tmp_path, budget_bytes=10**6).open("a", SHAPE)

    with pytest.raises(VolumeStoreFullError, match="no room on its disk"):
        VolumeStore(tmp_path, budget_bytes=10**6, spared_bytes=2**60).open("b", SHAPE)

    assert names(tmp_path) == set()


def in_another_process(action: Callable[[], int]) -> int:
    """Run an action in a process of its own and return its answer, a small number."""
    pid = os.fork()
    if pid == 0:
        os._exit(int(action()))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_two_processes_see_the_same_voxels_and_share_the_work(tmp_path: Path) -> None:
    volumes = VolumeStore(tmp_path, budget_bytes=10**6)
    mine = volumes.open("a", SHAPE)

    def other() -> int:
        theirs = volumes.open("a", SHAPE)
        with theirs.claimed(range(2)) as first, theirs.claimed(range(2, 4)) as second:
            if second:
                theirs.put(3, np.full((8, 16), 9, np.uint16))
            return 2 * first + second

    with mine.claimed(range(2)) as is_mine:
        assert is_mine
        assert in_another_process(other) == 1
    assert in_another_process(other) == 3
    assert mine.missing(range(4)) == [0, 1, 2]
    assert (mine.voxels[3] == 9).all()


def test_a_claim_ends_with_its_process(tmp_path: Path) -> None:
    volumes = VolumeStore(tmp_path, budget_bytes=10**6)
    mine = volumes.open("a", SHAPE)

    def dies() -> int:
        theirs = volumes.open("a", SHAPE)
        with theirs.claimed(range(4)) as is_theirs:
            os._exit(int(is_theirs))
        return 0

    assert in_another_process(dies) == 1
    with mine.claimed(range(4)) as is_mine:
        assert is_mine


@pytest.fixture
def series_uid(north: Facility) -> str:
    """A stored axial series of noise."""
    datasets = series_of(values_of())
    store(*datasets, facility=north)
    return str(datasets[0].SeriesInstanceUID)


@pytest.mark.django_db
def test_a_volume_is_filled_a_few_slices_at_a_time(
    reader: Client, series_uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_SECONDS_AT_ONCE", 0)
    reader.get(plane_address(series_uid, "coronal", 3))

    done = run_tasks()

    assert done.count("viewer.render_plane") + done.count("viewer.build_volume") >= SLICES
    assert done.count("viewer.build_volume") > 2
    assert reader.get(plane_address(series_uid, "coronal", 3)).status_code == 200


@contextlib.contextmanager
def another_process_claims(folder: Path, content: str, shape: tuple[int, int, int]) -> Iterator[None]:
    """Have another process be about all slices of a volume."""
    (told, tells), (waits, lets) = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        volume = VolumeStore(folder, budget_bytes=10**6).open(content, shape)
        with volume.claimed(range(shape[0])):
            os.write(tells, b"x")
            os.read(waits, 1)
        os._exit(0)
    os.read(told, 1)
    try:
        yield
    finally:
        os.write(lets, b"x")
        os.waitpid(pid, 0)


@pytest.mark.django_db
def test_slices_that_another_process_is_decoding_are_waited_for(
    reader: Client, series_uid: str, volume_folder: Path
) -> None:
    address = plane_address(series_uid, "coronal", 3)
    shape = values_of().shape
    with another_process_claims(volume_folder, content_of(series_uid), shape):
        reader.get(address)
        with pytest.raises(AssertionError, match="do not come to an end"):
            run_tasks(most=5)
        volume = services.opened_volume(series_uid, content_of(series_uid))
        assert volume is not None
        assert len(volume.stored.missing(range(SLICES))) == SLICES

    run_tasks()

    assert reader.get(address).status_code == 200


@pytest.mark.django_db
def test_an_evicted_volume_is_made_again(reader: Client, series_uid: str, volume_folder: Path) -> None:
    first = shown_plane(reader, plane_address(series_uid, "coronal", 3, query="?depth=16"))
    (folder,) = volume_folder.iterdir()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()

    again = shown_plane(reader, plane_address(series_uid, "coronal", 4, query="?depth=16"))

    assert not np.array_equal(first, again)
    assert (packed_values(again) != -1).all()


@pytest.mark.django_db
def test_a_full_disk_is_answered_422(
    reader: Client, series_uid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.os, "posix_fallocate", refuse)
    address = plane_address(series_uid, "coronal", 3)
    reader.get(address)
    run_tasks()

    answer = reader.get(address)

    assert (answer.status_code, "no room on its disk" in answer.json()["detail"]) == (422, True)


@pytest.mark.django_db
def test_an_image_that_cannot_be_decoded_stays_black_and_is_named(reader: Client, north: Facility) -> None:
    values = values_of()
    datasets = series_of(values)
    damaged = datasets[4]
    damaged.file_meta.TransferSyntaxUID = JPEG2000Lossless
    damaged.PixelData = encapsulate([bytes(200)])
    damaged["PixelData"].is_undefined_length = True
    store(*datasets, facility=north)
    uid = datasets[0].SeriesInstanceUID

    shown = packed_values(shown_plane(reader, plane_address(uid, "axial", SLICES - 1 - 4, query="?depth=16")))
    sagittal = packed_values(shown_plane(reader, plane_address(uid, "sagittal", 3, query="?depth=16")))

    assert (shown == -1).all()
    assert (sagittal[0] != -1).all()
    findings = reader.get(f"/viewer/series/{uid}/volume.json").json()["volume"]["findings"]
    assert [(one["kind"], one["count"]) for one in findings] == [("damaged", 1)]
    assert findings[0]["text"] == "One image cannot be decoded and stays black."


@pytest.mark.django_db
def test_a_file_that_another_process_tries_for_the_first_time_is_waited_for(
    reader: Client, series_uid: str
) -> None:
    attempts, address = decoding_attempts(), plane_address(series_uid, "axial", 0)
    volume = services.opened_volume(series_uid, content_of(series_uid))
    assert volume is not None
    sha256 = volume.volume.slices[SLICES - 1].sha256
    _, attempt = attempts.begin(sha256)
    reader.get(address)
    with pytest.raises(AssertionError, match="do not come to an end"):
        run_tasks(most=3)
    assert reader.get(address).status_code == 202

    attempts.end(sha256, attempt)
    run_tasks()

    assert pixels(reader.get(address)).shape == values_of().shape[1:]


@pytest.mark.django_db
def test_a_file_that_ended_three_processes_is_left_out(reader: Client, series_uid: str) -> None:
    volume = services.opened_volume(series_uid, content_of(series_uid))
    assert volume is not None
    bad = volume.volume.slices[0].sha256

    def ends() -> int:
        redis_client.cache_clear()
        return decoding_attempts().begin(bad)[0] is Permission.GRANTED

    assert [in_another_process(ends) for _ in range(3)] == [1, 1, 1]

    shown = packed_values(
        shown_plane(reader, plane_address(series_uid, "axial", SLICES - 1, query="?depth=16"))
    )

    assert (shown == -1).all()


def test_after_a_rejection_planes_are_made_without_the_image_and_the_former_volume_goes(
    north: Facility, reader: Client, technologist: User
) -> None:
    values = values_of()
    datasets = series_of(values)
    store(*datasets, facility=north)
    series_uid = str(datasets[0].SeriesInstanceUID)
    address = plane_address(series_uid, "coronal", 3, query="?depth=16")
    shown_plane(reader, address)
    before = content_of(series_uid)
    tasks.drop_stale_volumes()
    assert names(settings.PACS_VOLUME_DIR) == {before}
    lowest = str(datasets[0].SOPInstanceUID)

    correct(
        plan_rejection(study=Study.objects.get(), sop_instance_uids=[lowest], reason_code=POSITIONING),
        technologist,
        reason_code=POSITIONING,
    )
    tasks.drop_stale_volumes()

    assert names(settings.PACS_VOLUME_DIR) == set()
    assert not [key for key in redis_client().zrange("tiles:recency", 0, -1) if before.encode() in key]
    body = reader.get(f"/viewer/series/{series_uid}/volume.json").json()
    assert body["volume"]["slices"] == SLICES - 1
    packing = body["planes"]["coronal"]["packing"]
    shown = packed_values(shown_plane(reader, address)) * packing["scale"] + packing["offset"]
    # The planes run from the head down; the lowest image, which was rejected, is in none of them.
    assert shown[0] == pytest.approx(values[-1, 3] - 24.0)
    assert shown[-1] == pytest.approx(values[1, 3] - 24.0)


def test_the_volume_of_a_deleted_study_goes(north: Facility, reader: Client) -> None:
    datasets = series_of(values_of())
    store(*datasets, facility=north)
    shown_plane(reader, plane_address(str(datasets[0].SeriesInstanceUID), "axial", 3))
    assert names(settings.PACS_VOLUME_DIR)

    Study.objects.get().delete()
    tasks.drop_stale_volumes()

    assert names(settings.PACS_VOLUME_DIR) == set()
