"""Each way of tampering with the audit log is found, wherever it is done."""

import json
import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.backends.utils import CursorWrapper
from pytest_django import Settings

from audit.actors import Actor
from audit.anchors import anchor_path
from audit.chain import HASHED_FIELDS, chained_hash
from audit.models import AuditChainHead, AuditEvent, Outcome
from audit.selectors import FaultKind, verify_chain
from audit.services import append_anchor, check_chain, record_event
from audit.vocabulary import EventType
from tests.audit.attack import attacking

pytestmark = pytest.mark.django_db

LENGTH = 24
COLUMNS = ", ".join([*HASHED_FIELDS, "previous_hash", "hash"])
OTHER_VALUE = {
    "time": "'2020-02-02 02:02:02+00:00'",
    "event_type": "'logout'",
    "event_id": "'110100'",
    "event_type_code": "'110121'",
    "action": "'D'",
    "outcome": "8",
    "actor_kind": "'user'",
    "actor_identifier": "'somebody.else'",
    "actor_user_pk": "4711",
    "actor_address": "'10.9.9.9'",
    "patient_id": "'OTHER'",
    "issuer_of_patient_id": "'OTHER'",
    "study_instance_uid": "'1.2.3.4.5'",
    "facility_code": "'OTHER'",
    "request_id": "'00000000'",
    "details": "'{\"studies\": 99}'",
    "previous_hash": f"'{'a' * 64}'",
    "hash": f"'{'b' * 64}'",
}


@pytest.fixture(autouse=True)
def chain(settings: Settings, tmp_path: Path) -> None:
    """Twenty-four records, and anchors at the twelfth and the last."""
    settings.PACS_AUDIT_ANCHOR_FILE = tmp_path / "audit.anchors"
    for number in range(LENGTH):
        record_event(
            EventType.STUDY_OPENED if number % 2 else EventType.QUERY,
            actor=Actor.system(f"process {number}"),
            outcome=Outcome.SUCCESS,
            patient_id=f"P{number}",
            study_instance_uid=f"1.2.840.{number}",
            facility_code="NORTH",
            details={"number": number, "words": ["Ångström", "Müller"], "nested": {"b": None, "a": True}},
        )
        if number in {11, LENGTH - 1}:
            append_anchor()


def kinds() -> dict[int, set[FaultKind]]:
    """Return what is wrong at each place."""
    found: dict[int, set[FaultKind]] = {}
    for fault in verify_chain().faults:
        found.setdefault(fault.seq, set()).add(fault.kind)
    return found


def places(count: int, *, seed: int) -> list[int]:
    """Return random places of the chain."""
    return random.Random(seed).sample(range(1, LENGTH + 1), count)


def test_an_untouched_chain_holds() -> None:
    report = verify_chain()

    assert report.is_intact
    assert (report.rows, report.anchors) == (LENGTH, 2)


@pytest.mark.parametrize("column", sorted(OTHER_VALUE))
def test_a_changed_column_is_found_at_its_place(column: str) -> None:
    for seq in places(8, seed=1):
        with attacking() as cursor:
            cursor.execute(
                f"UPDATE audit_auditevent SET {column} = {OTHER_VALUE[column]} WHERE seq = %s", [seq]
            )

            assert FaultKind.CHANGED in kinds()[seq], f"{column} of record {seq}"


def test_a_removed_record_is_found_at_its_place() -> None:
    for seq in range(1, LENGTH):
        with attacking() as cursor:
            cursor.execute("DELETE FROM audit_auditevent WHERE seq = %s", [seq])

            assert kinds() == {seq: {FaultKind.MISSING}}


def test_two_records_that_changed_places_are_found_both() -> None:
    for first, second in zip(places(12, seed=2), places(12, seed=3), strict=True):
        if first == second:
            continue
        with attacking() as cursor:
            cursor.execute("UPDATE audit_auditevent SET seq = -1 WHERE seq = %s", [first])
            cursor.execute("UPDATE audit_auditevent SET seq = %s WHERE seq = %s", [first, second])
            cursor.execute("UPDATE audit_auditevent SET seq = %s WHERE seq = -1", [second])

            found = kinds()
            assert FaultKind.CHANGED in found[first]
            assert FaultKind.CHANGED in found[second]


def copy_record(cursor: CursorWrapper, source: int, target: int) -> None:
    rest = COLUMNS.removeprefix("seq, ")
    cursor.execute(
        f"INSERT INTO audit_auditevent (seq, {rest}) SELECT %s, {rest} FROM audit_auditevent WHERE seq = %s",
        [target, source],
    )


@pytest.mark.parametrize("target", [-5, 0, LENGTH + 1, LENGTH + 7])
def test_a_record_put_in_outside_of_the_chain_is_found(target: int) -> None:
    with attacking() as cursor:
        copy_record(cursor, 5, target)

        assert FaultKind.CHANGED in kinds()[target]


def test_a_record_put_in_between_is_found() -> None:
    for seq in places(8, seed=4):
        with attacking() as cursor:
            for later in range(LENGTH, seq - 1, -1):
                cursor.execute("UPDATE audit_auditevent SET seq = seq + 1 WHERE seq = %s", [later])
            copy_record(cursor, LENGTH + 1, seq)
            cursor.execute("UPDATE audit_auditchainhead SET seq = seq + 1")

            found = kinds()
            assert set(range(seq, LENGTH + 2)) <= set(found)


def test_an_end_that_was_cut_off_is_found_by_the_head() -> None:
    for kept in range(LENGTH):
        with attacking() as cursor:
            cursor.execute("DELETE FROM audit_auditevent WHERE seq > %s", [kept])

            assert kinds()[kept + 1] == {FaultKind.CUT_OFF}


def test_an_end_that_was_cut_off_with_its_head_is_found_by_the_anchors() -> None:
    for kept in range(LENGTH):
        with attacking() as cursor:
            cut_with_head(cursor, kept)

            assert kinds()[kept + 1] == {FaultKind.CUT_OFF}


def cut_with_head(cursor: CursorWrapper, kept: int) -> None:
    last_hash = AuditEvent.objects.filter(seq=kept).values_list("hash", flat=True).first() or "0" * 64
    cursor.execute("DELETE FROM audit_auditevent WHERE seq > %s", [kept])
    cursor.execute("UPDATE audit_auditchainhead SET seq = %s, hash = %s", [kept, last_hash])


def test_an_end_that_was_cut_off_and_grew_again_is_found_by_the_anchors() -> None:
    with attacking() as cursor:
        cut_with_head(cursor, LENGTH - 3)
        for _ in range(5):
            record_event(EventType.LOGIN)

        assert kinds() == {LENGTH: {FaultKind.ANCHOR_DIFFERS}}


def test_a_genuine_record_out_of_another_end_of_the_chain_is_found() -> None:
    with attacking() as cursor:
        first_end = {event.seq: event for event in AuditEvent.objects.filter(seq__gt=LENGTH - 3)}
        cut_with_head(cursor, LENGTH - 3)
        for _ in range(3):
            record_event(EventType.LOGIN)
        anchor_path().unlink()
        assert kinds() == {}

        cursor.execute("DELETE FROM audit_auditevent WHERE seq = %s", [LENGTH - 1])
        genuine = first_end[LENGTH - 1]
        genuine._state.adding = True
        genuine.save()

        assert kinds() == {LENGTH - 1: {FaultKind.UNLINKED}, LENGTH: {FaultKind.UNLINKED}}


def test_a_chain_made_anew_without_the_key_is_found_everywhere(settings: Settings) -> None:
    key = settings.PACS_AUDIT_KEY
    with attacking() as cursor:
        settings.PACS_AUDIT_KEY = "another key"
        previous = "0" * 64
        for event in AuditEvent.objects.order_by("seq").values():
            forged = chained_hash(previous, event)
            cursor.execute(
                "UPDATE audit_auditevent SET previous_hash = %s, hash = %s WHERE seq = %s",
                [previous, forged, event["seq"]],
            )
            previous = forged
        cursor.execute("UPDATE audit_auditchainhead SET hash = %s", [previous])
        settings.PACS_AUDIT_KEY = key

        assert set(kinds()) == set(range(1, LENGTH + 1))


def test_a_changed_head_is_found() -> None:
    AuditChainHead.objects.update(hash="c" * 64)

    assert kinds() == {LENGTH: {FaultKind.HEAD_CHANGED}}


def test_changed_moved_and_removed_anchors_are_found(settings: Settings) -> None:
    path = Path(settings.PACS_AUDIT_ANCHOR_FILE)
    first, second = path.read_text().splitlines()
    other_digit = "0" if first[-1] != "0" else "1"

    for tampered in (
        second,
        f"{second}\n{first}",
        f"{first[:-1]}{other_digit}\n{second}",
        f"{first}\nnonsense",
        f"{first}\n{second}\n{first}",
    ):
        path.write_text(tampered + "\n")

        assert any(FaultKind.ANCHOR_BROKEN in found for found in kinds().values()), tampered


def test_an_anchor_is_written_only_when_the_chain_has_moved(settings: Settings) -> None:
    assert append_anchor() is None

    event = record_event(EventType.LOGIN)
    anchor = append_anchor()

    assert anchor is not None
    assert (anchor.seq, anchor.hash) == (event.seq, event.hash)
    assert len(Path(settings.PACS_AUDIT_ANCHOR_FILE).read_text().splitlines()) == 3


def test_a_walk_in_slices_finds_what_a_whole_walk_finds() -> None:
    with attacking() as cursor:
        cursor.execute("UPDATE audit_auditevent SET action = 'X' WHERE seq IN (3, 10, 11, 20)")
        cursor.execute("DELETE FROM audit_auditevent WHERE seq = 15")
        whole = {(fault.seq, fault.kind) for fault in verify_chain().faults}

        sliced = set()
        resume_after: int | None = 0
        while resume_after is not None:
            report = verify_chain(after_seq=resume_after, limit=5)
            sliced |= {(fault.seq, fault.kind) for fault in report.faults}
            resume_after = report.resume_after

        assert sliced == whole
        assert {seq for seq, _ in whole} == {3, 10, 11, 15, 20}


def test_a_broken_chain_is_logged_and_recorded_as_a_security_alert(caplog: pytest.LogCaptureFixture) -> None:
    with attacking() as cursor:
        cursor.execute("UPDATE audit_auditevent SET action = 'X' WHERE seq = 3")
        check_chain(actor=Actor.system("worker"))

        alert = AuditEvent.objects.latest("seq")
        assert (alert.event_type, alert.outcome, alert.details["places"]) == (
            "security_alert",
            12,
            ["3 changed"],
        )
    assert "tampered with at 1 places: 3 changed" in caplog.text


def test_the_command_tells_the_places_and_leaves_with_status_one() -> None:
    with attacking() as cursor:
        cursor.execute("UPDATE audit_auditevent SET action = 'X' WHERE seq = 3")
        output = StringIO()
        with pytest.raises(SystemExit) as leaving:
            call_command("verify_audit", "--json", stdout=output)

        assert leaving.value.code == 1
        body = json.loads(output.getvalue())
        assert body["intact"] is False
        assert [(fault["seq"], fault["kind"]) for fault in body["faults"]] == [(3, "changed")]


def test_the_command_is_content_with_a_chain_that_holds() -> None:
    output = StringIO()

    call_command("verify_audit", stdout=output)

    assert "24 records, 2 anchors: the chain holds" in output.getvalue()
