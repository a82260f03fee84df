"""What becomes of an instance, and what its sender is told."""

import hashlib
import io
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection
from pydicom.dataset import Dataset
from pydicom.filereader import dcmread
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from pynetdicom import build_context
from pynetdicom.dimse_primitives import C_STORE
from pytest_django import Settings

from accounts.models import Facility
from archive.models import ArrivalConflict, Instance, Study
from archive.storage import blob_store
from audit.models import AuditEvent
from dicomkit.synth.modules import StudyAttributes
from dimse.associations import OpenAssociation, OpenAssociations
from dimse.data_set import MEMORY_BYTES
from dimse.handlers.store import handle_store
from dimse.models import ApplicationEntity
from dimse.scp import Receiver
from dimse.services.peers import add_peer, change_peer
from tests.conftest import vendor
from tests.dimse.conftest import TESTER
from tests.dimse.scu import association, ct_slice, encoded, store


def blobs(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir / "blobs").rglob("*") if path.is_file()]


def answer_to(port: int, dataset: Dataset, *, sop_instance_uid: str) -> Dataset:
    """Return the response to a C-STORE whose command names an instance of our choice."""
    request = C_STORE()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = CTImageStorage, sop_instance_uid
    request.DataSet = io.BytesIO(encoded(dataset))
    with association(port, contexts=[build_context(CTImageStorage, ExplicitVRLittleEndian)]) as opened:
        # pynetdicom's own loop would take the answer for itself.
        opened._reactor_checkpoint.clear()
        opened.dimse.send_msg(request, opened.accepted_contexts[0].context_id)
        _, answer = opened.dimse.get_msg(block=True)
        opened._reactor_checkpoint.set()
    return answer


def test_success_means_rows_blob_and_record(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path
) -> None:
    dataset = ct_slice()

    assert store(receiver.port, dataset) == [0x0000]
    receiver.stop()

    instance = Instance.objects.get(sop_instance_uid=dataset.SOPInstanceUID)
    assert instance.series.study.facility == modality.facility
    with blob_store().open(instance.blob.sha256) as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == instance.blob.sha256
    events = AuditEvent.objects.filter(event_type="instances_stored").order_by("seq")
    assert [event.actor_identifier for event in events] == ["CT1", "CT1"]
    assert events[0].study_instance_uid == dataset.StudyInstanceUID
    assert events[1].details == {"origin": "dimse", "stored": 1}


@pytest.mark.parametrize(
    "transfer_syntax_uid",
    [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian],
    ids=["explicit", "implicit", "big endian"],
)
@pytest.mark.parametrize("side", [16, 1024], ids=["in memory", "in a file"])
def test_the_senders_bytes_are_stored_unchanged(
    receiver: Receiver, modality: ApplicationEntity, transfer_syntax_uid: str, side: int
) -> None:
    dataset = ct_slice(transfer_syntax_uid=transfer_syntax_uid, side=side)
    assert (len(dataset.PixelData) > MEMORY_BYTES) == (side == 1024)

    assert store(receiver.port, dataset) == [0x0000]

    with blob_store().open(Instance.objects.get().blob.sha256) as file:
        content = file.read()
    assert content.endswith(encoded(dataset))
    stored = dcmread(io.BytesIO(content))
    assert stored.file_meta.TransferSyntaxUID == transfer_syntax_uid
    assert stored.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert content[:128] == bytes(128)


def test_the_same_instance_again_is_a_success_and_one_row_also_from_another_sender(
    receiver: Receiver, modality: ApplicationEntity, north: Facility, data_dir: Path
) -> None:
    add_peer(ae_title="ROUTER", host="127.0.0.1", port=104, facility=north, rights=["store"], actor=TESTER)
    dataset = ct_slice()

    assert store(receiver.port, dataset) == [0x0000]
    assert store(receiver.port, dataset, dataset, ae_title="ROUTER") == [0x0000, 0x0000]

    assert Instance.objects.count() == 1
    assert len(blobs(data_dir)) == 1


def test_other_bytes_under_the_same_uid_are_kept_aside_with_a_warning(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    study = StudyAttributes()
    first, second = ct_slice(study=study), ct_slice(study=study)
    second.SeriesDescription = "Other"

    assert store(receiver.port, first, second) == [0x0000, 0xB000]

    assert Instance.objects.get().series.series_description == "Abdomen"
    conflict = ArrivalConflict.objects.get()
    with blob_store().open(conflict.blob.sha256) as file:
        assert b"Other" in file.read()
    assert AuditEvent.objects.filter(event_type="security_alert").count() == 1


def test_storing_takes_the_right_to_store(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path
) -> None:
    change_peer(modality, rights=["query", "retrieve", "worklist"], actor=TESTER)

    assert store(receiver.port, ct_slice(), ct_slice()) == [0x0124, 0x0124]

    assert not Study.objects.exists()
    assert blobs(data_dir) == []
    event = AuditEvent.objects.get(event_type="instances_refused")
    assert (event.actor_identifier, event.outcome) == ("CT1", 4)


def test_a_right_that_is_withdrawn_ends_at_the_next_instance(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    with association(receiver.port) as opened:
        before = opened.send_c_store(ct_slice()).Status
        change_peer(modality, is_active=False, actor=TESTER)
        after = opened.send_c_store(ct_slice()).Status

    assert (before, after) == (0x0000, 0x0124)


def test_a_command_for_another_instance_than_its_data_set_is_refused(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path
) -> None:
    answer = answer_to(receiver.port, ct_slice(), sop_instance_uid="1.2.3")

    assert answer.Status == 0xA900
    assert blobs(data_dir) == []


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
def test_an_instance_without_identity_is_not_understood(
    receiver: Receiver, modality: ApplicationEntity, data_dir: Path, keyword: str
) -> None:
    dataset = ct_slice()
    uid = dataset.SOPInstanceUID
    del dataset[keyword]
    answer = answer_to(receiver.port, dataset, sop_instance_uid=uid)

    assert answer.Status == 0xC000
    assert blobs(data_dir) == []


@pytest.mark.parametrize("side", [16, 1024], ids=["in memory", "in a file"])
def test_a_full_disk_is_told_and_nothing_is_indexed(
    data_dir: Path, modality: ApplicationEntity, settings: Settings, side: int
) -> None:
    settings.PACS_MIN_FREE_BYTES = 2**62
    blob_store.cache_clear()
    receiver = Receiver(host="127.0.0.1", port=0)
    receiver.start()
    try:
        statuses = store(receiver.port, ct_slice(side=side))
    finally:
        receiver.stop()

    assert statuses == [0xA700]
    assert not Study.objects.exists()
    assert blobs(data_dir) == []
    assert list((data_dir / "receiving").iterdir()) == []


def test_a_failing_database_is_told_and_the_same_association_goes_on_afterwards(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    dataset = ct_slice()
    with association(receiver.port) as opened:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE archive_series RENAME TO away")
        try:
            during = opened.send_c_store(dataset).Status
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE away RENAME TO archive_series")
        after = opened.send_c_store(dataset).Status

    assert (during, after) == (0xA700, 0x0000)
    assert Instance.objects.count() == 1


def test_an_association_survives_a_restart_of_the_database(
    receiver: Receiver, modality: ApplicationEntity
) -> None:
    if vendor() != "postgresql":
        pytest.skip("SQLite is no server that could restart")
    with association(receiver.port) as opened:
        before = opened.send_c_store(ct_slice()).Status
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        after = opened.send_c_store(ct_slice()).Status

    assert (before, after) == (0x0000, 0x0000)


def test_an_instance_over_the_limit_is_refused_and_the_association_goes_on(
    data_dir: Path, modality: ApplicationEntity, settings: Settings
) -> None:
    settings.PACS_MAX_INSTANCE_BYTES = 2**20
    receiver = Receiver(host="127.0.0.1", port=0)
    receiver.start()
    try:
        statuses = store(receiver.port, ct_slice(side=1024), ct_slice())
    finally:
        receiver.stop()

    assert statuses == [0xC000, 0x0000]
    assert Instance.objects.count() == 1


def test_eight_senders_at_once_all_succeed(receiver: Receiver, modality: ApplicationEntity) -> None:
    statuses: list[int] = []

    def send(sender: int) -> None:
        study = StudyAttributes(patient_id=f"P{sender % 3}")
        statuses.extend(
            store(
                receiver.port, *(ct_slice(instance_number=n, study=study) for n in range(1, 6)), timeout=120
            )
        )

    senders = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert statuses == [0x0000] * 40
    assert Instance.objects.count() == 40
    assert Study.objects.filter(number_of_study_related_instances=5).count() == 8


def test_no_log_line_names_the_patient(
    receiver: Receiver, modality: ApplicationEntity, caplog: pytest.LogCaptureFixture
) -> None:
    study = StudyAttributes(patient_id="PID-4711", patient_name="Secret^Name")
    first, second = ct_slice(study=study), ct_slice(study=study)
    second.SeriesDescription = "Other"
    with caplog.at_level("DEBUG"):
        store(receiver.port, first, second)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE archive_series RENAME TO away")
        try:
            store(receiver.port, ct_slice(study=StudyAttributes(patient_name="Secret^Name")))
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE away RENAME TO archive_series")

    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert any("CT1" in line for line in lines)
    assert not [line for line in lines if "Secret" in line or "4711" in line]


def test_a_databases_own_words_are_neither_logged_nor_sent(caplog: pytest.LogCaptureFixture) -> None:
    words = "duplicate key value: Key (patient_name)=(Secret^Name) already exists"

    class Failing(OpenAssociations):
        def of(self, association: object) -> OpenAssociation | None:
            raise IntegrityError(words)

    event = SimpleNamespace(request=SimpleNamespace(DataSet=io.BytesIO()), assoc=None)

    answer = handle_store(event, Failing())

    assert answer.Status == 0xA700
    assert "Secret" not in caplog.text + answer.ErrorComment
    assert "IntegrityError" in caplog.text
