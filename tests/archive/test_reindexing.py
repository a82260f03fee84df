"""Stored files are read again by tasks, bit by bit; nothing but what the files say of instances and series changes."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from accounts.models import Facility, User
from archive import tasks
from archive.models import Correction, Instance, OwedWork, Reindexing, Series, Study
from archive.services import reindexing
from archive.services.corrections.rejecting import plan_rejection
from archive.storage.keys import blob_path
from audit.models import AuditEvent
from tests.archive.correcting import correct
from tests.dicom_samples import about, image
from tests.factories import store

pytestmark = pytest.mark.django_db

FORGOTTEN: dict[str, Any] = {"image_attributes": None, "number_of_frames": 0, "rows": None}


@pytest.fixture
def two_studies(north: Facility, south: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study of five images in the north and one of one image in the south, and chunks of two."""
    monkeypatch.setattr(reindexing, "_AT_ONCE", 2)
    store(*(image(number=number, ProtocolName="CHEST") for number in range(1, 6)), facility=north)
    store(image(about(2)), facility=south)


def run(*options: str) -> dict[str, Any]:
    """Run the command with workers at work, and return what it says."""
    out = io.StringIO()
    call_command("reindex", "--json", "--no-wait", *options, stdout=out)
    work()
    return {
        name: getattr(Reindexing.objects.latest("pk"), name)
        for name in ("total", "done", "changed", "failed")
    }


def work(*, most: int = 100) -> None:
    """Do what the tasks do, one after the other, as long as there is any."""
    for _ in range(most):
        owed = OwedWork.objects.filter(task_name="archive.reindex").first()
        if owed is None:
            return
        tasks.reindex(owed.subject_uid)


def forget() -> None:
    """Leave instances as an older release would have indexed them."""
    Instance.kept.update(**FORGOTTEN)
    Series.objects.update(protocol_name="")


def test_what_an_older_release_did_not_extract_is_there_afterwards(two_studies: None) -> None:
    before = list(Instance.kept.order_by("pk").values())
    forget()

    counts = run()

    assert counts == {"total": 6, "done": 6, "changed": 6, "failed": 0}
    assert list(Instance.kept.order_by("pk").values()) == before
    assert Series.objects.get(study__facility__code="NORTH").protocol_name == "CHEST"
    assert run()["changed"] == 0


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--facility", "south"], 1),
        (["--study", about(1).study_instance_uid], 5),
        (["--from", "2999-01-01"], 0),
        (["--until", "2999-01-01"], 6),
        (["--facility", "north", "--study", about(2).study_instance_uid], 0),
    ],
    ids=["facility", "study", "from", "until", "both"],
)
def test_only_what_is_asked_for_is_read(options: list[str], count: int, two_studies: None) -> None:
    forget()

    assert run(*options)["changed"] == count
    assert Instance.kept.filter(number_of_frames__gt=0).count() == count


def test_a_run_goes_on_where_it_was_interrupted(two_studies: None) -> None:
    forget()
    call_command("reindex", "--json", "--no-wait", stdout=io.StringIO())
    uid = str(Reindexing.objects.get().pk)
    tasks.reindex(uid)
    half = Reindexing.objects.get()
    assert (half.done, half.finished_at, Instance.kept.filter(number_of_frames=0).count()) == (2, None, 4)

    out = io.StringIO()
    call_command("reindex", "--json", "--no-wait", stdout=out)
    work()

    assert json.loads(out.getvalue())["is_new"] is False
    done = Reindexing.objects.get()
    assert (done.done, done.changed, done.finished_at is not None) == (6, 6, True)
    assert not OwedWork.objects.filter(task_name="archive.reindex").exists()


def test_a_task_that_is_delivered_twice_counts_once(
    two_studies: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("reindex", "--json", "--no-wait", stdout=io.StringIO())
    uid = str(Reindexing.objects.get().pk)
    read, is_first = reindexing._read, iter([True])

    def read_while_another_is_faster(instance: Instance) -> Any:
        if next(is_first, False):
            tasks.reindex(uid)
        return read(instance)

    monkeypatch.setattr(reindexing, "_read", read_while_another_is_faster)
    tasks.reindex(uid)

    assert Reindexing.objects.get().done == 2


def test_corrections_and_identities_stay(two_studies: None, technologist: User) -> None:
    study = Study.objects.get(facility__code="NORTH")
    rejected = Instance.objects.filter(series__study=study).earliest("pk").sop_instance_uid
    correct(
        plan_rejection(study=study, sop_instance_uids=[rejected], reason_code="111209"),
        technologist,
        reason_code="111209",
    )
    Series.objects.filter(study=study).exclude(modality="KO").update(
        protocol_name="ABDOMEN", received_attributes={"ProtocolName": "CHEST"}
    )
    Study.objects.update(patient_name="Right^Name", study_description="right")
    Instance.kept.update(**FORGOTTEN)

    run()

    assert Instance.kept.get(sop_instance_uid=rejected).rejection == Correction.objects.get()
    assert Series.objects.filter(protocol_name="ABDOMEN").exists()
    assert set(Study.objects.values_list("patient_name", "study_description")) == {("Right^Name", "right")}
    assert not Instance.objects.filter(number_of_frames=0).exclude(series__modality="KO").exists()


def test_a_file_that_cannot_be_read_is_counted_and_the_rest_goes_on(
    two_studies: None, blob_folder: Path
) -> None:
    forget()
    lost = Instance.kept.earliest("pk")
    (blob_folder / blob_path(lost.blob.sha256)).unlink()

    counts = run()

    assert (counts["done"], counts["changed"], counts["failed"]) == (6, 5, 1)
    assert Instance.kept.get(pk=lost.pk).number_of_frames == 0


def test_beginning_and_end_are_on_record(two_studies: None) -> None:
    run("--facility", "north")

    events = AuditEvent.objects.filter(event_type="archive_reindexed").order_by("pk")
    assert [(one.details["what"], one.details["done"], one.facility_code) for one in events] == [
        ("began", 0, "NORTH"),
        ("finished", 5, "NORTH"),
    ]


def test_there_is_one_at_a_time(two_studies: None) -> None:
    Reindexing.objects.create(last_key=1, total=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reindexing.objects.create(last_key=1, total=1)


def test_an_unknown_facility_is_refused(two_studies: None) -> None:
    with pytest.raises(CommandError, match="no facility"):
        run("--facility", "NOWHERE")


def test_dates_are_inclusive(two_studies: None) -> None:
    day = Study.objects.filter(facility__code="NORTH").get().study_date
    assert isinstance(day, date)

    assert run("--facility", "north", "--from", str(day), "--until", str(day))["total"] == 5
